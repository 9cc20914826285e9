import { spawnSync } from "node:child_process";
import fc, { type Arbitrary } from "fast-check";
import { expect, test } from "vitest";
import { createFrom } from "./create";
import { DirectRunner } from "./direct-runner";
import { canonicalJson } from "./json-coder";
import { LatestBy, latestPerKey } from "./latest-per-key";
import { PrismRunner } from "./prism-runner";
import type { Runner } from "./sdk";
import { collect } from "./testing/run-and-collect";
import { byAmount, type Sample, wordOf } from "./testing/sample-steps";

/** Few words and amounts, so that keys and times meet; `note` is what only the canonical JSON tells apart. */
const sample: Arbitrary<Sample & { note: string }> = fc.record({
  word: fc.constantFrom("a", "b", "c"),
  amount: fc.integer({ min: 0, max: 3 }),
  note: fc.constantFrom("x", "y", "é"),
});
const samples = fc.array(sample, { minLength: 1, maxLength: 20 });

/** By sorting, which is not how it is done. */
function latestOf<T extends Sample>(elements: readonly T[]): T | undefined {
  const text = (element: T): string => canonicalJson(element);
  return elements.toSorted((a, b) => byAmount(a, b) || (text(a) < text(b) ? -1 : Number(text(a) > text(b)))).at(-1);
}

/** Any way to bundle and merge: leaves add their elements, every inner node merges what its parts gave. */
type Tree = readonly Sample[] | { readonly parts: readonly Tree[] };

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.array(sample, { maxLength: 5 }),
    fc.record({ parts: fc.array(tie("tree"), { maxLength: 4 }) }),
  ),
}));

function leavesOf(given: Tree): readonly Sample[] {
  return "parts" in given ? given.parts.flatMap(leavesOf) : given;
}

const latest = new LatestBy<Sample>(byAmount);

function accumulated(given: Tree): readonly [] | readonly [Sample] {
  if ("parts" in given) return latest.mergeAccumulators(given.parts.map(accumulated));
  return given.reduce<readonly [] | readonly [Sample]>(
    (so, each) => latest.addInput(so, each),
    latest.createAccumulator(),
  );
}

test("any tree of merges gives the latest of all elements, and of none nothing", () => {
  fc.assert(
    fc.property(tree, (given) => {
      const all = leavesOf(given);
      expect(accumulated(given)).toEqual(all.length === 0 ? [] : [latestOf(all)]);
    }),
  );
});

test("neither the order of arrival nor duplicates change what is latest", () => {
  const arrivals = samples.chain((given) =>
    fc.tuple(
      fc.constant(given),
      fc
        .shuffledSubarray([...given, ...given, ...given], { minLength: 2 * given.length })
        .map((some) => [...some, ...given]),
    ),
  );
  fc.assert(
    fc.property(arrivals, ([given, arrived]) => {
      expect(accumulated(arrived)).toEqual([latestOf(given)]);
    }),
  );
});

const given = [
  { word: "a", amount: 1, note: "x" },
  { word: "a", amount: 2, note: "x" },
  { word: "a", amount: 2, note: "y" },
  { word: "b", amount: 0, note: "x" },
];
const withoutGo = spawnSync("go", ["version"]).error !== undefined;

async function latestOn(runner: Runner): Promise<readonly unknown[]> {
  const { outputs } = await collect(
    (root) => ({ latest: root.apply(createFrom(given)).apply(latestPerKey(wordOf, byAmount)) }),
    runner,
  );
  return (outputs["latest"] as readonly Sample[]).toSorted((a, b) => (a.word < b.word ? -1 : 1));
}

test("each key has one element, the latest", async () => {
  expect(await latestOn(new DirectRunner())).toEqual([given[2], given[3]]);
});

test.skipIf(withoutGo)(
  "on Prism too (needs Go to build it)",
  async () => {
    expect(await latestOn(new PrismRunner())).toEqual([given[2], given[3]]);
  },
  900_000,
);

test("null is an element like others", () => {
  const nulls = new LatestBy<null>(() => 0);
  expect(nulls.mergeAccumulators([nulls.createAccumulator(), nulls.addInput([], null)])).toEqual([null]);
});
