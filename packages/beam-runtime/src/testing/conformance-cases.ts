import "../sdk";
import { counter, distribution, parDo } from "apache-beam/transforms/pardo";
import { createFrom } from "../create";
import type { Distribution } from "../job-metrics";
import { canonicalJson } from "../json-coder";
import { combineBy, groupBy } from "../keyed";
import { flatten, iterableSideInput, P, type PCollection, type Root, singletonSideInput, withName } from "../sdk";
import { splitByTag } from "../split-by-tag";
import * as own from "./conformance-steps";
import { type Build, type Comparable, sortedTexts } from "./runs-alike";
import * as steps from "./sample-steps";

/** A pipeline, and what it gives by a computation without Beam. */
export interface ConformanceCase {
  readonly build: Build;
  readonly expected: Comparable;
}

const BRANCH_ELEMENTS = 200;

/** The numbers from 0 up to one less than the bound. */
export function below(bound: number): readonly number[] {
  return Array.from({ length: bound }, (_, number) => number);
}

function expected(
  outputs: Readonly<Record<string, readonly unknown[]>>,
  counters: Comparable["counters"] = {},
  distributions: Readonly<Record<string, Distribution>> = {},
): Comparable {
  const texts = Object.entries(outputs).map(([name, elements]) => [name, sortedTexts(elements)] as const);
  return { outputs: Object.fromEntries(texts), counters, distributions };
}

const skewed = [["even", 10_000], ...below(10_000).map((half) => [String(2 * half + 1), 1])] as const;

/** Every kind of step that this package offers, small: what is run again and again. */
export const everyTransform: ConformanceCase = {
  build: (root) => {
    const numbers = root.apply(createFrom([60, 40])).flatMap(steps.numbersBelow);
    const amounts = numbers.map(own.numberOf).map(own.measured, { sizes: distribution("sizes") });
    const sums = amounts.map(steps.sampled).apply(combineBy(steps.wordOf, steps.summary)).map(own.sumOf);
    const { even, odd } = amounts.map(steps.byParity).apply(splitByTag("even", "odd"));
    const again = P([even, odd]).apply(withName("again", flatten())) as PCollection<number>;
    return {
      groups: numbers.apply(groupBy(steps.identity<string>)).map(steps.sizeOf),
      remainders: numbers
        .map(own.remainder, { divisor: 7 })
        .apply(withName("byRemainder", combineBy(steps.identity<string>, steps.numberOfValues))),
      sums,
      again: again.map(steps.counted, { total: counter("total") }),
      withSum: odd.map(steps.withSingle, { side: singletonSideInput(sums) }),
      withSums: even.map(steps.withAll, { side: iterableSideInput(sums) }),
    };
  },
  expected: (() => {
    const numbers = [...below(60), ...below(40)];
    const sum = numbers.reduce((total, number) => total + number, 0);
    return expected(
      {
        groups: below(60).map((number) => ({ key: String(number), size: number < 40 ? 2 : 1 })),
        remainders: below(7).map((key) => ({
          key: String(key),
          value: numbers.filter((number) => number % 7 === key).length,
        })),
        sums: [sum],
        again: numbers,
        withSum: numbers.filter((number) => number % 2 === 1).map((element) => ({ element, side: sum })),
        withSums: numbers.filter((number) => number % 2 === 0).map((element) => ({ element, side: [sum] })),
      },
      { total: sum },
      { sizes: { count: 100, sum, min: 0, max: 59 } },
    );
  })(),
};

