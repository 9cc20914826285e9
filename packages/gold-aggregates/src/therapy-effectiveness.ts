import { combineBy, type Keyed } from "@junoplus/beam-runtime";
import { type CombineFn, type PCollection, type PTransform, withName } from "@junoplus/beam-runtime/sdk";
import type { GoldTherapyEffectiveness } from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";
import { effectivenessByRate } from "./effectiveness";
import { averageOf } from "./known-values";
import type { Run } from "./run";
import { addSession, mergeSessions, noSessions, type SessionTotals } from "./session-totals";
import type { Session } from "./user-rows";

/** A session whose day is known, with its month. */
export interface SessionOfMonth {
  /** First day of the month. */
  readonly month: string;
  readonly session: Session;
}

/** Sums up sessions. */
export const sumSessions: CombineFn<SessionOfMonth, SessionTotals, SessionTotals> = {
  createAccumulator: noSessions,
  addInput: addToGroup,
  mergeAccumulators: mergeGroups,
  extractOutput: (totals: SessionTotals) => totals,
};

/** gold_therapy_effectiveness: one row per user, device name and month with a session. */
export function therapyEffectiveness(
  run: Run,
): PTransform<PCollection<Session>, PCollection<GoldTherapyEffectiveness>> {
  return withName("therapyEffectiveness", (sessions: PCollection<Session>) => {
    const dated = sessions.flatMap(withName("sessionsOfMonths", sessionsOfMonths));
    const groups: PCollection<Keyed<SessionTotals>> = dated.apply(
      withName("byUserDeviceMonth", combineBy(userDeviceMonth, sumSessions)),
    );
    return groups.map(withName("toTherapyEffectiveness", toTherapyEffectiveness), run);
  });
}

/** Worker function: a session with its month; a session without a day is in no month. */
export function* sessionsOfMonths(session: Session): Generator<SessionOfMonth> {
  const { session_date } = session;
  if (session_date !== null) yield { month: `${session_date.slice(0, 7)}-01`, session };
}

/** Key of a session: user, device name and month as JSON, so that no name can pass for another, nor for NULL. */
export function userDeviceMonth({ month, session }: SessionOfMonth): string {
  return JSON.stringify([session.user_id, session.device_name, month]);
}

/** Worker function: the row of a user, device name and month. */
export function toTherapyEffectiveness({ key, value }: Keyed<SessionTotals>, { asOf }: Run): GoldTherapyEffectiveness {
  const [user_id, device_name, month] = JSON.parse(key) as [string, string | null, string];
  const effectivenessRate = averageOf(value.effective);
  return {
    user_id,
    device_name,
    month,
    total_sessions: value.sessions,
    rated_sessions: value.effective.known,
    effective_sessions: value.effective.sum,
    sessions_with_feedback: value.feedback,
    avg_pain_reduction: averageOf(value.painReduction),
    avg_pain_reduction_pct: averageOf(value.painReductionPct),
    effectiveness_rate: effectivenessRate,
    avg_initial_heat: averageOf(value.initialHeat),
    avg_initial_tens: averageOf(value.initialTens),
    avg_final_heat: averageOf(value.finalHeat),
    avg_final_tens: averageOf(value.finalTens),
    sessions_adjusted: value.adjusted.sum,
    adjustment_rate: averageOf(value.adjusted),
    avg_duration_minutes: averageOf(value.duration),
    max_duration_minutes: value.maxDuration,
    effectiveness_category: effectivenessByRate(effectivenessRate),
    processed_at: asOf,
  };
}

function addToGroup(totals: SessionTotals, { session }: SessionOfMonth): SessionTotals {
  addSession(totals, session);
  return totals;
}

function mergeGroups(accumulators: Iterable<SessionTotals>): SessionTotals {
  const merged = noSessions();
  for (const totals of accumulators) mergeSessions(merged, totals);
  return merged;
}

requireForSerialization("@junoplus/gold-aggregates/therapy-effectiveness", exports);
