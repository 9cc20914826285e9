import { compareBytes, sortedBy, sortedDistinct } from "./byte-order.js";
import { average } from "./exact-averages.js";
import { ageGroup, daysBetween, parseChangeTime, utcClock, wholeYears } from "./instants.js";
import type { MedicationRow } from "./medication-history.js";
import type { PeriodDayRow } from "./period-days.js";
import type { SessionRow } from "./therapy-sessions.js";
import type { ProfileRow } from "./user-profiles.js";

/** The four silver tables. */
export interface Silver {
  readonly sessions: readonly SessionRow[];
  readonly profiles: readonly ProfileRow[];
  readonly medications: readonly MedicationRow[];
  readonly periodDays: readonly PeriodDayRow[];
}

/** What is known around a session: its clock, its day in the cycle, its medications. */
export interface SessionContext {
  readonly session: SessionRow;
  readonly day: PeriodDayRow | null;
  readonly hour_of_day: number | null;
  readonly day_of_week: number | null;
  readonly time_of_day: "morning" | "afternoon" | "evening" | "night" | null;
  readonly is_during_period: boolean | null;
  readonly is_during_ovulation: boolean | null;
  readonly on_medication: boolean | null;
  readonly active_medication_count: number | null;
  readonly medication_keys: string[];
}

function timeOfDay(hour: number): SessionContext["time_of_day"] {
  if (hour >= 6 && hour <= 11) return "morning";
  if (hour >= 12 && hour <= 17) return "afternoon";
  if (hour >= 18 && hour <= 21) return "evening";
  return "night";
}

// Fixed-width UTC texts: their byte order is the order of time.
function notAfter(a: string, b: string): boolean {
  return compareBytes(a, b) <= 0;
}

function holdsAt(medication: MedicationRow, startTime: string, sessionDate: string): boolean {
  if (medication.valid_to !== null && notAfter(medication.valid_to, startTime)) return false;
  const began = medication.start_date === null ? null : notAfter(medication.start_date, sessionDate);
  if (began === false) return false;
  return notAfter(medication.valid_from, startTime) || began === true;
}

/** The context of every session of silver_therapy_sessions. */
export function sessionContexts(silver: Silver): SessionContext[] {
  const days = new Map(silver.periodDays.map((day) => [JSON.stringify([day.user_id, day.date]), day]));
  return silver.sessions.map((session) => {
    const startTime = session.start_time;
    const sessionDate = session.session_date;
    const day = days.get(JSON.stringify([session.user_id, sessionDate])) ?? null;
    const cycleDay = day?.cycle_day ?? null;
    const cycle = {
      session,
      day,
      is_during_period: cycleDay === null ? null : cycleDay >= 1 && cycleDay <= 5,
      is_during_ovulation: cycleDay === null ? null : cycleDay >= 14 && cycleDay <= 16,
    };
    const start = startTime === null ? null : parseChangeTime(startTime);
    if (start === null || startTime === null || sessionDate === null) {
      const clock = { hour_of_day: null, day_of_week: null, time_of_day: null };
      return { ...cycle, ...clock, on_medication: null, active_medication_count: null, medication_keys: [] };
    }

    const history = silver.medications.filter((medication) => medication.user_id === session.user_id);
    const held = history.filter((medication) => holdsAt(medication, startTime, sessionDate));
    const keys = sortedDistinct(held.map((medication) => medication.medication_key));
    // A user without any medication row has never told us: unknown, not "no medication".
    const told = history.length > 0;
    const { hour, dayOfWeek } = utcClock(start);
    return {
      ...cycle,
      hour_of_day: hour,
      day_of_week: dayOfWeek,
      time_of_day: timeOfDay(hour),
      on_medication: told ? keys.length > 0 : null,
      active_medication_count: told ? keys.length : null,
      medication_keys: keys,
    };
  });
}

function priorHistory(session: SessionRow, sessions: readonly SessionRow[]) {
  const startTime = session.start_time;
  if (startTime === null || session.session_date === null) {
    return { prior_sessions: null, days_since_previous_session: null, prior_avg_pain_reduction: null };
  }
  const earlier = sessions.filter((other) => {
    if (other.user_id !== session.user_id || other.start_time === null) return false;
    return compareBytes(other.start_time, startTime) < 0;
  });
  const previous = sortedBy(earlier, (other) => [other.start_time]).at(-1)?.session_date ?? null;
  return {
    prior_sessions: earlier.length,
    days_since_previous_session: previous === null ? null : daysBetween(previous, session.session_date),
    prior_avg_pain_reduction: average(earlier.map((other) => other.pain_reduction)),
  };
}

/** ml_training_base_v2: one row per session with has_feedback TRUE. */
export function mlTrainingBase(silver: Silver, contexts: readonly SessionContext[]) {
  const profiles = new Map(silver.profiles.map((profile) => [profile.user_id, profile]));
  const rows = contexts
    .filter(({ session }) => session.has_feedback === true)
    .map((context) => {
      const { session, day } = context;
      const profile = profiles.get(session.user_id);
      const age = wholeYears(profile?.date_of_birth ?? null, session.session_date);
      return {
        session_id: session.session_id,
        user_id: session.user_id,
        session_date: session.session_date,
        start_time: session.start_time,
        end_time: session.end_time,
        duration_minutes: session.duration_minutes,
        device_name: session.device_name,
        device_size: session.device_size,
        pain_after: session.pain_after,
        pain_reduction: session.pain_reduction,
        pain_reduction_pct: session.pain_reduction_pct,
        was_effective: session.was_effective,
        final_heat: session.final_heat,
        final_mode: session.final_mode,
        final_tens: session.final_tens,
        user_adjusted: session.user_adjusted,
        pain_before: session.pain_before,
        initial_heat: session.initial_heat,
        initial_mode: session.initial_mode,
        initial_tens: session.initial_tens,
        cycle_day: day?.cycle_day ?? null,
        cycle_phase: day?.cycle_phase ?? null,
        flow_intensity: day?.flow_intensity ?? null,
        period_pain_level: day?.pain_level ?? null,
        high_pain_day: day?.high_pain_day ?? null,
        age,
        age_group: ageGroup(age),
        cycle_length: profile?.cycle_length ?? null,
        period_length: profile?.period_length ?? null,
        on_medication: context.on_medication,
        active_medication_count: context.active_medication_count,
        medication_keys: context.medication_keys,
        hour_of_day: context.hour_of_day,
        day_of_week: context.day_of_week,
        time_of_day: context.time_of_day,
        is_during_period: context.is_during_period,
        is_during_ovulation: context.is_during_ovulation,
        ...priorHistory(session, silver.sessions),
        processed_at: session.processed_at,
      };
    });
  return sortedBy(rows, (row) => [row.user_id, row.session_id]);
}
