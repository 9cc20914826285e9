import { DAY, instant } from "./instants";
import type { Prefix } from "./planned-change";

/** When the export was installed and what was there already was imported. */
export const INSTALLED_AT = instant("2024-03-15T01:00:00Z");

/** New users come during the first four months. */
export const LAST_JOIN_AT = INSTALLED_AT + 120 * DAY;

/** Share of users who were there before the export. */
export const EARLY_USERS = 1 / 3;

/** From here on the tracker sends old_data, and its event ids have no suffix. */
export const CUT_OVER: Readonly<Record<Prefix, number>> = {
  therapy_sessions_data: instant("2024-10-04T00:00:00Z"),
  user_health_data: instant("2024-06-13T08:00:00Z"),
  medications_data: instant("2024-06-13T08:00:00Z"),
  period_tracking_data: instant("2024-10-03T12:00:00Z"),
};

/** How much the users of a log write. */
export interface ChangelogPlan {
  readonly users: number;
  /** Mean days between two documents of a user. */
  readonly sessionGap: number;
  readonly dayGap: number;
  readonly cycleGap: number;
  /** Mean days between two changes of the one document of a user. */
  readonly medicationGap: number;
  readonly profileGap: number;
  /** Mean updates of a document. */
  readonly sessionUpdates: number;
  readonly dayUpdates: number;
  readonly cycleUpdates: number;
}

/** Rows of the sample for each of its 60 users. */
const ROWS_PER_USER: Readonly<Record<Prefix, number>> = {
  therapy_sessions_data: 4509 / 60,
  user_health_data: 253 / 60,
  medications_data: 397 / 60,
  period_tracking_data: 2593 / 60,
};

/** Days that a user writes on average until the log has its length: the sample covers 228 days. */
const ACTIVE_DAYS = 188;

/** Updates of a document in the sample; sign-up and onboarding make the first rows of a profile. */
const SESSION_UPDATES = 2;
const DAY_UPDATES = 0.36;
const CYCLE_UPDATES = 2.65;
const PROFILE_BASE = 1.7;

/** Rows of a document beside its updates: its creation, and its share of deletions and redeliveries. */
const BASE = 1.07;

/** Cycle documents for each day document. */
const CYCLE_SHARE = 0.13;

/** Documents that an average user had before the export. */
const IMPORTED_SESSIONS = 1.6;
const IMPORTED_DAYS = 1.15;

/**
 * The plan that gives each collection its share of rows as in the sample, and the asked mean of changes per document:
 * by more or fewer updates of sessions and tracked days. In a log without these, each user's one document changes more
 * or less often.
 */
export function changelogPlan(
  changes: number,
  collections: readonly Prefix[],
  changesPerDocument: number,
): ChangelogPlan {
  const has = (prefix: Prefix) => collections.includes(prefix);
  const hasMany = has("therapy_sessions_data") || has("period_tracking_data");
  const medicationRows = hasMany ? ROWS_PER_USER.medications_data : changesPerDocument;
  const profileRows = hasMany ? ROWS_PER_USER.user_health_data : changesPerDocument;
  const sessionRows = ROWS_PER_USER.therapy_sessions_data;
  const trackingRows = ROWS_PER_USER.period_tracking_data;
  const rows =
    (has("therapy_sessions_data") ? sessionRows : 0) +
    (has("period_tracking_data") ? trackingRows : 0) +
    (has("medications_data") ? medicationRows : 0) +
    (has("user_health_data") ? profileRows : 0);

  const documents = (updateRate: number) =>
    (has("therapy_sessions_data") ? IMPORTED_SESSIONS + sessions(updateRate) : 0) +
    (has("period_tracking_data") ? IMPORTED_DAYS + days(updateRate) * (1 + CYCLE_SHARE) : 0) +
    (has("medications_data") ? 0.95 : 0) +
    (has("user_health_data") ? 1 : 0);
  const sessions = (updateRate: number) =>
    Math.max(0.2, (sessionRows - IMPORTED_SESSIONS * 1.3) / (BASE + SESSION_UPDATES * updateRate));
  const days = (updateRate: number) =>
    Math.max(
      0.2,
      (trackingRows - IMPORTED_DAYS * 1.3) /
        (BASE + DAY_UPDATES * updateRate + CYCLE_SHARE * (BASE + CYCLE_UPDATES * updateRate)),
    );

  // More updates, fewer documents: the rate is found by halving.
  let low = 0;
  let high = 400;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (documents(middle) > rows / changesPerDocument) low = middle;
    else high = middle;
  }
  const updateRate = low;
  return {
    users: Math.max(1, Math.round(changes / rows)),
    sessionGap: ACTIVE_DAYS / sessions(updateRate),
    dayGap: ACTIVE_DAYS / days(updateRate),
    cycleGap: ACTIVE_DAYS / (days(updateRate) * CYCLE_SHARE),
    medicationGap: ACTIVE_DAYS / Math.max(0.1, medicationRows / 0.95 - 1),
    profileGap: ACTIVE_DAYS / Math.max(0.1, profileRows - PROFILE_BASE),
    sessionUpdates: SESSION_UPDATES * updateRate,
    dayUpdates: DAY_UPDATES * updateRate,
    cycleUpdates: CYCLE_UPDATES * updateRate,
  };
}
