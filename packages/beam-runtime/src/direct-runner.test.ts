import "./sdk";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { directRunner } from "apache-beam/runners/direct_runner";
import { countPerElement } from "apache-beam/transforms/group_and_combine";
import { combinePerKey, groupByKey } from "apache-beam/transforms/internal";
import { assignTimestamps } from "apache-beam/transforms/window";
import { fixedWindows, sessions, slidingWindows } from "apache-beam/transforms/windowings";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFrom } from "./create";
import { type Counters, DirectRunner } from "./direct-runner";
import { distributionsOfRun } from "./job-metrics";
import { combineBy, groupBy } from "./keyed";
import {
  counter,
  distribution,
  flatten,
  iterableSideInput,
  P,
  type PCollection,
  parDo,
  type Root,
  singletonSideInput,
  windowInto,
  windowParam,
  withName,
} from "./sdk";
import { splitByTag } from "./split-by-tag";
import { type Collected, collect } from "./testing/run-and-collect";
import {
  amountOf,
  busy,
  byParity,
  bySize,
  counted,
  FAULT,
  FailingFinish,
  FailingStart,
  failingAtWord,
  failingCombine,
  firstLetter,
  identity,
  keyOf,
  lettersOf,
  measured,
  numbersBelow,
  ownTime,
  type Sample,
  sampled,
  scaled,
  sizeOf,
  summary,
  underOneKey,
  withAll,
  withBoth,
  withSingle,
  withWindow,
  wordOf,
} from "./testing/sample-steps";

type Build = (root: Root) => Record<string, PCollection<unknown>>;

const FINITE = { noNaN: true, min: -1e300, max: 1e300 };

function given<T>(root: Root, values: readonly T[], name = "given"): PCollection<T> {
  return root.apply(withName(name, createFrom(values)));
}

/** Numbers of milliseconds, each at its own time. */
function timed(root: Root, milliseconds: readonly number[]): PCollection<number> {
  // The SDK's type takes the class for the instant.
  return given(root, milliseconds).apply(assignTimestamps(ownTime as never));
}

/** A step of its own name that reads one or two collections whole. */
function reading(name: string, sides: { side: PCollection<unknown>; other?: PCollection<unknown> }) {
  const context = Object.fromEntries(Object.entries(sides).map(([tag, side]) => [tag, iterableSideInput(side)]));
  return withName(name, (input: PCollection<unknown>) => input.map(withBoth, context as never));
}

type OutputsAndCounters = Pick<Collected, "outputs" | "counters">;

/** Runs a pipeline here and on the SDK's direct runner, expects one result, and gives it. */
async function onBothRunners(build: Build): Promise<OutputsAndCounters> {
  const ours = sorted(await collect(build));
  expect(ours).toEqual(sorted(await collect(build, directRunner())));
  return ours;
}

/** A collection has no order, and the values of a group have none. */
function sorted({ outputs, counters }: OutputsAndCounters): OutputsAndCounters {
  const inOrder = Object.entries(outputs).map(([name, elements]) => [name, byText(elements.map(withSortedValue))]);
  return { outputs: Object.fromEntries(inOrder) as Collected["outputs"], counters };
}

function withSortedValue(element: unknown): unknown {
  const value = (element as { value?: unknown } | null)?.value;
  return Array.isArray(value) ? { ...(element as object), value: byText(value) } : element;
}

function byText(elements: readonly unknown[]): readonly unknown[] {
  return elements
    .map((element) => JSON.stringify(element))
    .toSorted()
    .map((text) => JSON.parse(text) as unknown);
}

