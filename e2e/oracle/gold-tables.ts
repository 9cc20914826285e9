import { compareBytes, sortedBy, sortedDistinct } from "./byte-order.js";
import { average, countTrue, greatest, known, rate, total } from "./exact-averages.js";
import { daysBetween } from "./instants.js";
import type { SessionContext, Silver } from "./session-context.js";
import type { SessionRow } from "./therapy-sessions.js";

function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}

// The word of the first limit that the value reaches, best first; below all limits the last word.
function wordFor(value: number | null, limits: readonly number[], words: readonly string[]): string | null {
  if (value === null) return null;
  const reached = limits.findIndex((limit) => value >= limit);
  return words[reached === -1 ? limits.length : reached] ?? null;
}

const CATEGORIES: readonly string[] = ["Highly Effective", "Effective", "Moderately Effective", "Low Effectiveness"];

// All four pain averages look at the same sessions, those with both scores, so that they can be compared.
function painAverages(sessions: readonly SessionRow[]) {
  const scored = sessions.filter((session) => session.pain_before !== null && session.pain_after !== null);
  return {
    avg_initial_pain: average(scored.map((session) => session.pain_before)),
    avg_final_pain: average(scored.map((session) => session.pain_after)),
    avg_pain_reduction: average(scored.map((session) => session.pain_reduction)),
    avg_pain_reduction_pct: average(scored.map((session) => session.pain_reduction_pct)),
  };
}

/** The most frequent known value; of equally frequent ones the value used last, then of the greater session id. */
export function preferred(
  sessions: readonly SessionRow[],
  finalValue: (session: SessionRow) => number | null,
): number | null {
  // Oldest first; a session without a start time sorts before all others.
  const oldestFirst = sortedBy(sessions, (session) => [session.start_time, session.session_id]);
  const values = known(oldestFirst.map(finalValue));
  const uses = (value: number): number => values.filter((other) => other === value).length;
  const most = Math.max(0, ...values.map(uses));
  return values.filter((value) => uses(value) === most).at(-1) ?? null;
}

function userSegment(sessions: number): string {
  if (sessions < 5) return "New User";
  if (sessions < 20) return "Regular User";
  if (sessions < 50) return "Active User";
  return "Power User";
}

function engagementCohort(spanDays: number | null): string | null {
  if (spanDays === null) return null;
  if (spanDays === 0) return "Single Day";
  if (spanDays < 7) return "Week 1";
  if (spanDays < 30) return "Month 1";
  if (spanDays < 90) return "Quarter 1";
  return "Long-term";
}

/** user_analytics_v1: one row per user with a session. */
export function userAnalytics(silver: Silver) {
  const profiles = new Map(silver.profiles.map((profile) => [profile.user_id, profile]));
  const rows = [...groupBy(silver.sessions, (session) => session.user_id)].map(([userId, sessions]) => {
    const profile = profiles.get(userId);
    const dates = sortedDistinct(known(sessions.map((session) => session.session_date)));
    const first = dates.at(0) ?? null;
    const last = dates.at(-1) ?? null;
    const spanDays = first === null || last === null ? null : daysBetween(first, last);
    const pain = painAverages(sessions);
    const durations = sessions.map((session) => session.duration_minutes);
    return {
      user_id: userId,
      total_sessions: sessions.length,
      rated_sessions: known(sessions.map((session) => session.was_effective)).length,
      first_session_date: first,
      last_session_date: last,
      days_active: dates.length,
      span_days: spanDays,
      avg_session_duration: average(durations),
      max_session_duration: greatest(durations),
      total_therapy_minutes: total(durations),
      ...pain,
      effectiveness_rate: rate(sessions.map((session) => session.was_effective)),
      preferred_heat_level: preferred(sessions, (session) => session.final_heat),
      preferred_tens_mode: preferred(sessions, (session) => session.final_mode),
      preferred_tens_level: preferred(sessions, (session) => session.final_tens),
      avg_heat_level: average(sessions.map((session) => session.final_heat)),
      avg_tens_level: average(sessions.map((session) => session.final_tens)),
      adjustment_rate: rate(sessions.map((session) => session.user_adjusted)),
      age: profile?.age ?? null,
      age_group: profile?.age_group ?? null,
      user_segment: userSegment(sessions.length),
      engagement_cohort: engagementCohort(spanDays),
      effectiveness_category: wordFor(pain.avg_pain_reduction_pct, [0.7, 0.5, 0.3], CATEGORIES),
      processed_at: sessions[0]?.processed_at ?? null,
    };
  });
  return sortedBy(rows, (row) => [row.user_id]);
}

