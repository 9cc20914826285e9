import { expect, test } from "vitest";
import { daySeries } from "./day-series";

test("days without sessions count as none", () => {
  const series = daySeries([
    { day: "2024-02-28", count: 2 },
    { day: "2024-03-01", count: 3 },
  ]);
  expect(series.map(({ day, count }) => [day, count])).toEqual([
    ["2024-02-28", 2],
    ["2024-02-29", 0],
    ["2024-03-01", 3],
  ]);
});

test("the mean is that of seven days, and unknown before there are seven", () => {
  const days = Array.from({ length: 9 }, (_, index) => ({ day: `2024-06-0${index + 1}`, count: index + 1 }));
  expect(daySeries(days).map(({ mean }) => mean)).toEqual([null, null, null, null, null, null, 4, 5, 6]);
});

test("no day, no series", () => {
  expect(daySeries([])).toEqual([]);
});