describe("gives what the SDK's direct runner gives:", () => {
  test("map and flatMap, with context parameters and counters", async () => {
    const { outputs, counters } = await onBothRunners((root) => ({
      scaled: given(root, [1, 2, 3], "numbers").map(scaled, { factor: 10 }),
      letters: given(root, ["ab", "", "c", ""], "words").flatMap(lettersOf, { empty: counter("empty") }),
    }));
    expect(outputs).toEqual({ scaled: [10, 20, 30], letters: ["a", "b", "c"] });
    expect(counters).toEqual({ empty: 2, "written/scaled": 3, "written/letters": 3 });
  });

  test.each([
    [
      "text",
      ["b", "a", "b", ""],
      [
        ["", 1],
        ["a", 1],
        ["b", 2],
      ],
    ],
    [
      "numbers",
      [1, 2.5, -1, 2.5, 0],
      [
        [-1, 1],
        [0, 1],
        [1, 1],
        [2.5, 2],
      ],
    ],
    [
      "objects",
      [{ a: 1, b: [null] }, { a: 2 }, { a: 1, b: [null] }],
      [
        [{ a: 1, b: [null] }, 2],
        [{ a: 2 }, 1],
      ],
    ],
    [
      "lists",
      [["a", 1], ["a", 2], ["a", 1], []],
      [
        [[], 1],
        [["a", 1], 2],
        [["a", 2], 1],
      ],
    ],
    [
      "null and booleans",
      [null, true, null, false],
      [
        [false, 1],
        [null, 2],
        [true, 1],
      ],
    ],
    ["kinds that look alike", ["1", 1, true, "true", null, "null", [1], ["1"], "[1]"], "one each"],
  ])("keys that are %s", async (_kind, keys, groups) => {
    const { outputs } = await onBothRunners((root) => ({
      groups: given(
        root,
        keys.map((key) => ({ key, value: "v" })),
      )
        .apply(groupByKey())
        .map(sizeOf),
    }));
    const expected = groups === "one each" ? keys.map((key) => [key, 1]) : (groups as [unknown, number][]);
    expect(outputs["groups"]).toEqual(byText(expected.map(([key, size]) => ({ key, size }))));
  });

  test("a key with nearly all of the elements", async () => {
    const words = [...Array<string>(5000).fill("a"), "b", "c", "b"];
    const { outputs } = await onBothRunners((root) => ({
      grouped: given(root, words)
        .apply(groupBy(identity<string>))
        .map(sizeOf),
    }));
    expect(outputs["grouped"]).toEqual([
      { key: "a", size: 5000 },
      { key: "b", size: 2 },
      { key: "c", size: 1 },
    ]);
  });

  test("a combine, whatever its elements: the SDK merges accumulators there, and here it does not", async () => {
    const samples = fc.array(fc.record({ word: fc.constantFrom("a", "b", "c", "", "é"), amount: fc.double(FINITE) }));
    await fc.assert(
      fc.asyncProperty(samples, async (elements) => {
        const { outputs } = await onBothRunners((root) => ({
          combined: given(root, elements).apply(combineBy(wordOf, summary)),
        }));
        const expected = [...new Set(elements.map(wordOf))].map((key) => {
          const group = elements.filter(({ word }) => word === key);
          return { key, value: summary.extractOutput(group.reduce(summary.addInput, summary.createAccumulator())) };
        });
        expect(outputs["combined"]).toEqual(byText(expected));
      }),
      { numRuns: 25 },
    );
  });

  test("the SDK's own combining transforms", async () => {
    const { outputs } = await onBothRunners((root) => ({
      counts: given(root, ["a", "b", "a"]).apply(countPerElement()),
    }));
    expect(outputs["counts"]).toEqual([
      { element: "a", count: 2 },
      { element: "b", count: 1 },
    ]);
  });

  test("flatten, even of a collection with itself", async () => {
    const { outputs } = await onBothRunners((root) => {
      const some = given(root, ["a"], "some");
      const others = given(root, ["b", "c"], "others");
      return { all: P([some, others, some]).apply(flatten()) };
    });
    expect(outputs["all"]).toEqual(["a", "a", "b", "c"]);
  });

  test("a split", async () => {
    const { outputs } = await onBothRunners((root) => ({
      ...given(root, [1, 2, 3, 4]).map(byParity).apply(splitByTag<{ even: number; odd: number }>("even", "odd")),
    }));
    expect(outputs).toEqual({ even: [2, 4], odd: [1, 3] });
  });

  test("two GroupByKeys in a row", async () => {
    const { outputs } = await onBothRunners((root) => ({
      sizes: given(root, ["ab", "ac", "b", "cd", "ce"])
        .apply(groupBy(firstLetter))
        .map(bySize<string>)
        .apply(withName("again", groupByKey())),
    }));
    expect(outputs["sizes"]).toEqual([
      { key: 1, value: ["b"] },
      { key: 2, value: ["a", "c"] },
    ]);
  });

  test("no elements: no group, nothing combined, no counter", async () => {
    const { outputs, counters } = await onBothRunners((root) => {
      const none = given<Sample>(root, []);
      return {
        grouped: none.apply(groupBy(wordOf)).map(sizeOf),
        combined: none.apply(combineBy(wordOf, summary)),
        counted: none.map(amountOf).map(counted, { total: counter("total") }),
      };
    });
    expect(outputs).toEqual({ grouped: [], combined: [], counted: [] });
    expect(counters).toEqual({});
  });

  test("a single value as side input", async () => {
    const { outputs } = await onBothRunners((root) => ({
      pairs: given(root, ["a", "b"]).map(withSingle<string, string>, {
        side: singletonSideInput(given(root, ["s"], "side")),
      }),
      defaulted: given(root, ["a"], "others").apply(
        withName("defaulted", (words: PCollection<string>) =>
          words.map(withSingle<string, string>, { side: singletonSideInput(given<string>(root, [], "no side"), "d") }),
        ),
      ),
    }));
    expect(outputs).toEqual({
      pairs: [
        { element: "a", side: "s" },
        { element: "b", side: "s" },
      ],
      defaulted: [{ element: "a", side: "d" }],
    });
  });

  test("groups by key and fixed window", async () => {
    const { outputs } = await onBothRunners((root) => ({
      windows: timed(root, [0, 59_999, 60_000, 61_000, 180_000])
        .apply(windowInto(fixedWindows(60)))
        .map(underOneKey<number>)
        .apply(groupByKey())
        .map(withWindow, { window: windowParam() }),
    }));
    expect(outputs["windows"]).toEqual([
      { key: "k", value: [0, 59_999], from: 0 },
      { key: "k", value: [180_000], from: 180_000 },
      { key: "k", value: [60_000, 61_000], from: 60_000 },
    ]);
  });

  test("an element in two sliding windows is in two groups", async () => {
    const { outputs } = await onBothRunners((root) => ({
      windows: timed(root, [10_000, 70_000])
        .apply(windowInto(slidingWindows(120, 60)))
        .map(underOneKey<number>)
        .apply(groupByKey())
        .map(withWindow, { window: windowParam() }),
    }));
    expect(outputs["windows"]).toEqual([
      { key: "k", value: [10_000, 70_000], from: 0 },
      { key: "k", value: [10_000], from: -60_000 },
      { key: "k", value: [70_000], from: 60_000 },
    ]);
  });

  test("combines by key and window", async () => {
    const { outputs } = await onBothRunners((root) => ({
      windows: timed(root, [1000, 2000, 60_000])
        .apply(windowInto(fixedWindows(60)))
        .map(sampled)
        .apply(withName("by minute", combineBy(wordOf, summary)))
        .map(withWindow, { window: windowParam() }),
    }));
    expect(outputs["windows"]).toEqual([
      { key: "w", value: { sum: 3000, words: ["w", "w"] }, from: 0 },
      { key: "w", value: { sum: 60_000, words: ["w"] }, from: 60_000 },
    ]);
  });
});

