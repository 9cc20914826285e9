import { expect, test } from "vitest";
import { isDuringOvulation, isDuringPeriod } from "./cycle-days";

test.each([
  [-3, false],
  [0, false],
  [1, true],
  [5, true],
  [6, false],
  [null, null],
])("cycle day %s is during the period: %s", (day, expected) => {
  expect(isDuringPeriod(day)).toBe(expected);
});

test.each([
  [0, false],
  [13, false],
  [14, true],
  [16, true],
  [17, false],
  [null, null],
])("cycle day %s is during the ovulation: %s", (day, expected) => {
  expect(isDuringOvulation(day)).toBe(expected);
});
