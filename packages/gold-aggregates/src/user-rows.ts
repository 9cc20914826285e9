import type { Grouped, Tagged } from "@junoplus/beam-runtime";
import type {
  SilverMedications,
  SilverPeriodTracking,
  SilverTherapySessions,
  SilverUserProfiles,
} from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";

/** The columns of each silver table that gold reads: of a profile no name, no mail address. */
export const READ_COLUMNS = {
  sessions: [
    "session_id",
    "user_id",
    "device_name",
    "device_size",
    "session_date",
    "start_time",
    "end_time",
    "duration_minutes",
    "initial_heat",
    "initial_mode",
    "initial_tens",
    "final_heat",
    "final_mode",
    "final_tens",
    "user_adjusted",
    "pain_before",
    "pain_after",
    "pain_reduction",
    "pain_reduction_pct",
    "was_effective",
    "has_feedback",
  ],
  profiles: ["user_id", "date_of_birth", "cycle_length", "period_length", "age", "age_group"],
  medications: ["user_id", "medication_key", "start_date", "valid_from", "valid_to"],
  periodTracking: ["user_id", "date", "cycle_day", "cycle_phase", "flow_intensity", "pain_level", "high_pain_day"],
} as const satisfies {
  readonly sessions: readonly (keyof SilverTherapySessions)[];
  readonly profiles: readonly (keyof SilverUserProfiles)[];
  readonly medications: readonly (keyof SilverMedications)[];
  readonly periodTracking: readonly (keyof SilverPeriodTracking)[];
};

type Read<Row, Table extends keyof typeof READ_COLUMNS> = Pick<Row, (typeof READ_COLUMNS)[Table][number] & keyof Row>;

/** What gold reads of a session. */
export type Session = Read<SilverTherapySessions, "sessions">;
/** What gold reads of a profile. */
export type UserProfile = Read<SilverUserProfiles, "profiles">;
/** What gold reads of a day snapshot. */
export type DaySnapshot = Read<SilverPeriodTracking, "periodTracking">;
/** What gold reads of a period of a medication. */
export type MedicationPeriod = Read<SilverMedications, "medications">;

/** One silver row of a user, of whatever table. */
export type UserRow = Tagged<{
  session: Session;
  snapshot: DaySnapshot;
  medication: MedicationPeriod;
  profile: UserProfile;
}>;

/** The silver rows of one user, each table in any order. */
export interface UserRows {
  readonly sessions: readonly Session[];
  readonly snapshots: readonly DaySnapshot[];
  readonly medications: readonly MedicationPeriod[];
  readonly profile: UserProfile | null;
}

/** Worker function: a session as a row of its user. */
export function sessionRow(session: Session): UserRow {
  return { session };
}

/** Worker function: a snapshot as a row of its user. */
export function snapshotRow(row: DaySnapshot): UserRow {
  const { user_id, date, cycle_day, cycle_phase, flow_intensity, pain_level, high_pain_day } = row;
  return { snapshot: { user_id, date, cycle_day, cycle_phase, flow_intensity, pain_level, high_pain_day } };
}

/** Worker function: a medication as a row of its user. */
export function medicationRow(row: MedicationPeriod): UserRow {
  const { user_id, medication_key, start_date, valid_from, valid_to } = row;
  return { medication: { user_id, medication_key, start_date, valid_from, valid_to } };
}

/** Worker function: a profile as a row of its user; name and mail address go no further. */
export function profileRow(row: UserProfile): UserRow {
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
  const sessions: Session[] = [];
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
