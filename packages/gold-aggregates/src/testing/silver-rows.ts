import {
  dayOf,
  type SilverMedications,
  type SilverPeriodTracking,
  type SilverTherapySessions,
  type SilverUserProfiles,
} from "@junoplus/contracts";

/** The silver rows of a test. */
export interface SilverRows {
  readonly sessions: readonly SilverTherapySessions[];
  readonly profiles: readonly SilverUserProfiles[];
  readonly medications: readonly SilverMedications[];
  readonly periodTracking: readonly SilverPeriodTracking[];
}

/** As-of instant of the runs of tests. */
export const AS_OF = "2025-06-01T00:00:00.000000Z";

const CHANGED_AT = "2025-05-01T00:00:00.000000Z";
const EFFECTIVE_FROM = 2;

/** A session of user `u1` as silver gives it: what follows from other columns follows, all else is unknown. */
export function session(session_id: string, known: Partial<SilverTherapySessions> = {}): SilverTherapySessions {
  const { start_time = null, pain_before = null, pain_after = null } = known;
  const reduction = pain_before === null || pain_after === null ? null : pain_before - pain_after;
  return {
    session_id,
    user_id: "u1",
    device_id: null,
    device_name: null,
    device_type: null,
    device_size: null,
    session_date: start_time === null ? null : dayOf(start_time),
    start_time,
    end_time: null,
    duration_minutes: null,
    elapsed_minutes: null,
    status: null,
    initial_heat: null,
    initial_mode: null,
    initial_tens: null,
    final_heat: null,
    final_mode: null,
    final_tens: null,
    pain_before,
    pain_after,
    has_feedback: null,
    pain_reduction: reduction,
    pain_reduction_pct:
      reduction === null || pain_before === null || pain_before === 0 ? null : reduction / pain_before,
    was_effective: reduction === null ? null : reduction >= EFFECTIVE_FROM,
    user_adjusted: null,
    changed_at: CHANGED_AT,
    processed_at: AS_OF,
    ...known,
  };
}

/** A profile; all that is not given is unknown. */
export function profile(user_id: string, known: Partial<SilverUserProfiles> = {}): SilverUserProfiles {
  return {
    user_id,
    email: `${user_id}@example.org`,
    name: `Name of ${user_id}`,
    date_of_birth: null,
    signup_date: null,
    is_onboarded: null,
    cycle_length: null,
    period_length: null,
    last_period_date: null,
    age: null,
    age_group: null,
    changed_at: CHANGED_AT,
    processed_at: AS_OF,
    ...known,
  };
}

/** A period of a medication of user `u1`, without start date and not ended unless said. */
export function medication(
  medication_key: string,
  valid_from: string,
  known: Partial<SilverMedications> = {},
): SilverMedications {
  const { valid_to = null } = known;
  return {
    user_id: "u1",
    medication_key,
    medication_name: medication_key,
    dosage: null,
    frequency: null,
    frequency_unit: null,
    start_date: null,
    notifications_enabled: null,
    valid_from,
    valid_to,
    is_active: valid_to === null,
    changed_at: valid_to ?? valid_from,
    processed_at: AS_OF,
    ...known,
  };
}

/** A day snapshot of user `u1`; all that is not given is unknown. */
export function snapshot(date: string, known: Partial<SilverPeriodTracking> = {}): SilverPeriodTracking {
  return {
    user_id: "u1",
    cycle_id: null,
    date,
    cycle_day: null,
    flow_intensity: null,
    symptoms: [],
    mood: null,
    pain_level: null,
    high_pain_day: null,
    cycle_phase: null,
    cycle_status: null,
    last_update: null,
    changed_at: CHANGED_AT,
    processed_at: AS_OF,
    ...known,
  };
}

/** The first microsecond of a UTC minute given as `2024-03-01 06:30`. */
export function at(minute: string): string {
  return `${minute.replace(" ", "T")}:00.000000Z`;
}
