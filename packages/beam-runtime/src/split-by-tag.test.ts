import { expect, test } from "vitest";
import { createFrom } from "./create";
import { type PCollection, type Root, withName } from "./sdk";
import { splitByTag, type Tagged } from "./split-by-tag";
import { collect } from "./testing/run-and-collect";

interface Outputs extends Record<string, unknown> {
  readonly row: { readonly id: number };
  readonly rejected: string | null;
}

function given(root: Root, elements: readonly unknown[]): PCollection<Tagged<Outputs>> {
  return root.apply(createFrom(elements as readonly Tagged<Outputs>[]));
}

test("each element is in the output of its tag, without the tag", async () => {
  const elements = [{ row: { id: 1 } }, { rejected: "late" }, { row: { id: 2 } }, { rejected: null }];
  const { outputs } = await collect((root) => ({
    ...given(root, elements).apply(splitByTag<Outputs>("row", "rejected")),
  }));
  expect(outputs).toEqual({ row: [{ id: 1 }, { id: 2 }], rejected: ["late", null] });
});

test("a tag without elements is an empty output", async () => {
  const { outputs } = await collect((root) => ({
    ...given(root, [{ row: { id: 1 } }]).apply(splitByTag<Outputs>("row", "rejected")),
  }));
  expect(outputs).toEqual({ row: [{ id: 1 }], rejected: [] });
});

test.each([
  ["with an unknown tag", { lost: 1 }, "Unexpected tag 'lost'"],
  ["with two tags", { row: { id: 1 }, rejected: "late" }, "Multiple keys"],
  ["without a tag", {}, "Multiple keys"],
])("an element %s fails the run", async (_what, element, message) => {
  const run = collect((root) => ({
    ...given(root, [{ row: { id: 1 } }, element]).apply(splitByTag<Outputs>("row", "rejected")),
  }));
  await expect(run).rejects.toThrow(message);
});

test("one collection can be split twice", async () => {
  const { outputs } = await collect((root) => {
    const tagged = given(root, [{ row: { id: 1 } }, { rejected: "late" }]);
    const once = tagged.apply(splitByTag<Outputs>("row", "rejected"));
    const again = tagged.apply(withName("again", splitByTag<Outputs>("rejected", "row")));
    return { once: once.row, again: again.row };
  });
  expect(outputs).toEqual({ once: [{ id: 1 }], again: [{ id: 1 }] });
});
