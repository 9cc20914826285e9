import { canonicalExact, type Grouped, groupBy, type Keyed, roundExact, type Tagged } from "@junoplus/beam-runtime";
import { flatten, P, type PCollection, type PTransform, withName } from "@junoplus/beam-runtime/sdk";
import type { DayTotals as DayTotalsRow } from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";
import { type DayTotals, mergeDays, noDay } from "./daily-metrics";

/** Totals of days of which some users' sessions have changed. */
export type ChangedDays = {
  /** Of the changed sessions' users alone, as their rows are now and as they were. */
  readonly after: PCollection<Keyed<DayTotals>>;
  readonly before: PCollection<Keyed<DayTotals>>;
  /** Of all users, as the earlier run left them. */
  readonly known: PCollection<DayTotalsRow>;
};

type DayPart = Tagged<{ after: Keyed<DayTotals>; before: Keyed<DayTotals>; known: DayTotalsRow }>;

/**
 * The totals of the days whose sessions are others than before, those of all users: what the changed users gave is taken
 * out exactly, and what they give now is put in. A day on which nothing changed is left out; one without sessions left is not.
 */
export function changedDayTotals(): PTransform<ChangedDays, PCollection<Keyed<DayTotals>>> {
  return withName("changedDayTotals", ({ after, before, known }: ChangedDays) => {
    const parts: PCollection<DayPart> = P([
      after.map(withName("partAfter", partAfter)),
      before.map(withName("partBefore", partBefore)),
      known.map(withName("partKnown", partKnown)),
    ]).apply(flatten());
    return parts.apply(withName("byDay", groupBy(dayOfPart))).flatMap(withName("changedDay", changedDay));
  });
}

/** Worker function: a day's totals as they are now. */
export function partAfter(after: Keyed<DayTotals>): DayPart {
  return { after };
}

/** Worker function: a day's totals as they were. */
export function partBefore(before: Keyed<DayTotals>): DayPart {
  return { before };
}

/** Worker function: a day's totals of all users. */
export function partKnown(known: DayTotalsRow): DayPart {
  return { known };
}

/** Key of a part: its day. */
export function dayOfPart(part: DayPart): string {
  if ("known" in part) return part.known.session_date;
  return "after" in part ? part.after.key : part.before.key;
}

/** Worker function: the totals of a day, if anything of it changed. */
export function* changedDay({ key, value }: Grouped<DayPart>): Generator<Keyed<DayTotals>> {
  const changes: DayTotals[] = [];
  let known = noDay();
  for (const part of value) {
    if ("known" in part) known = JSON.parse(part.known.totals) as DayTotals;
    else changes.push("after" in part ? part.after.value : opposite(part.before.value));
  }
  const difference = withoutMaximum(mergeDays(changes));
  if (!isNothing(difference)) yield { key, value: mergeDays([known, difference]) };
}

/** Worker function: a day's totals as a run leaves them to the next one. */
export function dayTotalsRow({ key, value }: Keyed<DayTotals>): DayTotalsRow {
  const { sessions, ...rest } = withoutMaximum(value);
  const canonical: DayTotals["sessions"] = {
    ...sessions,
    painReductionPct: { ...sessions.painReductionPct, sum: canonicalExact(sessions.painReductionPct.sum) },
    duration: { ...sessions.duration, sum: canonicalExact(sessions.duration.sum) },
  };
  return { session_date: key, totals: JSON.stringify({ sessions: canonical, ...rest }) };
}

/** A maximum cannot be taken back, and a day's row has none. */
function withoutMaximum(totals: DayTotals): DayTotals {
  return { ...totals, sessions: { ...totals.sessions, maxDuration: null } };
}

/** Totals with the sign of every number turned: merged with the totals they leave nothing. */
function opposite<T>(totals: T): T {
  if (typeof totals === "number") return (totals === 0 ? 0 : -totals) as T;
  if (Array.isArray(totals)) return totals.map(opposite) as T;
  if (typeof totals !== "object" || totals === null) return totals;
  return Object.fromEntries(Object.entries(totals).map(([name, value]) => [name, opposite(value)])) as T;
}

/** True when every count and every sum is zero; a list of numbers is an exact sum. */
function isNothing(totals: unknown): boolean {
  if (Array.isArray(totals)) return roundExact(totals as number[]) === 0;
  if (typeof totals === "object" && totals !== null) return Object.values(totals).every(isNothing);
  return totals === 0 || totals === null;
}

requireForSerialization("@junoplus/gold-aggregates/day-totals", exports);
