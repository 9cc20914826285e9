import { compareBytes } from "@junoplus/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { periodTracking } from "./period-tracking";
import { latestSnapshot } from "./silver-table";
import { type Change, runSilver, second } from "./testing/run-silver";
import { therapySessions } from "./therapy-sessions";

/** A day document at a second, by its id. */
function day(at: number, id: string, mood: string, date = "2024-08-19"): Change {
  return { at, path: `users/u1/period_tracking/${id}`, data: { date, mood } };
}

async function moods(...changes: readonly Change[]): Promise<unknown> {
  const { rows, snapshots, displaced } = await runSilver(periodTracking, changes);
  return [rows.map(({ mood }) => mood), snapshots, displaced];
}

describe("of two rows with one key", () => {
  test("that of the later change wins, by the microsecond", async () => {
    expect(await moods(day(1.000002, "a", "later"), day(1.000001, "b", "earlier"))).toEqual([["later"], 2, 1]);
  });

  test("that of the greater document path wins, when the changes are of one instant", async () => {
    expect(await moods(day(1, "a", "a"), day(1, "b", "b"))).toEqual([["b"], 2, 1]);
    expect(await moods(day(1, "b", "b"), day(1, "a", "a"))).toEqual([["b"], 2, 1]);
  });

  test("paths are compared by UTF-8 bytes", async () => {
    expect(await moods(day(1, "\uffff", "U+FFFF"), day(1, "😀", "beyond"))).toEqual([["beyond"], 2, 1]);
  });

  test("that of the last entry wins, when they are of one document, beyond ten as well", async () => {
    const days = Array.from({ length: 12 }, (_, i) => ({ date: "2024-08-19", mood: `entry ${i}` }));
    const cycle = { at: 1, path: "users/u1/period_tracking/cycle", data: { days } };
    expect(await moods(cycle)).toEqual([["entry 11"], 12, 11]);
  });

  test("no row is lost, and none displaced, when the keys differ", async () => {
    expect(await moods(day(1, "a", "a"), day(1, "b", "b", "2024-08-20"))).toEqual([["a", "b"], 2, undefined]);
  });
});

describe("the latest snapshot", () => {
  const snapshots = fc.array(
    fc.record({
      key: fc.constant("k"),
      changedAt: fc.constantFrom(second(1), second(2)),
      path: fc.constantFrom("a", "b", "\uffff", "😀"),
      index: fc.nat(2),
    }),
    { minLength: 1, maxLength: 8 },
  );
  // What stands at one place is one row.
  const withRow = <T extends object>(snapshot: T): T & { row: string } => ({
    ...snapshot,
    row: JSON.stringify(snapshot),
  });

  test("is the greatest by time, path and place, in whatever order and grouping they come", () => {
    const input = snapshots.chain((all) =>
      fc.tuple(
        fc.constant(all.map(withRow)),
        fc.shuffledSubarray(all.map(withRow), { minLength: all.length }),
        fc.nat(8),
      ),
    );
    fc.assert(
      fc.property(input, ([all, shuffled, cut]) => {
        const expected = all.toSorted(
          (a, b) => compareBytes(a.changedAt, b.changedAt) || compareBytes(a.path, b.path) || a.index - b.index,
        );
        const parts = [shuffled.slice(0, cut), shuffled.slice(cut)].map((part) =>
          part.reduce(latestSnapshot.addInput, latestSnapshot.createAccumulator()),
        );
        expect(latestSnapshot.extractOutput(latestSnapshot.mergeAccumulators(parts))).toEqual({
          latest: expected.at(-1),
          count: all.length,
        });
      }),
    );
  });
});

test("rejected changes come with the rows, and a table without any change has neither", async () => {
  const path = "users/u1/therapy_sessions/s1";
  const { rows, rejected } = await runSilver(therapySessions, [
    { at: 1, path, data: { status: "a" } },
    { at: 2, path, data: { status: 5 } },
    { at: 3, path: "elsewhere/s1", data: {} },
  ]);
  expect(rows).toMatchObject([{ status: "a", changed_at: second(1) }]);
  expect(rejected.map(({ rejections }) => rejections[0]?.reason).sort()).toEqual(["breaks_contract", "missing_key"]);
  expect(await runSilver(therapySessions, [])).toEqual({
    rows: [],
    rejected: [],
    snapshots: undefined,
    displaced: undefined,
  });
});

test("a row's ids are those of its path, not of document_id or path_params", async () => {
  const { rows } = await runSilver(therapySessions, [
    { at: 1, path: "users/u 1/therapy_sessions/s/".slice(0, -1), data: {} },
  ]);
  expect(rows).toMatchObject([{ user_id: "u 1", session_id: "s" }]);
});
