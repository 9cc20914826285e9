import { expect, test } from "vitest";
import { PriorSessionsWalk } from "./prior-sessions";
import { at, session } from "./testing/silver-rows";

type Fields = Parameters<typeof session>[1];

function prior(...sessions: readonly Fields[]) {
  const walk = new PriorSessionsWalk();
  return sessions.map((fields, i) => walk.next(session(`s${i}`, fields)));
}

test("the first session has none before it", () => {
  expect(prior({ start_time: at("2024-03-01 10:00") })).toEqual([
    { count: 0, daysSinceLast: null, avgPainReduction: null },
  ]);
});

test("all earlier sessions count, those with both scores are averaged", () => {
  const last = prior(
    { start_time: at("2024-03-01 10:00"), pain_before: 8, pain_after: 3 },
    { start_time: at("2024-03-01 11:00"), pain_before: 8 },
    { start_time: at("2024-03-01 12:00"), pain_before: 4, pain_after: 6 },
    { start_time: at("2024-03-01 13:00"), pain_before: 9, pain_after: 0 },
  ).at(-1);
  expect(last).toEqual({ count: 3, daysSinceLast: 0, avgPainReduction: 1.5 });
});

test("a reduction of zero is one", () => {
  const last = prior(
    { start_time: at("2024-03-01 10:00"), pain_before: 8, pain_after: 8 },
    { start_time: at("2024-03-01 11:00") },
  ).at(-1);
  expect(last?.avgPainReduction).toBe(0);
});

test("sessions of one instant are not before each other, but before all later ones", () => {
  const rated = { pain_before: 8, pain_after: 3 };
  expect(
    prior(
      { start_time: at("2024-03-01 10:00"), ...rated },
      { start_time: at("2024-03-01 10:00"), ...rated },
      { start_time: at("2024-03-02 10:00") },
    ),
  ).toEqual([
    { count: 0, daysSinceLast: null, avgPainReduction: null },
    { count: 0, daysSinceLast: null, avgPainReduction: null },
    { count: 2, daysSinceLast: 1, avgPainReduction: 5 },
  ]);
});

test.each([
  ["2024-03-01 23:59", "2024-03-02 00:00", 1],
  ["2024-03-01 00:00", "2024-03-01 23:59", 0],
  ["2024-02-28 12:00", "2024-03-01 12:00", 2],
  ["2024-12-31 12:00", "2025-12-31 12:00", 365],
])("days are calendar days: from %s to %s it is %d", (first, second, days) => {
  expect(prior({ start_time: at(first) }, { start_time: at(second) }).at(-1)?.daysSinceLast).toBe(days);
});

test("the days are counted from the latest earlier session", () => {
  const times = ["2024-03-01 10:00", "2024-03-04 10:00", "2024-03-05 10:00"].map((time) => ({ start_time: at(time) }));
  expect(prior(...times).map((before) => before?.daysSinceLast)).toEqual([null, 3, 1]);
});

test("a session without start time has no past and is in no one's past", () => {
  const rated = { pain_before: 8, pain_after: 3 };
  expect(prior({ ...rated }, { start_time: at("2024-03-01 10:00") })).toEqual([
    null,
    { count: 0, daysSinceLast: null, avgPainReduction: null },
  ]);
});
