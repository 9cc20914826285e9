import fc from "fast-check";
import { expect, test } from "vitest";
import { createFrom } from "./create";
import { type RowChange, rowChanges } from "./row-changes";
import { counter, P, type Root, withName } from "./sdk";
import { collect } from "./testing/run-and-collect";

interface Visit {
  readonly id: string;
  readonly room: number | null;
  readonly tags: readonly string[];
  readonly written: number;
}

async function changesOf(before: readonly Visit[], after: readonly Visit[], asked?: readonly Partial<Visit>[]) {
  const comparison = { key: ["id", "room"], compared: ["id", "room", "tags"], kept: counter("kept") };
  const { outputs, counters } = await collect((root: Root) => {
    const rows = {
      before: root.apply(withName("before", createFrom(before))),
      after: root.apply(withName("after", createFrom(after))),
      ...(asked !== undefined && { asked: root.apply(withName("asked", createFrom(asked))) }),
    };
    return { changes: P(rows).apply(rowChanges<Visit>(comparison)) };
  });
  return { changes: (outputs["changes"] ?? []) as readonly RowChange<Visit>[], kept: counters["kept"] ?? 0 };
}

const visit = (id: string, more: Partial<Visit> = {}): Visit => ({ id, room: 1, tags: ["a"], written: 1, ...more });

test("a row that came out as it was is kept as it was, whatever is not compared", async () => {
  expect(await changesOf([visit("v")], [visit("v", { written: 2 })])).toEqual({
    changes: [{ kept: visit("v") }],
    kept: 1,
  });
});

test("of a changed row there is what was and what is; a new row was not, and one that is gone is not", async () => {
  const { changes, kept } = await changesOf(
    [visit("changed"), visit("gone")],
    [visit("changed", { tags: ["a", "b"] }), visit("new")],
  );
  expect(changes).toEqual([
    { before: visit("changed") },
    { after: visit("changed", { tags: ["a", "b"] }) },
    { before: visit("gone") },
    { after: visit("new") },
  ]);
  expect(kept).toBe(0);
});

test("rows are told apart by the whole key, and NULL is a value of it", async () => {
  const { changes } = await changesOf([visit("v"), visit("v", { room: null })], [visit("v", { room: null })]);
  expect(changes).toEqual([{ before: visit("v") }, { kept: visit("v", { room: null }) }]);
});

test("rows of one key that should have had one are all given: a check of unique keys is to find them", async () => {
  const { changes } = await changesOf([visit("v")], [visit("v"), visit("v")]);
  expect(changes).toEqual([{ before: visit("v") }, { after: visit("v") }, { after: visit("v") }]);
});

test("where keys are asked for, rows of no other are looked at: they are counted as they were, and not given", async () => {
  const asked = [
    { id: "asked", room: null },
    { id: "gone", room: 1 },
  ];
  const { changes, kept } = await changesOf(
    [visit("gone")],
    [visit("asked", { room: null }), visit("asked"), visit("other")],
    asked,
  );
  expect(changes).toEqual([{ before: visit("gone") }, { after: visit("asked", { room: null }) }]);
  expect(kept).toBe(2);
});

test("rows as they were, without `before` and with `after`, are the rows as they are", async () => {
  const visits = fc.uniqueArray(
    fc.record({
      id: fc.constantFrom("a", "b", "c"),
      room: fc.constantFrom(1, null),
      tags: fc.array(fc.constantFrom("x", "y"), { maxLength: 2 }),
      written: fc.constantFrom(1, 2),
    }),
    { selector: ({ id, room }) => JSON.stringify([id, room]) },
  );
  const unwritten = ({ id, room, tags }: Visit): string => JSON.stringify({ id, room, tags });
  await fc.assert(
    fc.asyncProperty(visits, visits, async (before, after) => {
      const { changes } = await changesOf(before, after);
      const was = changes.flatMap((change) =>
        "after" in change ? [] : ["kept" in change ? change.kept : change.before],
      );
      const is = changes.flatMap((change) =>
        "before" in change ? [] : ["kept" in change ? change.kept : change.after],
      );
      expect(was.map(unwritten).sort()).toEqual(before.map(unwritten).sort());
      expect(is.map(unwritten).sort()).toEqual(after.map(unwritten).sort());
      const changed = new Set(changes.flatMap((change) => ("after" in change ? [unwritten(change.after)] : [])));
      for (const row of before) expect(changed).not.toContain(unwritten(row));
    }),
    { numRuns: 50 },
  );
});