describe("where the SDK's direct runner is wrong:", () => {
  test("whole numbers beyond 32 bits are keys of their own", async () => {
    const keys = [1, 2 ** 32 + 1, -1, 2 ** 32 - 1, 2 ** 53 - 1, [1], [2 ** 32 + 1], [[1, null]], [[2 ** 32 + 1, null]]];
    const { outputs } = await collect((root) => ({
      groups: given(
        root,
        keys.map((key) => ({ key, value: "v" })),
      )
        .apply(groupByKey())
        .map(sizeOf),
    }));
    expect(outputs["groups"]).toEqual(keys.map((key) => ({ key, size: 1 })));
  });

  test("every element reads an iterable side input whole", async () => {
    const { outputs } = await collect((root) => ({
      pairs: given(root, ["a", "b", "c"]).map(withAll<string, string>, {
        side: iterableSideInput(given(root, ["x", "y"], "side")),
      }),
    }));
    expect(outputs["pairs"]).toEqual(["a", "b", "c"].map((element) => ({ element, side: ["x", "y"] })));
  });

  test("a side input is whole before the first element is seen, even when it is made of the same elements", async () => {
    const { outputs } = await collect((root) => {
      const words = given(root, ["b", "a", "b"]);
      const sizes = words.apply(groupBy(identity<string>)).map(sizeOf);
      return { pairs: words.map(withAll, { side: iterableSideInput(sizes) }) };
    });
    const side = [
      { key: "b", size: 2 },
      { key: "a", size: 1 },
    ];
    expect(outputs["pairs"]).toEqual(["b", "a", "b"].map((element) => ({ element, side })));
  });

  test("a side input's values are what they were", async () => {
    const values = [2 ** 53 - 1, -(2 ** 31) - 1, 0.1, "é", null, { deep: [2 ** 40] }];
    const { outputs } = await collect((root) => ({
      pairs: given(root, [1]).map(withAll, { side: iterableSideInput(given(root, values, "side")) }),
    }));
    expect(outputs["pairs"]).toEqual([{ element: 1, side: values }]);
  });

  test("an element reads the side input of its own window", async () => {
    const { outputs } = await collect((root) => {
      const minutes = timed(root, [1, 2, 60_000]).apply(windowInto(fixedWindows(60)));
      return { pairs: minutes.map(withAll, { side: iterableSideInput(minutes) }) };
    });
    expect(outputs["pairs"]).toEqual([
      { element: 1, side: [1, 2] },
      { element: 2, side: [1, 2] },
      { element: 60_000, side: [60_000] },
    ]);
  });

  test("steps that read two side inputs, and side inputs that were read with side inputs", async () => {
    const { outputs } = await collect((root) => {
      const first = given(root, ["x", "y"], "first");
      const second = given(root, [1], "second").apply(reading("nested", { side: first }));
      return { pairs: given(root, ["a"]).apply(reading("both", { side: second, other: first })) };
    });
    const nested = { element: 1, side: ["x", "y"], other: [] };
    expect(outputs["pairs"]).toEqual([{ element: "a", side: [nested], other: ["x", "y"] }]);
  });

  test("counters count beyond 32 bits, and over all steps", async () => {
    const { counters } = await collect((root) => ({
      once: given(root, [2 ** 31, 2 ** 40, -1], "one").map(counted, { total: counter("total") }),
      again: given(root, [5], "other").apply(
        withName("again", (numbers: PCollection<number>) => numbers.map(counted, { total: counter("total") })),
      ),
    }));
    expect(counters["total"]).toBe(2 ** 31 + 2 ** 40 + 4);
  });

  test("distributions are exact beyond 32 bits, and over all steps; the SDK's wrap", async () => {
    const build = (root: Root): PCollection<unknown> => {
      const step = (numbers: PCollection<number>) => numbers.map(measured, { sizes: distribution("sizes") });
      given(root, [2 ** 31, 2 ** 40, -1], "one").apply(withName("once", step));
      return given(root, [5], "other").apply(withName("again", (numbers: PCollection<number>) => step(numbers)));
    };
    const sizes = { count: 4, sum: 2 ** 31 + 2 ** 40 + 4, min: -1, max: 2 ** 40 };
    expect(await distributionsOfRun(await new DirectRunner().run(build))).toEqual({ sizes });
    expect(await (await directRunner().run(build)).distributions()).toEqual({
      sizes: { count: 4, sum: 2 ** 31 + 4, min: -1, max: 5 },
    });
  });

  test("nothing is written to stdout", () => {
    const { status, stdout, stderr } = script("quiet-pipeline.js");
    const side = [{ key: "w", value: { sum: 3, words: ["w", "w"] } }];
    const pairs = [1, 2].map((element) => ({ element, side }));
    expect([status, stdout, stderr]).toEqual([0, "", `${JSON.stringify(pairs)}\n`]);
  });

  test("a combine keeps accumulators, not values", () => {
    // 2,000,000 values of 400 bytes and more would be 800 MB.
    const { status, stdout, stderr } = script("combine-many-values.js", "--max-old-space-size=128");
    expect([status, stdout, stderr]).toEqual([0, "", "10 keys, 2000000 values\n"]);
  });
});

