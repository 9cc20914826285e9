import {
  type BronzeTherapySessions,
  bronzeTherapySessions,
  dayOf,
  epochMicros,
  type SilverTherapySessions,
  silverTherapySessions,
} from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";
import type { CurrentTable, RowSource, RunInstant } from "./silver-table";

/** silver_therapy_sessions: one row per live session document. */
export const therapySessions: CurrentTable<BronzeTherapySessions, SilverTherapySessions> = {
  kind: "current",
  from: bronzeTherapySessions,
  to: silverTherapySessions,
  toRows,
  pathColumns: { userId: "user_id", sessionId: "session_id" },
};

const MICROS_PER_MINUTE = 60_000_000;
/** Points of pain that a session must take away to count as effective. */
const EFFECTIVE_REDUCTION = 2;

/** One session document as its row. */
export function toRows(
  session: BronzeTherapySessions,
  { params, changedAt }: RowSource,
  { asOf }: RunInstant,
): readonly SilverTherapySessions[] {
  const { deviceInformation: device, sessionInfo: info, initialSettings: initial, finalSettings: final } = session;
  const start = info?.therapyStartTime ?? null;
  const end = info?.therapyEndTime ?? null;
  const before = session.feedback?.painLevelBefore ?? null;
  const after = session.feedback?.painLevelAfter ?? null;
  // Unanswered is not zero: a session rated once says nothing about relief.
  const reduction = before === null || after === null ? null : before - after;
  return [
    {
      session_id: params["sessionId"] ?? "",
      user_id: params["userId"] ?? "",
      device_id: device?.deviceId ?? null,
      device_name: device?.deviceName ?? null,
      device_type: device?.deviceType ?? null,
      device_size: deviceSize(device?.deviceName ?? null),
      session_date: start === null ? null : dayOf(start),
      start_time: start,
      end_time: end,
      duration_minutes: info?.therapyDuration ?? null,
      elapsed_minutes: elapsedMinutes(start, end),
      status: session.status ?? null,
      initial_heat: initial?.heatLevel ?? null,
      initial_mode: initial?.tensMode ?? null,
      initial_tens: initial?.tensLevel ?? null,
      final_heat: final?.heatLevel ?? null,
      final_mode: final?.tensMode ?? null,
      final_tens: final?.tensLevel ?? null,
      pain_before: before,
      pain_after: after,
      has_feedback: session.feedback?.feedbackCompleted ?? null,
      pain_reduction: reduction,
      // Nobody can be relieved of no pain: a share of zero is unknown, not infinite.
      pain_reduction_pct: reduction === null || before === null || before === 0 ? null : reduction / before,
      was_effective: reduction === null ? null : reduction >= EFFECTIVE_REDUCTION,
      user_adjusted: userAdjusted(initial, final),
      changed_at: changedAt,
      processed_at: asOf,
    },
  ];
}

/** The size that a device's name tells; a name that tells none is Unknown, no name is NULL. */
export function deviceSize(name: string | null): SilverTherapySessions["device_size"] {
  if (name === null) return null;
  if (/grand/i.test(name)) return "Grand";
  return /petit/i.test(name) ? "Petit" : "Unknown";
}

/** Minutes from start to end; NULL unless both are known and in order. */
export function elapsedMinutes(start: string | null, end: string | null): number | null {
  if (start === null || end === null || end < start) return null;
  return (epochMicros(end) - epochMicros(start)) / MICROS_PER_MINUTE;
}

type Settings = NonNullable<BronzeTherapySessions["initialSettings"]>;

/** True when a setting that is known at both ends differs; NULL when none is known at both. */
export function userAdjusted(initial: Settings | undefined, final: Settings | undefined): boolean | null {
  const pairs = (["heatLevel", "tensMode", "tensLevel"] as const)
    .map((setting) => [initial?.[setting], final?.[setting]] as const)
    .filter(([from, to]) => from !== undefined && to !== undefined);
  return pairs.length === 0 ? null : pairs.some(([from, to]) => from !== to);
}

requireForSerialization("@junoplus/silver-transforms/therapy-sessions", exports);
