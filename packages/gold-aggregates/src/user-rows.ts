import type { Grouped, Tagged } from "@junoplus/beam-runtime";
import type {
  SilverMedications,
  SilverPeriodTracking,
  SilverTherapySessions,
  SilverUserProfiles,
} from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";

/** What gold reads of a profile: no name, no mail address. */
export type UserProfile = Pick<
  SilverUserProfiles,
  "user_id" | "date_of_birth" | "cycle_length" | "period_length" | "age" | "age_group"
>;

/** What gold reads of a day snapshot. */
export type DaySnapshot = Pick<
  SilverPeriodTracking,
  "user_id" | "date" | "cycle_day" | "cycle_phase" | "flow_intensity" | "pain_level" | "high_pain_day"
>;

/** What gold reads of a period of a medication. */
export type MedicationPeriod = Pick<
  SilverMedications,
  "user_id" | "medication_key" | "start_date" | "valid_from" | "valid_to"
>;

/** One silver row of a user, of whatever table. */
export type UserRow = Tagged<{
  session: SilverTherapySessions;
  snapshot: DaySnapshot;
  medication: MedicationPeriod;
  profile: UserProfile;
}>;

/** The silver rows of one user, each table in any order. */
export interface UserRows {
  readonly sessions: readonly SilverTherapySessions[];
  readonly snapshots: readonly DaySnapshot[];
  readonly medications: readonly MedicationPeriod[];
  readonly profile: UserProfile | null;
}

/** Worker function: a session as a row of its user. */
export function sessionRow(session: SilverTherapySessions): UserRow {
  return { session };
}

/** Worker function: a snapshot as a row of its user. */
export function snapshotRow(row: SilverPeriodTracking): UserRow {
  const { user_id, date, cycle_day, cycle_phase, flow_intensity, pain_level, high_pain_day } = row;
  return { snapshot: { user_id, date, cycle_day, cycle_phase, flow_intensity, pain_level, high_pain_day } };
}

/** Worker function: a medication as a row of its user. */
export function medicationRow(row: SilverMedications): UserRow {
  const { user_id, medication_key, start_date, valid_from, valid_to } = row;
  return { medication: { user_id, medication_key, start_date, valid_from, valid_to } };
}

/** Worker function: a profile as a row of its user; name and mail address go no further. */
export function profileRow(row: SilverUserProfiles): UserRow {
  const { user_id, date_of_birth, cycle_length, period_length, age, age_group } = row;
  return { profile: { user_id, date_of_birth, cycle_length, period_length, age, age_group } };
}

/** Key of a row: its user. */
export function userOfRow(row: UserRow): string {
  if ("session" in row) return row.session.user_id;
  if ("snapshot" in row) return row.snapshot.user_id;
  if ("medication" in row) return row.medication.user_id;
  return row.profile.user_id;
}

/** The rows of one user by table. */
export function userRows({ value }: Grouped<UserRow>): UserRows {
  const sessions: SilverTherapySessions[] = [];
  const snapshots: DaySnapshot[] = [];
  const medications: MedicationPeriod[] = [];
  let profile: UserProfile | null = null;
  for (const row of value) {
    if ("session" in row) sessions.push(row.session);
    else if ("snapshot" in row) snapshots.push(row.snapshot);
    else if ("medication" in row) medications.push(row.medication);
    else profile = row.profile;
  }
  return { sessions, snapshots, medications, profile };
}

requireForSerialization("@junoplus/gold-aggregates/user-rows", exports);