describe("a failing step ends the run with its own error:", () => {
  const steps: readonly [string, (words: PCollection<string>) => PCollection<unknown>][] = [
    ["a function", (words) => words.map(failingAtWord)],
    [
      "a function after a GroupByKey",
      (words) =>
        words
          .apply(groupBy(identity<string>))
          .map(keyOf)
          .map(failingAtWord),
    ],
    ["a function with a side input", (words) => words.map(failingAtWord, { side: iterableSideInput(words) } as never)],
    ["the start of a bundle", (words) => words.apply(parDo(new FailingStart()))],
    ["the end of a bundle", (words) => words.apply(parDo(new FailingFinish()))],
    ["a combine", (words) => words.apply(combineBy(identity<string>, failingCombine))],
  ];
  test.each(steps)("%s", async (_where, step) => {
    await expect(collect((root) => ({ never: step(given(root, ["a", "fail", "b"])) }))).rejects.toBe(FAULT);
  });

  test("a single side input of two values", async () => {
    const run = collect((root) => {
      const words = given(root, ["a", "b"]);
      return { never: words.map(withSingle<string, string>, { side: singletonSideInput(words) }) };
    });
    await expect(run).rejects.toThrow("Expected a single element, got 2");
  });

  test.each([
    ["a GroupByKey", groupByKey<string, number>()],
    ["a combine", combinePerKey(summary as never)],
  ])("sessions cannot be merged, so %s refuses them", async (_what, grouping) => {
    const run = collect((root) => ({
      never: timed(root, [1])
        .apply(windowInto(sessions(60)))
        .map(underOneKey<number>)
        .apply(grouping as never),
    }));
    await expect(run).rejects.toThrow(/groupByKey: the direct runner does not merge windows/);
  });
});

