import { expect, test } from "vitest";
import { FirstSessionsWalk } from "./first-sessions";

function firsts(...sessions: readonly (readonly [date: string | null, effective: boolean | null])[]) {
  const walk = new FirstSessionsWalk();
  return sessions.map(([session_date, was_effective]) => {
    const { ofDay, ever, effectiveOfDay } = walk.next({ session_date, was_effective });
    return [ofDay && "of day", ever && "ever", effectiveOfDay && "effective"].filter(Boolean).join(", ");
  });
}

test("the first session of each day is marked, the first of all once", () => {
  expect(firsts(["2024-03-01", null], ["2024-03-01", null], ["2024-03-02", null], ["2024-03-02", null])).toEqual([
    "of day, ever",
    "",
    "of day",
    "",
  ]);
});

test("the first effective session of each day is marked", () => {
  expect(
    firsts(
      ["2024-03-01", false],
      ["2024-03-01", true],
      ["2024-03-01", true],
      ["2024-03-02", true],
      ["2024-03-02", null],
    ),
  ).toEqual(["of day, ever", "effective", "", "of day, effective", ""]);
});

test("a session without a day is no first", () => {
  expect(firsts([null, true], ["2024-03-01", true])).toEqual(["", "of day, ever, effective"]);
});
