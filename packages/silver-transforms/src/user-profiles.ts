import type { PathParams } from "@junoplus/bronze-ingest";
import {
  ageGroup,
  type BronzeUserHealth,
  bronzeUserHealth,
  dayOf,
  type SilverUserProfiles,
  silverUserProfiles,
  wholeYears,
} from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";
import type { CurrentTable, RowSource, RunInstant } from "./silver-table";

/** silver_user_profiles: one row per user; of two documents for one user the later change wins. */
export const userProfiles: CurrentTable<BronzeUserHealth, SilverUserProfiles> = {
  kind: "current",
  from: bronzeUserHealth,
  to: silverUserProfiles,
  toRows,
  // Unless an older client gave the profile another id.
  pathColumns: { profileId: "user_id" },
  keyOf: userOf,
  ownerOf,
};

/** Worker function: the user of a row. */
export function userOf(row: SilverUserProfiles): string {
  return row.user_id;
}

/** Worker function: the user of a document: the path names the document alone. */
export function ownerOf(params: PathParams, document: () => BronzeUserHealth): string {
  const { uid, userId } = document();
  // An empty uid names nobody: it is absent.
  return uid || userId || (params["profileId"] ?? "");
}

/** One profile document as its row. */
export function toRows(
  profile: BronzeUserHealth,
  { params, changedAt }: RowSource,
  { asOf }: RunInstant,
): readonly SilverUserProfiles[] {
  const birthday = profile.dateOfBirth === undefined ? null : dayOf(profile.dateOfBirth);
  const age = birthday === null ? null : wholeYears(birthday, dayOf(asOf));
  const { healthData: health, signUpTimeStamp: signUp } = profile;
  return [
    {
      user_id: ownerOf(params, () => profile),
      email: profile.userEmail ?? null,
      name: profile.userName ?? null,
      date_of_birth: birthday,
      signup_date: signUp === undefined ? null : dayOf(signUp),
      is_onboarded: profile.isOnboarded ?? null,
      cycle_length: health?.cycleLength ?? null,
      period_length: health?.periodLength ?? null,
      last_period_date: health?.lastPeriodDate === undefined ? null : dayOf(health.lastPeriodDate),
      age,
      age_group: ageGroup(age),
      changed_at: changedAt,
      processed_at: asOf,
    },
  ];
}

requireForSerialization("@junoplus/silver-transforms/user-profiles", exports);
