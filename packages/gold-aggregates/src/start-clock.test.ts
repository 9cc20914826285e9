import { expect, test } from "vitest";
import { startClock, timeOfDay } from "./start-clock";

test.each([
  [0, "night"],
  [5, "night"],
  [6, "morning"],
  [11, "morning"],
  [12, "afternoon"],
  [17, "afternoon"],
  [18, "evening"],
  [21, "evening"],
  [22, "night"],
  [23, "night"],
])("hour %d is %s", (hour, word) => {
  expect(timeOfDay(hour)).toBe(word);
});

test.each([
  ["2024-08-24T23:59:59.999999Z", 7],
  ["2024-08-25T00:00:00.000000Z", 1],
  ["2024-08-26T15:33:27.642846Z", 2],
  ["1970-01-01T00:00:00.000000Z", 5],
  ["1969-12-28T12:00:00.000000Z", 1],
  ["1969-12-27T12:00:00.000000Z", 7],
])("the week begins with Sunday as 1: %s is day %d", (start, day) => {
  expect(startClock(start)?.dayOfWeek).toBe(day);
});

test("clock and calendar are those of UTC", () => {
  expect(startClock("2024-08-26T06:59:59.999999Z")).toEqual({ hourOfDay: 6, dayOfWeek: 2, timeOfDay: "morning" });
});

test("an unknown start has no clock", () => {
  expect(startClock(null)).toBeNull();
});
