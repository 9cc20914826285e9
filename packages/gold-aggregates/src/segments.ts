import type { UserAnalyticsV1 } from "@junoplus/contracts";
import { type Steps, wordOf } from "./steps";

type Segment = UserAnalyticsV1["user_segment"];
type Cohort = NonNullable<UserAnalyticsV1["engagement_cohort"]>;

const SEGMENTS: Steps<Segment> = {
  below: [
    [5, "New User"],
    [20, "Regular User"],
    [50, "Active User"],
  ],
  otherwise: "Power User",
};

const COHORTS: Steps<Cohort> = {
  below: [
    [1, "Single Day"],
    [7, "Week 1"],
    [30, "Month 1"],
    [90, "Quarter 1"],
  ],
  otherwise: "Long-term",
};

/** The segment of a user by number of sessions. */
export function userSegment(totalSessions: number): Segment {
  return wordOf(SEGMENTS, totalSessions);
}

/** The cohort of a user by the days from first to last session; an unknown span is in none. */
export function engagementCohort(spanDays: number | null): Cohort | null {
  return spanDays === null ? null : wordOf(COHORTS, spanDays);
}
