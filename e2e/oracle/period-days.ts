import { compareBytes, sortedBy, sortedDistinct } from "./byte-order.js";
import type { LiveDocument } from "./change-order.js";
import { dayEntryFault, isCycleDocument } from "./contracts.js";
import {
  asArray,
  asFlow,
  asInstant,
  asInt,
  asText,
  field,
  isObject,
  type Json,
  type JsonObject,
} from "./document-fields.js";
import { formatInstant, utcDay } from "./instants.js";

/** A row of silver_period_tracking. */
export type PeriodDayRow = {
  user_id: string;
  cycle_id: string | null;
  date: string;
  cycle_day: number | null;
  flow_intensity: number | null;
  symptoms: string[];
  mood: string | null;
  pain_level: number | null;
  high_pain_day: boolean | null;
  cycle_phase: string | null;
  cycle_status: string | null;
  last_update: string | null;
  changed_at: string;
  processed_at: string;
};

function symptomsOf(value: Json): string[] {
  const listed = typeof value === "string" ? value.split(",") : asArray(value).map((symptom) => asText(symptom) ?? "");
  return sortedDistinct(listed.map((symptom) => symptom.trim()).filter((symptom) => symptom !== ""));
}

function cyclePhase(cycleDay: number | null): string | null {
  if (cycleDay === null || cycleDay < 1) return null;
  if (cycleDay <= 5) return "Menstrual";
  if (cycleDay <= 13) return "Follicular";
  if (cycleDay <= 16) return "Ovulation";
  return "Luteal";
}

// The maps that say something of one day each, with the field that names the day.
function daysOf(document: JsonObject): { readonly day: JsonObject; readonly date: Json }[] {
  if (!isCycleDocument(document)) return [{ day: document, date: field(document, "date") }];
  const days = asArray(field(document, "days"))
    .filter((entry, index) => dayEntryFault(entry, index) === null)
    .filter(isObject)
    .map((day) => ({ day, date: field(day, "date") }));
  if (days.length > 0) return days;
  // Entries that are rejected alone leave the rest of the document: a cycle without days, known by its start. Nothing of
  // the top of a cycle document describes its first day, so that snapshot is empty.
  const start = field(document, "startDate");
  return start === null ? [] : [{ day: {}, date: start }];
}

function dayRows({ path, change, document }: LiveDocument, processedAt: string): PeriodDayRow[] {
  const [, userId = "", , documentId = ""] = path.split("/");
  const lastUpdate = asInstant(field(document, "lastUpdate"));
  const byDate = new Map<string, PeriodDayRow>();
  for (const { day, date } of daysOf(document)) {
    const instant = asInstant(date);
    if (instant === null) throw new Error(`the contract let a day without a date pass: ${path}`);
    const cycleDay = asInt(field(day, "cycle_day"));
    const painLevel = asInt(field(day, "pain_level"));
    // A date twice in one document: the last entry takes the place of the first.
    byDate.set(utcDay(instant), {
      user_id: userId,
      cycle_id: isCycleDocument(document) ? documentId : null,
      date: utcDay(instant),
      cycle_day: cycleDay,
      flow_intensity: asFlow(field(day, "flow_intensity")),
      symptoms: symptomsOf(field(day, "symptoms")),
      mood: asText(field(day, "mood")),
      pain_level: painLevel,
      high_pain_day: painLevel === null ? null : painLevel >= 7,
      cycle_phase: cyclePhase(cycleDay),
      cycle_status: asText(field(document, "status")),
      last_update: lastUpdate === null ? null : formatInstant(lastUpdate),
      changed_at: change.timestamp,
      processed_at: processedAt,
    });
  }
  return [...byDate.values()];
}

/** silver_period_tracking: one snapshot per user and day; the later document wins whole, then the greater path. */
export function periodDays(documents: readonly LiveDocument[], processedAt: string): PeriodDayRow[] {
  const oldestFirst = [...documents].sort(
    (a, b) => compareBytes(a.change.timestamp, b.change.timestamp) || compareBytes(a.path, b.path),
  );
  const snapshots = new Map<string, PeriodDayRow>();
  for (const document of oldestFirst) {
    for (const row of dayRows(document, processedAt)) snapshots.set(JSON.stringify([row.user_id, row.date]), row);
  }
  return sortedBy([...snapshots.values()], (row) => [row.user_id, row.date]);
}
