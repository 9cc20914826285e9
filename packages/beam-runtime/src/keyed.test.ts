// First: no other module of the SDK can be loaded before it.
import "./sdk";
import { directRunner } from "apache-beam/runners/direct_runner";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFrom } from "./create";
import { combineBy, dropKey, groupBy, keyBy } from "./keyed";
import type { PCollection, Root } from "./sdk";
import { collect } from "./testing/run-and-collect";
import { firstLetter, numberOfValues, type Sample, summary, wordOf } from "./testing/sample-steps";

const words =
  (...texts: readonly string[]) =>
  (root: Root): PCollection<string> =>
    root.apply(createFrom(texts));

test("keyBy gives each element its key, and dropKey takes it away", async () => {
  const { outputs } = await collect((root) => {
    const keyed = words("ab", "b", "")(root).apply(keyBy(firstLetter));
    return { keyed, bare: keyed.map(dropKey<string>) };
  });
  expect(outputs).toEqual({
    keyed: [
      { key: "a", value: "ab" },
      { key: "b", value: "b" },
      { key: "", value: "" },
    ],
    bare: ["ab", "b", ""],
  });
});

test("groupBy has every element in the group of its key, and a group for each key that occurs", async () => {
  const anyWords = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "é", "😀"), maxLength: 3 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(anyWords, async (texts) => {
      const { outputs } = await collect((root) => ({ groups: words(...texts)(root).apply(groupBy(firstLetter)) }));
      const keys = [...new Set(texts.map(firstLetter))];
      const expected = keys.map((key) => ({ key, value: texts.filter((text) => firstLetter(text) === key) }));
      expect(outputs["groups"]).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

test("combineBy gives one value for each key that occurs", async () => {
  const { outputs } = await collect((root) => ({
    counts: words("ab", "b", "ac")(root).apply(combineBy(firstLetter, numberOfValues)),
  }));
  expect(outputs["counts"]).toEqual([
    { key: "a", value: 2 },
    { key: "b", value: 1 },
  ]);
});

describe("a combine that is exact", () => {
  const samples: readonly Sample[] = Array.from({ length: 100 }, (_, i) => ({
    word: "ab"[i % 2] as string,
    amount: (i % 3 === 0 ? 1e17 : 0.1) * (i % 5 === 0 ? -1 : 1),
  }));

  test("gives the same in any order, with accumulators merged (SDK) or not (here)", async () => {
    const expected = ["a", "b"].map((key) => {
      const group = samples.filter(({ word }) => word === key);
      return { key, value: summary.extractOutput(group.reduce(summary.addInput, summary.createAccumulator())) };
    });
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...samples], { minLength: samples.length }), async (elements) => {
        for (const runner of [undefined, directRunner()]) {
          const { outputs } = await collect(
            (root) => ({ sums: root.apply(createFrom(elements)).apply(combineBy(wordOf, summary)) }),
            runner,
          );
          const sums = outputs["sums"] as typeof expected;
          expect(sums.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(expected);
        }
      }),
      { numRuns: 10 },
    );
  });
});

test("a function that uses a variable around it fails when it runs, and not silently", async () => {
  const length = 2;
  const run = collect((root) => ({ short: words("abc")(root).map((word) => word.slice(0, length)) }));
  await expect(run).rejects.toThrow("length is not defined");
});
