import fc from "fast-check";
import { expect, test } from "vitest";
import { contextsOfUser, onMedication, type SessionContext } from "./session-context";
import { arbitrarySilver, shuffled } from "./testing/arbitrary-rows";
import { at, medication, profile, type SilverRows, session, snapshot } from "./testing/silver-rows";
import { profileRow, type Session, snapshotRow, type UserRows, userRows } from "./user-rows";

const NO_ROWS: UserRows = { sessions: [], snapshots: [], medications: [], profile: null };

function contexts(rows: Partial<UserRows>): SessionContext[] {
  return [...contextsOfUser({ ...NO_ROWS, ...rows })];
}

const ARBITRARY_USER = arbitrarySilver(["u1"]);

function rowsOfUser({ sessions, profiles, medications, periodTracking }: SilverRows): UserRows {
  return { sessions, medications, snapshots: periodTracking, profile: profiles[0] ?? null };
}

test("a session has the snapshot of its own day", () => {
  const snapshots = [snapshot("2024-03-02", { cycle_day: 2 }), snapshot("2024-03-01", { cycle_day: 1 })];
  const sessions = [
    session("a", { start_time: at("2024-03-01 23:59") }),
    session("b", { start_time: at("2024-03-03 00:00") }),
  ];
  expect(contexts({ sessions, snapshots }).map((context) => context.snapshot?.cycle_day)).toEqual([1, undefined]);
});

test("without a medication list it is not known whether a medication was in use", () => {
  const [context] = contexts({ sessions: [session("a", { start_time: at("2024-03-01 08:00") })] });
  expect([context?.medicationKeys, context && onMedication(context)]).toEqual([null, null]);
});

test.each([
  ["2024-03-01 08:00", [], false],
  ["2024-03-02 08:00", ["ibuprofen"], true],
  ["2024-03-03 08:00", [], false],
])("a user with a list, ended or not, is known: at %s", (time, keys, on) => {
  const ended = medication("ibuprofen", at("2024-03-02 08:00"), { valid_to: at("2024-03-03 08:00") });
  const [context] = contexts({ sessions: [session("a", { start_time: at(time) })], medications: [ended] });
  expect([context?.medicationKeys, context && onMedication(context)]).toEqual([keys, on]);
});

test("a session without start time has no clock, no past, no snapshot, no known medication", () => {
  const [context] = contexts({
    sessions: [session("a")],
    medications: [medication("ibuprofen", at("2024-03-02 08:00"))],
    snapshots: [snapshot("2024-03-01")],
  });
  expect(context).toMatchObject({ clock: null, prior: null, snapshot: null, medicationKeys: null });
});

test("identifiers of a person go no further than silver", () => {
  const columns = ["user_id", "date_of_birth", "cycle_length", "period_length", "age", "age_group"];
  expect(profileRow(profile("u1"))).toEqual({
    profile: expect.toSatisfy((row) => `${Object.keys(row)}` === `${columns}`),
  });
});

test("the rows of a user are told apart by table", () => {
  const rows = [{ session: session("a") }, snapshotRow(snapshot("2024-03-01")), { medication: medication("x", "y") }];
  const { sessions, snapshots, medications, profile: none } = userRows({ key: "u1", value: rows });
  expect([sessions.length, snapshots.length, medications.length, none]).toEqual([1, 1, 1, null]);
});

test("any order of the rows gives the same contexts in the same order", () => {
  const orders = ARBITRARY_USER.chain((rows) => fc.tuple(fc.constant(rows), shuffled(rows)));
  fc.assert(
    fc.property(orders, ([rows, others]) => {
      expect(JSON.stringify(contexts(rowsOfUser(others)))).toBe(JSON.stringify(contexts(rowsOfUser(rows))));
    }),
  );
});

test("medications and past are what their definitions say, for any rows", () => {
  fc.assert(
    fc.property(ARBITRARY_USER, (rows) => {
      const user = rowsOfUser(rows);
      for (const { session: own, medicationKeys, prior } of contexts(user)) {
        expect(medicationKeys).toEqual(definedKeys(own, user));
        expect(prior).toEqual(definedPrior(own, user.sessions));
      }
    }),
  );
});

test("firsts count days, first days and effective days once each, for any rows", () => {
  fc.assert(
    fc.property(ARBITRARY_USER, (rows) => {
      const all = contexts(rowsOfUser(rows));
      const days = new Set(rows.sessions.flatMap(({ session_date }) => session_date ?? []));
      const effective = new Set(
        rows.sessions.flatMap((row) => (row.was_effective === true ? (row.session_date ?? []) : [])),
      );
      const marked = (mark: keyof SessionContext["first"]) =>
        all.filter(({ first }) => first[mark]).map((context) => context.session.session_date);
      expect(marked("ofDay")).toEqual([...days].sort());
      expect(marked("effectiveOfDay")).toEqual([...effective].sort());
      expect(marked("ever")).toEqual([...days].sort().slice(0, 1));
    }),
  );
});

/** Ruling 1 of the tables, as it stands. */
function definedKeys({ start_time, session_date }: Session, { medications }: UserRows): string[] | null {
  if (start_time === null || session_date === null || medications.length === 0) return null;
  const counting = medications.filter(
    ({ start_date, valid_from, valid_to }) =>
      (valid_to === null || start_time < valid_to) &&
      (valid_from <= start_time || (start_date !== null && start_date <= session_date)) &&
      !(start_date !== null && start_date > session_date),
  );
  const keys = [...new Set(counting.map(({ medication_key }) => medication_key))];
  return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function definedPrior(own: Session, sessions: readonly Session[]) {
  const { start_time, session_date } = own;
  if (start_time === null || session_date === null) return null;
  const before = sessions.filter((other) => other.start_time !== null && other.start_time < start_time);
  const reductions = before.flatMap(({ pain_reduction }) => pain_reduction ?? []);
  const lastDay = before
    .map((other) => other.session_date ?? "")
    .sort()
    .at(-1);
  return {
    count: before.length,
    daysSinceLast: lastDay === undefined ? null : (Date.parse(session_date) - Date.parse(lastDay)) / 86_400_000,
    avgPainReduction: reductions.length === 0 ? null : reductions.reduce((a, b) => a + b, 0) / reductions.length,
  };
}
