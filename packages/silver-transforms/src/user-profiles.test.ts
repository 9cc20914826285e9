import type { BronzeUserHealth, SilverUserProfiles } from "@junoplus/contracts";
import { describe, expect, test } from "vitest";
import { AS_OF, runSilver, second } from "./testing/run-silver";
import { toRows, userProfiles } from "./user-profiles";

function rowOf(profile: BronzeUserHealth, asOf: string = AS_OF): SilverUserProfiles {
  const source = { path: "user_profiles/d1", params: { profileId: "d1" }, changedAt: second(1) };
  const [row] = toRows(profile, source, { asOf });
  if (row === undefined) throw new Error("a profile without row");
  return row;
}

test("a profile gives one row with every column", async () => {
  const data = {
    uid: "u1",
    userEmail: "ada@example.org",
    userName: "Ada",
    dateOfBirth: { _seconds: 645_408_000, _nanoseconds: 0 },
    signUpTimeStamp: "2024-01-01T23:30:00-02:00",
    isOnboarded: false,
    healthData: { cycleLength: 28, periodLength: 5, lastPeriodDate: "2024-08-19" },
    theme: "dark",
  };
  const { rows, snapshots, displaced } = await runSilver(userProfiles, [{ at: 1, path: "user_profiles/d1", data }]);
  expect(rows).toEqual([
    {
      user_id: "u1",
      email: "ada@example.org",
      name: "Ada",
      date_of_birth: "1990-06-15",
      signup_date: "2024-01-02",
      is_onboarded: false,
      cycle_length: 28,
      period_length: 5,
      last_period_date: "2024-08-19",
      age: 34,
      age_group: "25-34",
      changed_at: second(1),
      processed_at: AS_OF,
    },
  ]);
  expect([snapshots, displaced]).toEqual([1, undefined]);
});

test("what the client did not write is NULL, never a default", () => {
  const { user_id: user, changed_at: _changed, processed_at: _processed, ...rest } = rowOf({});
  expect(user).toBe("d1");
  expect(new Set(Object.values(rest))).toEqual(new Set([null]));
});

describe("the user", () => {
  test.each([
    [{ uid: "u1", userId: "u2" }, "u1", "uid"],
    [{ userId: "u2" }, "u2", "userId of older clients"],
    [{}, "d1", "the document id"],
    [{ uid: "", userId: "u2" }, "u2", "an empty uid is absent"],
    [{ uid: "", userId: "" }, "d1", "empty ids are absent"],
  ])("of %j is %s (%s)", (profile, user, _case) => {
    expect(rowOf(profile).user_id).toBe(user);
  });

  test("has one row: of two documents the later change wins whole", async () => {
    const { rows, snapshots, displaced } = await runSilver(userProfiles, [
      { at: 2, path: "user_profiles/u1", data: { isOnboarded: true } },
      { at: 1, path: "user_profiles/d9", data: { uid: "u1", userName: "Ada", healthData: { cycleLength: 30 } } },
    ]);
    expect(
      rows.map(({ user_id, name, is_onboarded, cycle_length }) => [user_id, name, is_onboarded, cycle_length]),
    ).toEqual([["u1", null, true, null]]);
    expect([snapshots, displaced]).toEqual([2, 1]);
  });

  test("has the older document's row again, when the later one is deleted or moves to another user", async () => {
    const older = { at: 1, path: "user_profiles/d1", data: { uid: "u1", userName: "older" } };
    const later = { at: 2, path: "user_profiles/d2", data: { uid: "u1", userName: "later" } };
    const names = async (change: object): Promise<unknown> =>
      (await runSilver(userProfiles, [older, later, { ...later, at: 3, ...change }])).rows.map(({ user_id, name }) => [
        user_id,
        name,
      ]);
    expect(await names({ data: null })).toEqual([["u1", "older"]]);
    expect(await names({ data: { uid: "u2", userName: "later" } })).toEqual([
      ["u1", "older"],
      ["u2", "later"],
    ]);
  });
});

describe("age", () => {
  test.each([
    ["1990-06-15", "2024-06-14T23:59:59.999999Z", 33, "25-34"],
    ["1990-06-15", "2024-06-15T00:00:00.000000Z", 34, "25-34"],
    ["2006-09-01", "2024-08-31T12:00:00.000000Z", 17, "Under 18"],
    ["2006-09-01", "2024-09-01T12:00:00.000000Z", 18, "18-24"],
    ["1969-09-01", "2024-09-01T12:00:00.000000Z", 55, "55+"],
    ["2024-09-01", "2024-09-01T12:00:00.000000Z", 0, "Under 18"],
    ["2024-09-02", "2024-09-01T12:00:00.000000Z", null, null],
  ])("born %s, as of %s: %s, %s", (birthday, asOf, age, group) => {
    expect(rowOf({ dateOfBirth: `${birthday}T00:00:00.000000Z` }, asOf)).toMatchObject({
      date_of_birth: birthday,
      age,
      age_group: group,
      processed_at: asOf,
    });
  });
});

test("a profile out of range is rejected, and the one before stands", async () => {
  const { rows, rejected } = await runSilver(userProfiles, [
    { at: 1, path: "user_profiles/u1", data: { healthData: { cycleLength: 60, periodLength: 1 } } },
    { at: 2, path: "user_profiles/u1", data: { healthData: { cycleLength: 61, periodLength: 0 } } },
  ]);
  expect(rows).toMatchObject([{ cycle_length: 60, period_length: 1, changed_at: second(1) }]);
  expect(rejected.map(({ rejections }) => rejections[0]?.pointers)).toEqual([
    ["/healthData/cycleLength", "/healthData/periodLength"],
  ]);
});
