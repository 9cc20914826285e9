import { compareBytes, sortedBy } from "./byte-order.js";
import type { LiveDocument } from "./change-order.js";
import { asBool, asInstant, asInt, asText, field, type Json } from "./document-fields.js";
import { ageGroup, utcDay, wholeYears } from "./instants.js";

/** A row of silver_user_profiles. */
export type ProfileRow = {
  user_id: string;
  email: string | null;
  name: string | null;
  date_of_birth: string | null;
  signup_date: string | null;
  is_onboarded: boolean | null;
  cycle_length: number | null;
  period_length: number | null;
  last_period_date: string | null;
  age: number | null;
  age_group: string | null;
  changed_at: string;
  processed_at: string;
};

function userOf({ path, document }: LiveDocument): string {
  const [, documentId = ""] = path.split("/");
  // `||` on purpose: an empty uid is absent.
  return asText(field(document, "uid")) || asText(field(document, "userId")) || documentId;
}

function dayOf(value: Json): string | null {
  const instant = asInstant(value);
  return instant === null ? null : utcDay(instant);
}

function profileRow(live: LiveDocument, processedAt: string): ProfileRow {
  const { change, document } = live;
  const dateOfBirth = dayOf(field(document, "dateOfBirth"));
  const age = wholeYears(dateOfBirth, processedAt.slice(0, 10));
  return {
    user_id: userOf(live),
    email: asText(field(document, "userEmail")),
    name: asText(field(document, "userName")),
    date_of_birth: dateOfBirth,
    signup_date: dayOf(field(document, "signUpTimeStamp")),
    is_onboarded: asBool(field(document, "isOnboarded")),
    cycle_length: asInt(field(document, "healthData", "cycleLength")),
    period_length: asInt(field(document, "healthData", "periodLength")),
    last_period_date: dayOf(field(document, "healthData", "lastPeriodDate")),
    age,
    age_group: ageGroup(age),
    changed_at: change.timestamp,
    processed_at: processedAt,
  };
}

/** silver_user_profiles: one row per user; of two documents the later change wins, then the greater path. */
export function userProfiles(documents: readonly LiveDocument[], processedAt: string): ProfileRow[] {
  const newest = new Map<string, LiveDocument>();
  for (const live of documents) {
    const rival = newest.get(userOf(live));
    const order =
      rival === undefined
        ? 1
        : compareBytes(live.change.timestamp, rival.change.timestamp) || compareBytes(live.path, rival.path);
    if (order > 0) newest.set(userOf(live), live);
  }
  const rows = [...newest.values()].map((live) => profileRow(live, processedAt));
  return sortedBy(rows, (row) => [row.user_id]);
}
