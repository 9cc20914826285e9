import { medications, periodTracking, silverTables, therapySessions, userProfiles } from "@junoplus/silver-transforms";
import { expect, test } from "vitest";
import { comparedRow, isCurrent, placesAbove, type ReconciledTable } from "./reconciled-table";

const every = silverTables as unknown as readonly ReconciledTable[];
const table = (one: unknown): ReconciledTable => one as ReconciledTable;

test.each(every.map((one) => [one.to.table, one] as const))(
  "%s: any column but those of the run and of the period makes another content",
  (_name, one) => {
    const compared = comparedRow(one);
    const row = Object.fromEntries(one.to.columns.map(({ name }) => [name, `the ${name}`]));
    const same = one.to.columns
      .map(({ name }) => name)
      .filter((name) => compared({ ...row, [name]: "another" }).content === compared(row).content);
    const ofThePeriod = one.kind === "history" ? ["valid_from", "valid_to"] : [];
    expect(same).toEqual(expect.arrayContaining(["changed_at", "processed_at", ...ofThePeriod]));
    expect(same).toHaveLength(2 + ofThePeriod.length);
  },
);

test.each(every.map((one) => [one.to.table, one] as const))(
  "%s: shows of a key what is internal only",
  (_name, one) => {
    const row = Object.fromEntries(one.to.columns.map(({ name }) => [name, `the ${name}`]));
    const shown = Object.keys(JSON.parse(comparedRow(one)(row).shownKey) as object);
    const classified = one.to.columns.filter(({ name }) => shown.includes(name));
    expect(shown).toContain("user_id");
    expect(classified.every(({ classification }) => classification === "internal")).toBe(true);
  },
);

test.each([
  ["a session", therapySessions, { user_id: "u1", session_id: "s1" }, "users/u1/therapy_sessions/s1"],
  ["a medication", medications, { user_id: "u1" }, "medications/u1"],
  ["a profile", userProfiles, { user_id: "u1" }, "user_profiles/u1"],
  ["a day of a cycle", periodTracking, { user_id: "u1", cycle_id: "c1" }, "users/u1/period_tracking/c1"],
])("%s tells its document", (_case, one, row, document) => {
  expect(comparedRow(table(one))(row)).toMatchObject({ document, place: document });
});

test("a day of a day document tells its user only", () => {
  expect(comparedRow(table(periodTracking))({ user_id: "u1", cycle_id: null })).toMatchObject({
    document: null,
    place: "users/u1/period_tracking/",
  });
});

test("a document lies at every place that a row of it may tell", () => {
  expect(placesAbove("users/u1/period_tracking/p1")).toEqual([
    "users/u1/period_tracking/p1",
    "users/",
    "users/u1/",
    "users/u1/period_tracking/",
  ]);
});

test("of a history, rows without an end are current", () => {
  expect(isCurrent(table(medications), { valid_to: null })).toBe(true);
  expect(isCurrent(table(medications), { valid_to: "2024-01-01T00:00:00.000000Z" })).toBe(false);
  expect(isCurrent(table(userProfiles), {})).toBe(true);
});
