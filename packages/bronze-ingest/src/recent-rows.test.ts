import fc from "fast-check";
import { expect, test } from "vitest";
import { RecentRows } from "./recent-rows";

const day = (n: number): string => `2024-01-0${n}T00:00:00.000000Z`;
const row = fc.record({
  text: fc.constantFrom("a", "b", "c"),
  timestamp: fc.constantFrom(null, day(1), day(3), day(5)),
});
type Row = { readonly text: string; readonly timestamp: string | null };
const lineOf = ({ text, timestamp }: Row): string => JSON.stringify([text, timestamp]);
const isFrom =
  (from: string) =>
  ({ timestamp }: Row): boolean =>
    timestamp !== null && timestamp >= from;

/** The rows that are new, as sorted lines, and what is left. */
function newRows(rows: readonly Row[], from: string, earlier: ReturnType<RecentRows["left"]> = []) {
  const recent = new RecentRows("log", from, earlier);
  const lines = rows.filter((row) => recent.isNew(lineOf(row), row.timestamp)).map(lineOf);
  return { lines: lines.sort(), left: recent.left(), missing: recent.missing() };
}

test("what is new is what was added, copies too, in any order, and what is left is what a whole read leaves", () => {
  fc.assert(
    fc.property(fc.array(row), fc.array(row), fc.infiniteStream(fc.nat()), (old, added, noise) => {
      const later = added.filter(isFrom(day(2)));
      const all = [...old.filter(isFrom(day(2))), ...later]
        .map((row) => ({ row, at: noise.next().value ?? 0 }))
        .sort((a, b) => a.at - b.at)
        .map(({ row }) => row);
      const { left } = newRows(old, day(2));
      const found = newRows(all, day(4), left);
      expect(found.lines).toEqual(later.map(lineOf).sort());
      expect(found.missing).toBe(0);
      expect(new Set(found.left.map((row) => JSON.stringify(row)))).toEqual(
        new Set(newRows([...old, ...later], day(4)).left.map((row) => JSON.stringify(row))),
      );
    }),
  );
});

test("a row that was read and does not come again is missing, once for each copy", () => {
  const one = { text: "a", timestamp: day(3) };
  const { left } = newRows([one, one, { text: "b", timestamp: day(3) }], day(2));
  expect(newRows([one], day(2), left)).toMatchObject({ lines: [], missing: 2 });
});

test("rows of other logs are others", () => {
  const one = { text: "a", timestamp: day(3) };
  const left = newRows([one], day(2)).left.map((row) => ({ ...row, changelog: "other" }));
  expect(newRows([one], day(2), left)).toMatchObject({ lines: [lineOf(one)], missing: 0 });
});
