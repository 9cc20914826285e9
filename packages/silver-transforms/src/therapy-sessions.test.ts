import type { BronzeTherapySessions, SilverTherapySessions } from "@junoplus/contracts";
import { describe, expect, test } from "vitest";
import { AS_OF, runSilver, second } from "./testing/run-silver";
import { deviceSize, elapsedMinutes, therapySessions, toRows, userAdjusted } from "./therapy-sessions";

const PATH = "users/u1/therapy_sessions/s1";

/** The row of one decoded session. */
function rowOf(session: BronzeTherapySessions): SilverTherapySessions {
  const source = { path: PATH, params: { userId: "u1", sessionId: "s1" }, changedAt: second(1) };
  const [row] = toRows(session, source, { asOf: AS_OF });
  if (row === undefined) throw new Error("a session without row");
  return row;
}

test("a session gives one row with every column", async () => {
  const data = {
    deviceInformation: { deviceId: "JN-1", deviceName: "Juno Grand", deviceType: "grand" },
    sessionInfo: {
      therapyStartTime: { _seconds: 1_724_686_407, _nanoseconds: 642_846_999 },
      therapyEndTime: "2024-08-26T15:53:57.642846Z",
      therapyDuration: 20,
    },
    status: "completed",
    initialSettings: { heatLevel: 1, tensMode: 2, tensLevel: 4 },
    finalSettings: { heatLevel: 2, tensMode: 2, tensLevel: 6 },
    feedback: { painLevelBefore: 8, painLevelAfter: 2, feedbackCompleted: true },
    is_near_period: "unread",
  };
  const { rows, rejected, snapshots } = await runSilver(therapySessions, [{ at: 1.000001, path: PATH, data }]);
  expect(rejected).toEqual([]);
  expect(snapshots).toBe(1);
  expect(rows).toEqual([
    {
      session_id: "s1",
      user_id: "u1",
      device_id: "JN-1",
      device_name: "Juno Grand",
      device_type: "grand",
      device_size: "Grand",
      session_date: "2024-08-26",
      start_time: "2024-08-26T15:33:27.642846Z",
      end_time: "2024-08-26T15:53:57.642846Z",
      duration_minutes: 20,
      elapsed_minutes: 20.5,
      status: "completed",
      initial_heat: 1,
      initial_mode: 2,
      initial_tens: 4,
      final_heat: 2,
      final_mode: 2,
      final_tens: 6,
      pain_before: 8,
      pain_after: 2,
      has_feedback: true,
      pain_reduction: 6,
      pain_reduction_pct: 0.75,
      was_effective: true,
      user_adjusted: true,
      changed_at: "2024-08-26T10:00:01.000001Z",
      processed_at: AS_OF,
    },
  ]);
});

test("what the client did not write is NULL, never a default", async () => {
  const { rows } = await runSilver(therapySessions, [{ at: 1, path: PATH, data: { feedback: null, sessionInfo: {} } }]);
  const {
    session_id: session,
    user_id: user,
    changed_at: changed,
    processed_at: processed,
    ...rest
  } = rows[0] ?? rowOf({});
  expect([session, user, changed, processed]).toEqual(["s1", "u1", second(1), AS_OF]);
  expect(new Set(Object.values(rest))).toEqual(new Set([null]));
  expect(Object.keys(rest)).toHaveLength(therapySessions.to.columns.length - 4);
});

test("the newest valid change is the row; a deleted session has none", async () => {
  const { rows, rejected } = await runSilver(therapySessions, [
    { at: 3, path: PATH, data: { status: 3 } },
    { at: 2, path: PATH, data: { status: "newest" } },
    { at: 1, path: PATH, data: { status: "older" } },
    { at: 2, path: "users/u1/therapy_sessions/s2", data: null },
    { at: 1, path: "users/u1/therapy_sessions/s2", data: { status: "gone" } },
  ]);
  expect(rows.map(({ session_id, status, changed_at }) => [session_id, status, changed_at])).toEqual([
    ["s1", "newest", second(2)],
  ]);
  expect(rejected.map(({ timestamp }) => timestamp)).toEqual([second(3)]);
});

test("one session id under two users is two sessions", async () => {
  const { rows } = await runSilver(therapySessions, [
    { at: 1, path: "users/u1/therapy_sessions/s1", data: {} },
    { at: 1, path: "users/u2/therapy_sessions/s1", data: {} },
  ]);
  expect(rows.map(({ user_id, session_id }) => [user_id, session_id])).toEqual([
    ["u1", "s1"],
    ["u2", "s1"],
  ]);
});

describe("device size", () => {
  test.each([
    ["Juno Grand", "Grand"],
    ["JUNO GRAND 2", "Grand"],
    ["junogrande", "Grand"],
    ["Juno Petit", "Petit"],
    ["petite", "Petit"],
    ["Juno", "Unknown"],
    ["", "Unknown"],
    [null, null],
  ])("of %j is %j", (name, size) => {
    expect(deviceSize(name)).toBe(size);
  });
});

describe("session date", () => {
  test.each([
    ["2024-08-26T23:59:59.999999Z", "2024-08-26"],
    ["2024-08-27T00:00:00.000000Z", "2024-08-27"],
  ])("of a start at %s is %s, the UTC day", (start, date) => {
    expect(rowOf({ sessionInfo: { therapyStartTime: start } })).toMatchObject({
      start_time: start,
      session_date: date,
    });
  });

  test("is NULL without a start, whatever the end", () => {
    const row = rowOf({ sessionInfo: { therapyEndTime: "2024-08-26T23:00:00.000000Z" } });
    expect(row).toMatchObject({ session_date: null, start_time: null, end_time: "2024-08-26T23:00:00.000000Z" });
  });
});

