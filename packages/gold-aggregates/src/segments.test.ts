import { expect, test } from "vitest";
import { engagementCohort, userSegment } from "./segments";

test.each([
  [1, "New User"],
  [4, "New User"],
  [5, "Regular User"],
  [19, "Regular User"],
  [20, "Active User"],
  [49, "Active User"],
  [50, "Power User"],
  [100_000, "Power User"],
])("a user with %d sessions is a %s", (sessions, segment) => {
  expect(userSegment(sessions)).toBe(segment);
});

test.each([
  [0, "Single Day"],
  [1, "Week 1"],
  [6, "Week 1"],
  [7, "Month 1"],
  [29, "Month 1"],
  [30, "Quarter 1"],
  [89, "Quarter 1"],
  [90, "Long-term"],
  [4000, "Long-term"],
  [null, null],
])("a span of %s days is cohort %s", (spanDays, cohort) => {
  expect(engagementCohort(spanDays)).toBe(cohort);
});