describe("while it runs,", () => {
  const groups = 300;
  const work = (root: Root): Record<string, PCollection<unknown>> => ({
    done: given(root, [groups])
      .flatMap(numbersBelow)
      .apply(groupBy(identity<string>))
      .map(busy, { done: counter("done") }),
  });

  test("timers get their turns between groups", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    try {
      await collect(work);
    } finally {
      clearInterval(timer);
    }
    expect(ticks).toBeGreaterThan(3);
  });

  test("onProgress is told the counters as they grow, and no more once the run has ended", async () => {
    const told: number[] = [];
    const onProgress = ({ done = 0 }: Counters): number => told.push(done);
    await collect(work, new DirectRunner({ onProgress, progressMs: 1 }));
    expect(new Set(told).size).toBeGreaterThan(3);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.every((done) => done > 0 && done <= groups)).toBe(true);
    const before = told.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told.length).toBe(before);
  });

  test("onProgress is told no more once the run has failed", async () => {
    let told = 0;
    const runner = new DirectRunner({ onProgress: () => told++, progressMs: 1 });
    await expect(collect((root) => ({ never: given(root, ["fail"]).map(failingAtWord) }), runner)).rejects.toBe(FAULT);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told).toBe(0);
  });

  test("another run does not mix with it", async () => {
    const runs = [1, 2, 3].map((size) =>
      collect((root) => ({
        letters: given(root, [...Array<string>(size).fill("")]).flatMap(lettersOf, { empty: counter("empty") }),
        sizes: given(root, Array<string>(size).fill("a"), "same")
          .apply(groupBy(identity<string>))
          .map(sizeOf),
      })),
    );
    const results = await Promise.all(runs);
    expect(results.map(({ counters }) => counters["empty"])).toEqual([1, 2, 3]);
    expect(results.map(({ outputs }) => outputs["sizes"])).toEqual([1, 2, 3].map((size) => [{ key: "a", size }]));
  });
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a built program of `testing/` in a process of its own. */
function script(name: string, ...nodeOptions: readonly string[]): Ended {
  const path = join(__dirname, "../dist/testing", name);
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeOptions, path]);
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}