describe("elapsed minutes", () => {
  const START = "2024-08-26T23:50:00.000000Z";

  test.each([
    [START, "2024-08-27T00:10:00.000000Z", 20, "across midnight"],
    [START, "2024-08-26T23:50:00.000000Z", 0, "none"],
    [START, "2024-08-26T23:50:00.000001Z", 1 / 60_000_000, "a microsecond"],
    [START, "2024-08-28T23:50:00.000000Z", 2880, "two days"],
    ["1969-12-31T23:59:00.000000Z", "1970-01-01T00:00:30.000000Z", 1.5, "across 1970"],
    [START, "2024-08-26T23:49:59.999999Z", null, "an end before the start"],
    [START, null, null, "no end"],
    [null, START, null, "no start"],
    [null, null, null, "neither"],
  ])("from %s to %s are %s (%s)", (start, end, minutes, _case) => {
    expect(elapsedMinutes(start, end)).toBe(minutes);
  });

  test("do not touch the minutes that the client reports, which have no range", () => {
    for (const therapyDuration of [-5, 0, 5000]) {
      expect(rowOf({ sessionInfo: { therapyDuration } })).toMatchObject({
        duration_minutes: therapyDuration,
        elapsed_minutes: null,
      });
    }
  });
});

describe("relief", () => {
  test.each([
    [8, 2, 6, 0.75, true, "less pain"],
    [8, 6, 2, 0.25, true, "two points are effective"],
    [8, 7, 1, 0.125, false, "one point is not"],
    [5, 5, 0, 0, false, "no change"],
    [3, 9, -6, -2, false, "more pain"],
    [10, 0, 10, 1, true, "all pain gone"],
    [1, 10, -9, -9, false, "the worst that can be"],
    [0, 0, 0, null, false, "of no pain nothing can be taken away"],
    [0, 4, -4, null, false, "pain out of none"],
    [3, 2, 1, 1 / 3, false, "a fraction that is not rounded"],
    [8, undefined, null, null, null, "not rated after"],
    [undefined, 2, null, null, null, "not rated before"],
    [undefined, undefined, null, null, null, "not rated"],
  ])(
    "from %s to %s: reduction %s, share %s, effective %s (%s)",
    (before, after, reduction, share, effective, _case) => {
      const feedback = {
        ...(before !== undefined && { painLevelBefore: before }),
        ...(after !== undefined && { painLevelAfter: after }),
      };
      expect(rowOf({ feedback })).toMatchObject({
        pain_before: before ?? null,
        pain_after: after ?? null,
        pain_reduction: reduction,
        pain_reduction_pct: share,
        was_effective: effective,
      });
    },
  );

  test("is not what has_feedback says: that is feedbackCompleted alone", () => {
    expect(rowOf({ feedback: { painLevelBefore: 8, painLevelAfter: 2 } }).has_feedback).toBeNull();
    expect(rowOf({ feedback: { painLevelBefore: 8, painLevelAfter: 2, feedbackCompleted: false } }).has_feedback).toBe(
      false,
    );
    expect(rowOf({ feedback: { feedbackCompleted: true } }).has_feedback).toBe(true);
  });
});

describe("adjusted by the user", () => {
  test.each([
    [
      { heatLevel: 1, tensMode: 2, tensLevel: 4 },
      { heatLevel: 1, tensMode: 2, tensLevel: 4 },
      false,
      "nothing differs",
    ],
    [{ heatLevel: 1, tensMode: 2, tensLevel: 4 }, { heatLevel: 2, tensMode: 2, tensLevel: 4 }, true, "heat differs"],
    [{ heatLevel: 1, tensMode: 2, tensLevel: 4 }, { heatLevel: 1, tensMode: 3, tensLevel: 4 }, true, "mode differs"],
    [{ heatLevel: 1, tensMode: 2, tensLevel: 4 }, { heatLevel: 1, tensMode: 2, tensLevel: 0 }, true, "level differs"],
    [{ heatLevel: 1 }, { heatLevel: 1, tensLevel: 4 }, false, "only known pairs count"],
    [{ heatLevel: 1 }, { heatLevel: 0 }, true, "off is known, not absent"],
    [{ heatLevel: 0 }, { heatLevel: 0 }, false, "off at both ends is a known pair"],
    [{ heatLevel: 1 }, { tensLevel: 4 }, null, "no pair is known"],
    [{ heatLevel: 1 }, {}, null, "nothing is known at the end"],
    [undefined, { heatLevel: 1 }, null, "no settings at the start"],
    [{ heatLevel: 1 }, undefined, null, "no settings at the end"],
    [undefined, undefined, null, "no settings"],
  ])("%j, %j: %s (%s)", (initial, final, adjusted, _case) => {
    expect(userAdjusted(initial, final)).toBe(adjusted);
  });

  test("is not about when the settings were read", () => {
    const [a, b] = [second(1), second(2)];
    expect(userAdjusted({ heatLevel: 1, timestamp: a }, { heatLevel: 1, timestamp: b })).toBe(false);
    expect(userAdjusted({ timestamp: a }, { timestamp: b })).toBeNull();
  });
});
