import {
  type BronzePeriodTracking,
  bronzePeriodTracking,
  compareBytes,
  dayOf,
  type SilverPeriodTracking,
  silverPeriodTracking,
} from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";
import type { CurrentTable, RowSource, RunInstant } from "./silver-table";

/** silver_period_tracking: one snapshot per user and day, from day documents and from the days of cycle documents. */
export const periodTracking: CurrentTable<BronzePeriodTracking, SilverPeriodTracking> = {
  kind: "current",
  from: bronzePeriodTracking,
  to: silverPeriodTracking,
  toRows,
  // A day document leaves no trace of its id.
  pathColumns: { userId: "user_id", trackingId: "cycle_id" },
  keyOf: userAndDay,
  rowKeysOf: daysOfRows,
};

/** Worker function: the key of a snapshot. */
export function userAndDay(row: SilverPeriodTracking): string {
  return `${row.date} ${row.user_id}`;
}

/** Worker function: the days on which a document gives snapshots. */
export function daysOfRows(document: () => BronzePeriodTracking): readonly string[] {
  return [...new Set(daysOf(document()).map(({ date }) => dayOf(date)))];
}

type Day = Pick<BronzePeriodTracking, "cycle_day" | "flow_intensity" | "symptoms" | "mood" | "pain_level"> & {
  readonly date: string;
};

/** The snapshots of one document: one of a day document; of a cycle document one a day, or its start where it lists no days. */
export function toRows(
  document: BronzePeriodTracking,
  { params, changedAt }: RowSource,
  { asOf }: RunInstant,
): readonly SilverPeriodTracking[] {
  const isCycle = document.days !== undefined || document.startDate !== undefined;
  return daysOf(document).map((day) => ({
    user_id: params["userId"] ?? "",
    cycle_id: isCycle ? (params["trackingId"] ?? null) : null,
    date: dayOf(day.date),
    cycle_day: day.cycle_day ?? null,
    flow_intensity: flowIntensity(day.flow_intensity),
    symptoms: symptoms(day.symptoms),
    mood: day.mood ?? null,
    pain_level: day.pain_level ?? null,
    high_pain_day: day.pain_level === undefined ? null : day.pain_level >= HIGH_PAIN,
    cycle_phase: cyclePhase(day.cycle_day ?? null),
    cycle_status: document.status ?? null,
    last_update: document.lastUpdate ?? null,
    changed_at: changedAt,
    processed_at: asOf,
  }));
}

const HIGH_PAIN = 7;

function daysOf(document: BronzePeriodTracking): readonly Day[] {
  const { days, startDate, date, ...fields } = document;
  if (days !== undefined && days.length > 0) return days;
  // Days that were all rejected leave a cycle without days: its start is what still stands.
  if (startDate !== undefined) return [{ date: startDate }];
  return days !== undefined || date === undefined ? [] : [{ date, ...fields }];
}

/** Flow words by their number. */
const FLOW = ["none", "spotting", "light", "medium", "heavy", "very heavy"];

/** Flow as its number, 0 to 5. */
export function flowIntensity(flow: number | string | undefined): number | null {
  if (flow === undefined) return null;
  return typeof flow === "number" ? flow : FLOW.indexOf(flow);
}

/** Symptoms, from a list or from comma text: trimmed, distinct, in byte order. */
export function symptoms(value: readonly string[] | string | undefined): string[] {
  const list = typeof value === "string" ? value.split(",") : (value ?? []);
  const distinct = new Set(list.map((symptom) => symptom.trim()).filter((symptom) => symptom !== ""));
  return [...distinct].sort(compareBytes);
}

/** Cycle days up to the bound; the last one has none. */
const PHASES = [
  [5, "Menstrual"],
  [13, "Follicular"],
  [16, "Ovulation"],
  [Number.POSITIVE_INFINITY, "Luteal"],
] as const;

/** The phase of a cycle day; days below 1 are in none. */
export function cyclePhase(cycleDay: number | null): SilverPeriodTracking["cycle_phase"] {
  if (cycleDay === null || cycleDay < 1) return null;
  return PHASES.find(([last]) => cycleDay <= last)?.[1] ?? null;
}

requireForSerialization("@junoplus/silver-transforms/period-tracking", exports);
