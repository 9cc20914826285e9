import { combineBy, type Keyed } from "@junoplus/beam-runtime";
import { type CombineFn, type PCollection, type PTransform, withName } from "@junoplus/beam-runtime/sdk";
import { epochDay, type UserAnalyticsV1 } from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";
import { effectivenessByRelief } from "./effectiveness";
import { averageOf, sumOf } from "./known-values";
import { addUse, mergeUses, preferredValue, type Uses } from "./preferred-value";
import type { Run } from "./run";
import { engagementCohort, userSegment } from "./segments";
import type { SessionContext } from "./session-context";
import { addSession, mergeSessions, noSessions, type SessionTotals } from "./session-totals";

/** What is summed up for a user. */
export interface UserTotals {
  sessions: SessionTotals;
  firstDate: string | null;
  lastDate: string | null;
  daysActive: number;
  heat: Uses;
  mode: Uses;
  tens: Uses;
  age: UserAnalyticsV1["age"];
  ageGroup: UserAnalyticsV1["age_group"];
}

/** Sums up the sessions of a user; the context of each of them carries the user's profile. */
export const sumUser: CombineFn<SessionContext, UserTotals, UserTotals> = {
  createAccumulator: noUser,
  addInput: addToUser,
  mergeAccumulators: mergeUsers,
  extractOutput: (totals: UserTotals) => totals,
};

/** user_analytics_v1: one row per user with a session. */
export function userAnalytics(run: Run): PTransform<PCollection<SessionContext>, PCollection<UserAnalyticsV1>> {
  return withName("userAnalytics", (contexts: PCollection<SessionContext>) => {
    const users: PCollection<Keyed<UserTotals>> = contexts.apply(withName("byUser", combineBy(userOf, sumUser)));
    return users.map(withName("toUserAnalytics", toUserAnalytics), run);
  });
}

/** Key of a session: its user. */
export function userOf({ session }: SessionContext): string {
  return session.user_id;
}

/** Worker function: the row of a user. */
export function toUserAnalytics({ key, value }: Keyed<UserTotals>, { asOf }: Run): UserAnalyticsV1 {
  const { sessions, firstDate, lastDate } = value;
  const span = firstDate === null || lastDate === null ? null : epochDay(lastDate) - epochDay(firstDate);
  const painReductionPct = averageOf(sessions.painReductionPct);
  return {
    user_id: key,
    total_sessions: sessions.sessions,
    rated_sessions: sessions.effective.known,
    first_session_date: firstDate,
    last_session_date: lastDate,
    days_active: value.daysActive,
    span_days: span,
    avg_session_duration: averageOf(sessions.duration),
    max_session_duration: sessions.maxDuration,
    total_therapy_minutes: sumOf(sessions.duration),
    avg_initial_pain: averageOf(sessions.painBefore),
    avg_final_pain: averageOf(sessions.painAfter),
    avg_pain_reduction: averageOf(sessions.painReduction),
    avg_pain_reduction_pct: painReductionPct,
    effectiveness_rate: averageOf(sessions.effective),
    preferred_heat_level: preferredValue(value.heat),
    preferred_tens_mode: preferredValue(value.mode),
    preferred_tens_level: preferredValue(value.tens),
    avg_heat_level: averageOf(sessions.finalHeat),
    avg_tens_level: averageOf(sessions.finalTens),
    adjustment_rate: averageOf(sessions.adjusted),
    age: value.age,
    age_group: value.ageGroup,
    user_segment: userSegment(sessions.sessions),
    engagement_cohort: engagementCohort(span),
    effectiveness_category: effectivenessByRelief(painReductionPct),
    processed_at: asOf,
  };
}

function noUser(): UserTotals {
  return {
    sessions: noSessions(),
    firstDate: null,
    lastDate: null,
    daysActive: 0,
    heat: {},
    mode: {},
    tens: {},
    age: null,
    ageGroup: null,
  };
}

function addToUser(totals: UserTotals, { session, profile, first }: SessionContext): UserTotals {
  addSession(totals.sessions, session);
  widenDates(totals, session.session_date, session.session_date);
  if (first.ofDay) totals.daysActive += 1;
  addUse(totals.heat, session.final_heat, session);
  addUse(totals.mode, session.final_mode, session);
  addUse(totals.tens, session.final_tens, session);
  totals.age = profile?.age ?? null;
  totals.ageGroup = profile?.age_group ?? null;
  return totals;
}

function mergeUsers(accumulators: Iterable<UserTotals>): UserTotals {
  const merged = noUser();
  for (const totals of accumulators) {
    mergeSessions(merged.sessions, totals.sessions);
    widenDates(merged, totals.firstDate, totals.lastDate);
    merged.daysActive += totals.daysActive;
    mergeUses(merged.heat, totals.heat);
    mergeUses(merged.mode, totals.mode);
    mergeUses(merged.tens, totals.tens);
    // All sessions of a user carry one profile; an accumulator of no session has none.
    merged.age ??= totals.age;
    merged.ageGroup ??= totals.ageGroup;
  }
  return merged;
}

function widenDates(totals: UserTotals, first: string | null, last: string | null): void {
  if (first !== null && (totals.firstDate === null || first < totals.firstDate)) totals.firstDate = first;
  if (last !== null && (totals.lastDate === null || last > totals.lastDate)) totals.lastDate = last;
}

requireForSerialization("@junoplus/gold-aggregates/user-analytics", exports);
