import { combineBy, type Keyed } from "@junoplus/beam-runtime";
import { type CombineFn, type PCollection, type PTransform, withName } from "@junoplus/beam-runtime/sdk";
import type { DailyMetricsV1 } from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";
import { isDuringPeriod } from "./cycle-days";
import { addInteger, averageOf, type KnownIntegers, mergeIntegers, noIntegers, sumOf } from "./known-values";
import type { Run } from "./run";
import { onMedication, type SessionContext } from "./session-context";
import { addSession, mergeSessions, noSessions, type SessionTotals } from "./session-totals";
import type { StartClock } from "./start-clock";

/** A session whose day is known, with its day. */
export interface SessionOfDay {
  readonly day: string;
  readonly context: SessionContext;
}

/** What is summed up for a day. */
export interface DayTotals {
  sessions: SessionTotals;
  activeUsers: number;
  newUsers: number;
  effectiveUsers: number;
  timesOfDay: Record<StartClock["timeOfDay"], number>;
  duringPeriod: KnownIntegers;
  onMedication: KnownIntegers;
}

/** Sums up the sessions of a day; users are counted by their first sessions, so that no set of users is held. */
export const sumDay: CombineFn<SessionOfDay, DayTotals, DayTotals> = {
  createAccumulator: noDay,
  addInput: addToDay,
  mergeAccumulators: mergeDays,
  extractOutput: (totals: DayTotals) => totals,
};

/** The totals of every day with a session. */
export function dayTotals(): PTransform<PCollection<SessionContext>, PCollection<Keyed<DayTotals>>> {
  return withName(
    "dayTotals",
    (contexts: PCollection<SessionContext>): PCollection<Keyed<DayTotals>> =>
      contexts
        .flatMap(withName("sessionsOfDays", sessionsOfDays))
        .apply(withName("byDay", combineBy(dayOfSession, sumDay))),
  );
}

/** daily_metrics_v1: one row per day with a session. */
export function dailyMetrics(run: Run): PTransform<PCollection<Keyed<DayTotals>>, PCollection<DailyMetricsV1>> {
  return withName("dailyMetrics", (days: PCollection<Keyed<DayTotals>>) =>
    days.map(withName("toDailyMetrics", toDailyMetrics), run),
  );
}

/** Worker function: a session with its day; a session without one is on no day. */
export function* sessionsOfDays(context: SessionContext): Generator<SessionOfDay> {
  const { session_date } = context.session;
  if (session_date !== null) yield { day: session_date, context };
}

/** Key of a session: its day. */
export function dayOfSession({ day }: SessionOfDay): string {
  return day;
}

/** Worker function: the row of a day. */
export function toDailyMetrics({ key, value }: Keyed<DayTotals>, { asOf }: Run): DailyMetricsV1 {
  const { sessions, timesOfDay } = value;
  return {
    session_date: key,
    session_count: sessions.sessions,
    active_users: value.activeUsers,
    new_users: value.newUsers,
    effective_users: value.effectiveUsers,
    rated_sessions: sessions.effective.known,
    avg_duration: averageOf(sessions.duration),
    total_therapy_minutes: sumOf(sessions.duration),
    avg_initial_pain: averageOf(sessions.painBefore),
    avg_final_pain: averageOf(sessions.painAfter),
    avg_pain_reduction: averageOf(sessions.painReduction),
    avg_pain_reduction_pct: averageOf(sessions.painReductionPct),
    effectiveness_rate: averageOf(sessions.effective),
    avg_heat: averageOf(sessions.finalHeat),
    avg_tens: averageOf(sessions.finalTens),
    adjustment_rate: averageOf(sessions.adjusted),
    morning_sessions: timesOfDay.morning,
    afternoon_sessions: timesOfDay.afternoon,
    evening_sessions: timesOfDay.evening,
    night_sessions: timesOfDay.night,
    period_session_rate: averageOf(value.duringPeriod),
    medication_session_rate: averageOf(value.onMedication),
    processed_at: asOf,
  };
}

/** The totals of no session. */
export function noDay(): DayTotals {
  return {
    sessions: noSessions(),
    activeUsers: 0,
    newUsers: 0,
    effectiveUsers: 0,
    timesOfDay: { morning: 0, afternoon: 0, evening: 0, night: 0 },
    duringPeriod: noIntegers(),
    onMedication: noIntegers(),
  };
}

function addToDay(totals: DayTotals, { context }: SessionOfDay): DayTotals {
  const { session, snapshot, clock, first } = context;
  addSession(totals.sessions, session);
  if (first.ofDay) totals.activeUsers += 1;
  if (first.ever) totals.newUsers += 1;
  if (first.effectiveOfDay) totals.effectiveUsers += 1;
  if (clock !== null) totals.timesOfDay[clock.timeOfDay] += 1;
  addInteger(totals.duringPeriod, isDuringPeriod(snapshot?.cycle_day ?? null));
  addInteger(totals.onMedication, onMedication(context));
  return totals;
}

/** The totals of several together. */
export function mergeDays(accumulators: Iterable<DayTotals>): DayTotals {
  const merged = noDay();
  for (const totals of accumulators) {
    mergeSessions(merged.sessions, totals.sessions);
    merged.activeUsers += totals.activeUsers;
    merged.newUsers += totals.newUsers;
    merged.effectiveUsers += totals.effectiveUsers;
    merged.timesOfDay.morning += totals.timesOfDay.morning;
    merged.timesOfDay.afternoon += totals.timesOfDay.afternoon;
    merged.timesOfDay.evening += totals.timesOfDay.evening;
    merged.timesOfDay.night += totals.timesOfDay.night;
    mergeIntegers(merged.duringPeriod, totals.duringPeriod);
    mergeIntegers(merged.onMedication, totals.onMedication);
  }
  return merged;
}

requireForSerialization("@junoplus/gold-aggregates/daily-metrics", exports);
