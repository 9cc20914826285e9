import { expect, test } from "vitest";
import { compareSessions } from "./session-order";

const EARLY = "2024-01-01T00:00:00.000001Z";
const LATE = "2024-01-01T00:00:00.000002Z";

test.each([
  ["a microsecond decides", { start_time: LATE, session_id: "a" }, { start_time: EARLY, session_id: "b" }],
  ["no start time is older than any", { start_time: EARLY, session_id: "a" }, { start_time: null, session_id: "b" }],
  ["equal starts: greater id", { start_time: EARLY, session_id: "b" }, { start_time: EARLY, session_id: "a" }],
  ["no starts: greater id", { start_time: null, session_id: "b" }, { start_time: null, session_id: "a" }],
  ["ids by UTF-8", { start_time: null, session_id: "\u{1F600}" }, { start_time: null, session_id: "\uFFFD" }],
])("%s", (_rule, later, earlier) => {
  expect(compareSessions(later, earlier)).toBeGreaterThan(0);
  expect(compareSessions(earlier, later)).toBeLessThan(0);
  expect(compareSessions(later, later)).toBe(0);
});