/** daily_metrics_v1: one row per session_date. */
export function dailyMetrics(contexts: readonly SessionContext[]) {
  const dated = contexts.filter(({ session }) => session.session_date !== null);
  const firstDay = new Map<string, string>();
  for (const { session } of dated) {
    const day = session.session_date ?? "";
    const earliest = firstDay.get(session.user_id);
    if (earliest === undefined || compareBytes(day, earliest) < 0) firstDay.set(session.user_id, day);
  }

  const rows = [...groupBy(dated, ({ session }) => session.session_date ?? "")].map(([day, ofDay]) => {
    const sessions = ofDay.map(({ session }) => session);
    const users = sortedDistinct(sessions.map((session) => session.user_id));
    const effective = sessions.filter((session) => session.was_effective === true);
    const durations = sessions.map((session) => session.duration_minutes);
    const startedIn = (part: SessionContext["time_of_day"]): number =>
      ofDay.filter((context) => context.time_of_day === part).length;
    return {
      session_date: day,
      session_count: sessions.length,
      active_users: users.length,
      new_users: users.filter((user) => firstDay.get(user) === day).length,
      effective_users: sortedDistinct(effective.map((session) => session.user_id)).length,
      rated_sessions: known(sessions.map((session) => session.was_effective)).length,
      avg_duration: average(durations),
      total_therapy_minutes: total(durations),
      ...painAverages(sessions),
      effectiveness_rate: rate(sessions.map((session) => session.was_effective)),
      avg_heat: average(sessions.map((session) => session.final_heat)),
      avg_tens: average(sessions.map((session) => session.final_tens)),
      adjustment_rate: rate(sessions.map((session) => session.user_adjusted)),
      morning_sessions: startedIn("morning"),
      afternoon_sessions: startedIn("afternoon"),
      evening_sessions: startedIn("evening"),
      night_sessions: startedIn("night"),
      period_session_rate: rate(ofDay.map((context) => context.is_during_period)),
      medication_session_rate: rate(ofDay.map((context) => context.on_medication)),
      processed_at: sessions[0]?.processed_at ?? null,
    };
  });
  return sortedBy(rows, (row) => [row.session_date]);
}

/** gold_therapy_effectiveness: one row per user, device_name (NULL is a group) and month. */
export function therapyEffectiveness(silver: Silver) {
  const monthOf = (session: SessionRow): string | null =>
    session.session_date === null ? null : `${session.session_date.slice(0, 7)}-01`;
  const dated = silver.sessions.filter((session) => monthOf(session) !== null);
  const groups = groupBy(dated, (session) => JSON.stringify([session.user_id, session.device_name, monthOf(session)]));

  const rows = [...groups.values()].map((sessions) => {
    const any = sessions[0];
    if (any === undefined) throw new Error("a group has at least one session");
    const durations = sessions.map((session) => session.duration_minutes);
    const effectivenessRate = rate(sessions.map((session) => session.was_effective));
    return {
      user_id: any.user_id,
      device_name: any.device_name,
      month: monthOf(any),
      total_sessions: sessions.length,
      rated_sessions: known(sessions.map((session) => session.was_effective)).length,
      effective_sessions: countTrue(sessions.map((session) => session.was_effective)),
      sessions_with_feedback: countTrue(sessions.map((session) => session.has_feedback)),
      avg_pain_reduction: average(sessions.map((session) => session.pain_reduction)),
      avg_pain_reduction_pct: average(sessions.map((session) => session.pain_reduction_pct)),
      effectiveness_rate: effectivenessRate,
      avg_initial_heat: average(sessions.map((session) => session.initial_heat)),
      avg_initial_tens: average(sessions.map((session) => session.initial_tens)),
      avg_final_heat: average(sessions.map((session) => session.final_heat)),
      avg_final_tens: average(sessions.map((session) => session.final_tens)),
      sessions_adjusted: countTrue(sessions.map((session) => session.user_adjusted)),
      adjustment_rate: rate(sessions.map((session) => session.user_adjusted)),
      avg_duration_minutes: average(durations),
      max_duration_minutes: greatest(durations),
      effectiveness_category: wordFor(effectivenessRate, [0.8, 0.6, 0.4], CATEGORIES),
      processed_at: any.processed_at,
    };
  });
  return sortedBy(rows, (row) => [row.user_id, row.device_name, row.month]);
}

/** user_health_dashboard_v1: the view over user_analytics_v1, without any direct identifier. */
export function healthDashboard(analytics: ReturnType<typeof userAnalytics>) {
  const levels: readonly string[] = ["Highly Effective", "Effective", "Needs Improvement"];
  return analytics.map((row) => ({
    user_id: row.user_id,
    age_group: row.age_group,
    total_sessions: row.total_sessions,
    avg_duration: row.avg_session_duration,
    avg_effectiveness: row.avg_pain_reduction_pct,
    user_segment: row.user_segment,
    effectiveness_level: wordFor(row.avg_pain_reduction_pct, [0.7, 0.5], levels),
    refreshed_at: row.processed_at,
  }));
}