/** What every runner has to do alike. */
export const conformanceCases: Readonly<Record<string, ConformanceCase>> = {
  "every kind of step": everyTransform,
  "100,000 elements out of one": {
    build: (root) => ({ numbers: root.apply(createFrom([100_000])).flatMap(steps.numbersBelow) }),
    expected: expected({ numbers: below(100_000).map(String) }),
  },
  "200,000 keys": {
    build: (root) => ({
      sizes: root
        .apply(createFrom([200_000, 200_000]))
        .flatMap(steps.numbersBelow)
        .apply(groupBy(steps.identity<string>))
        .map(steps.sizeOf),
    }),
    expected: expected({ sizes: below(200_000).map((number) => ({ key: String(number), size: 2 })) }),
  },
  "one key with half of all values": {
    build: (root) => {
      const numbers = root.apply(createFrom([20_000])).flatMap(steps.numbersBelow);
      return {
        groups: numbers.apply(groupBy(steps.skewedKey)).map(steps.sizeOf),
        combined: numbers.apply(combineBy(steps.skewedKey, steps.numberOfValues)),
      };
    },
    expected: expected({
      groups: skewed.map(([key, size]) => ({ key, size })),
      combined: skewed.map(([key, value]) => ({ key, value })),
    }),
  },
  "side inputs": {
    build: (root) => {
      const numbers = root.apply(createFrom([1, 2, 3]));
      const side = root.apply(withName("side", createFrom([10])));
      return {
        all: numbers.map(steps.withAll, { side: iterableSideInput(side) }),
        single: numbers.map(steps.withSingle, { side: singletonSideInput(side) }),
      };
    },
    expected: expected({
      all: [1, 2, 3].map((element) => ({ element, side: [10] })),
      single: [1, 2, 3].map((element) => ({ element, side: 10 })),
    }),
  },
  "a combine that is exact in any order": {
    build: (root) => ({
      sums: root
        .apply(createFrom([1e100, 1, -1e100, 0.1]))
        .map(steps.sampled)
        .apply(combineBy(steps.wordOf, steps.summary)),
    }),
    expected: expected({ sums: [{ key: "w", value: { sum: 1.1, words: ["w", "w", "w", "w"] } }] }),
  },
  "30 MB in one bundle": {
    build: (root) => ({
      sizes: root
        .apply(createFrom([75_000]))
        .flatMap(steps.valuesOf)
        .apply(groupBy(steps.wordOf))
        .map(steps.sizeOf),
    }),
    expected: expected({ sizes: below(10).map((word) => ({ key: String(word), size: 7_500 })) }),
  },
  "a millisecond for each element": {
    build: (root) => ({
      slow: root
        .apply(createFrom([2_000]))
        .flatMap(steps.numbersBelow)
        .apply(groupBy(steps.identity<string>))
        .map(steps.keyOf)
        .map(steps.slowly, { done: counter("done") }),
    }),
    expected: expected({ slow: below(2_000).map(String) }, { done: 2_000 }),
  },
  "counters beyond 32 bits, distributions, over many bundles": {
    build: (root) => ({
      numbers: root
        .apply(createFrom([2 ** 32, 2 ** 33, -1, 5]))
        .map(steps.counted, { total: counter("total") })
        .apply(groupBy(own.textOf))
        .map(steps.keyOf)
        .map(own.remainder, { divisor: 1000 })
        .map(own.numberOf)
        .map(own.measured, { sizes: distribution("sizes") }),
    }),
    expected: expected(
      { numbers: [296, 592, -1, 5] },
      { total: 2 ** 32 + 2 ** 33 + 4 },
      { sizes: { count: 4, sum: 296 + 592 - 1 + 5, min: -1, max: 592 } },
    ),
  },
  "eight branches": {
    build: (root) => ({ sizes: eightBranches(root).apply(combineBy(own.branchOf, steps.numberOfValues)) }),
    expected: expected({ sizes: below(8).map((branch) => ({ key: String(branch), value: BRANCH_ELEMENTS })) }),
  },
  "values that JSON has no word for": {
    build: (root) => ({
      texts: root
        .apply(createFrom([1, 2]))
        .map(steps.unspeakable)
        .apply(groupBy(steps.sameKey))
        .map(steps.canonicalValues),
    }),
    expected: expected({ texts: [[1, 2].map((number) => canonicalJson(steps.unspeakable(number))).join()] }),
  },
};

/** A branch that takes a millisecond for each number, and says when. */
export function timedBranch(numbers: PCollection<string>, branch: number): PCollection<own.Timed> {
  const groups = numbers.apply(withName(`group(${branch})`, groupBy(steps.identity<string>)));
  return groups.apply(parDo(new own.TimedBranch(branch)));
}

/** Eight branches out of one collection: once it is there, a bundle of each can be at work. */
export function eightBranches(root: Root): PCollection<own.Timed> {
  const numbers = root.apply(createFrom([BRANCH_ELEMENTS])).flatMap(steps.numbersBelow);
  const branches = below(8).map((branch) => timedBranch(numbers, branch));
  return P(branches).apply(flatten()) as PCollection<own.Timed>;
}

/** The largest number of bundles that were at work at the same moment. */
export function mostAtOnce(elements: readonly own.Timed[]): number {
  const bundles = new Map<string, { readonly began: number; ended: number }>();
  for (const { branch, began, at } of elements) {
    const key = `${branch} ${began}`;
    const bundle = bundles.get(key) ?? { began, ended: at };
    bundle.ended = Math.max(bundle.ended, at);
    bundles.set(key, bundle);
  }
  const all = [...bundles.values()];
  return Math.max(...all.map(({ began }) => all.filter((other) => other.began <= began && began < other.ended).length));
}
