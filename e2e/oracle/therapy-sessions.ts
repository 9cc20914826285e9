import { sortedBy } from "./byte-order.js";
import type { LiveDocument } from "./change-order.js";
import { asBool, asInstant, asInt, asText, field } from "./document-fields.js";
import { formatInstant, utcDay } from "./instants.js";

/** A row of silver_therapy_sessions. */
export type SessionRow = {
  session_id: string;
  user_id: string;
  device_id: string | null;
  device_name: string | null;
  device_type: string | null;
  device_size: string | null;
  session_date: string | null;
  start_time: string | null;
  end_time: string | null;
  duration_minutes: number | null;
  elapsed_minutes: number | null;
  status: string | null;
  initial_heat: number | null;
  initial_mode: number | null;
  initial_tens: number | null;
  final_heat: number | null;
  final_mode: number | null;
  final_tens: number | null;
  pain_before: number | null;
  pain_after: number | null;
  has_feedback: boolean | null;
  pain_reduction: number | null;
  pain_reduction_pct: number | null;
  was_effective: boolean | null;
  user_adjusted: boolean | null;
  changed_at: string;
  processed_at: string;
};

function deviceSize(deviceName: string | null): string | null {
  if (deviceName === null) return null;
  const name = deviceName.toLowerCase();
  if (name.includes("grand")) return "Grand";
  if (name.includes("petit")) return "Petit";
  return "Unknown";
}

function anyDiffers(pairs: readonly (readonly [number | null, number | null])[]): boolean | null {
  const knownPairs = pairs.filter(([initial, final]) => initial !== null && final !== null);
  return knownPairs.length === 0 ? null : knownPairs.some(([initial, final]) => initial !== final);
}

function sessionRow({ path, change, document }: LiveDocument, processedAt: string): SessionRow {
  const [, userId = "", , sessionId = ""] = path.split("/");
  const text = (...names: string[]): string | null => asText(field(document, ...names));
  const int = (...names: string[]): number | null => asInt(field(document, ...names));

  const start = asInstant(field(document, "sessionInfo", "therapyStartTime"));
  const end = asInstant(field(document, "sessionInfo", "therapyEndTime"));
  const elapsedMicros = start === null || end === null || end < start ? null : Number(end - start);
  const before = int("feedback", "painLevelBefore");
  const after = int("feedback", "painLevelAfter");
  const reduction = before === null || after === null ? null : before - after;
  const initialHeat = int("initialSettings", "heatLevel");
  const initialMode = int("initialSettings", "tensMode");
  const initialTens = int("initialSettings", "tensLevel");
  const finalHeat = int("finalSettings", "heatLevel");
  const finalMode = int("finalSettings", "tensMode");
  const finalTens = int("finalSettings", "tensLevel");
  const deviceName = text("deviceInformation", "deviceName");

  return {
    session_id: sessionId,
    user_id: userId,
    device_id: text("deviceInformation", "deviceId"),
    device_name: deviceName,
    device_type: text("deviceInformation", "deviceType"),
    device_size: deviceSize(deviceName),
    session_date: start === null ? null : utcDay(start),
    start_time: start === null ? null : formatInstant(start),
    end_time: end === null ? null : formatInstant(end),
    duration_minutes: int("sessionInfo", "therapyDuration"),
    elapsed_minutes: elapsedMicros === null ? null : elapsedMicros / 60_000_000,
    status: text("status"),
    initial_heat: initialHeat,
    initial_mode: initialMode,
    initial_tens: initialTens,
    final_heat: finalHeat,
    final_mode: finalMode,
    final_tens: finalTens,
    pain_before: before,
    pain_after: after,
    has_feedback: asBool(field(document, "feedback", "feedbackCompleted")),
    pain_reduction: reduction,
    pain_reduction_pct: reduction === null || before === null || before === 0 ? null : reduction / before,
    was_effective: reduction === null ? null : reduction >= 2,
    user_adjusted: anyDiffers([
      [initialHeat, finalHeat],
      [initialMode, finalMode],
      [initialTens, finalTens],
    ]),
    changed_at: change.timestamp,
    processed_at: processedAt,
  };
}

/** silver_therapy_sessions: one row per live session document. */
export function therapySessions(documents: readonly LiveDocument[], processedAt: string): SessionRow[] {
  const rows = documents.map((document) => sessionRow(document, processedAt));
  return sortedBy(rows, (row) => [row.user_id, row.session_id]);
}
