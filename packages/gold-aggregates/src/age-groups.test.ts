import { expect, test } from "vitest";
import { ageGroup } from "./age-groups";

test.each([
  [0, "Under 18"],
  [17, "Under 18"],
  [18, "18-24"],
  [24, "18-24"],
  [25, "25-34"],
  [34, "25-34"],
  [35, "35-44"],
  [44, "35-44"],
  [45, "45-54"],
  [54, "45-54"],
  [55, "55+"],
  [120, "55+"],
  [null, null],
])("age %s is in group %s", (age, group) => {
  expect(ageGroup(age)).toBe(group);
});
