import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ageGroup, wholeYears } from "./age";

describe("whole years", () => {
  test.each([
    ["1990-06-15", "2024-06-14", 33, "the day before the birthday"],
    ["1990-06-15", "2024-06-15", 34, "the birthday"],
    ["1990-06-15", "2024-06-16", 34, "the day after"],
    ["1990-12-31", "2024-01-01", 33, "another month"],
    ["2004-02-29", "2023-02-28", 18, "a leap day's birthday has not come on 28 February"],
    ["2004-02-29", "2023-03-01", 19, "a leap day's birthday has come on 1 March"],
    ["2004-02-29", "2024-02-29", 20, "a leap day's birthday in a leap year"],
    ["2024-06-15", "2024-06-15", 0, "the day of birth"],
    ["1999-12-31", "2000-01-01", 0, "a day old"],
    ["0001-01-01", "9999-12-31", 9998, "all years that there are"],
  ])("born %s, asked for %s: %d (%s)", (birthday, day, years) => {
    expect(wholeYears(birthday, day)).toBe(years);
  });

  test.each([
    ["2024-06-16", "2024-06-15"],
    ["2025-01-01", "2024-12-31"],
    ["2030-01-01", "2024-06-15"],
  ])("born %s is not born yet on %s: no age", (birthday, day) => {
    expect(wholeYears(birthday, day)).toBeNull();
  });

  test("they are the birthdays that the calendar shows up to that day", () => {
    const days = fc
      .integer({ min: -30_000, max: 30_000 })
      .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
    fc.assert(
      fc.property(days, days, (birthday, day) => {
        let birthdays = 0;
        for (let year = Number(birthday.slice(0, 4)) + 1; `${year}${birthday.slice(4)}` <= day; year++) birthdays++;
        expect(wholeYears(birthday, day)).toBe(day < birthday ? null : birthdays);
      }),
    );
  });
});

describe("age group", () => {
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
  ])("%d is in %s", (age, group) => {
    expect(ageGroup(age)).toBe(group);
  });

  test("an unknown age is in no group", () => {
    expect(ageGroup(null)).toBeNull();
  });
});
