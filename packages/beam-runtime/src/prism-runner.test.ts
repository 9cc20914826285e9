import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { iterableSideInput, type PCollection, type Root, singletonSideInput, withName } from "apache-beam";
import { counter } from "apache-beam/transforms/pardo";
import { beforeAll, describe, expect, test } from "vitest";
import { createFrom } from "./create";
import { DirectRunner } from "./direct-runner";
import { canonicalJson } from "./json-coder";
import { combineBy, groupBy } from "./keyed";
import { findPrism } from "./prism-binary";
import { JobFailedError, PrismRunner } from "./prism-runner";
import { type Collected, collect } from "./testing/run-and-collect";
import * as steps from "./testing/sample-steps";

type Build = (root: Root) => Readonly<Record<string, PCollection<unknown>>>;

const runners = { direct: () => new DirectRunner(), prism: () => new PrismRunner() };

/** Outputs without an order, counters but those of the collecting. */
function comparable({ outputs, counters }: Collected): Collected {
  const sorted = Object.entries(outputs).map(([name, elements]) => [name, elements.map(canonicalJson).sort()] as const);
  const own = Object.entries(counters).filter(([name]) => !name.startsWith("written/"));
  return { outputs: Object.fromEntries(sorted), counters: Object.fromEntries(own) };
}

function below(bound: number): readonly number[] {
  return Array.from({ length: bound }, (_, number) => number);
}

const cases: Readonly<Record<string, { build: Build; expected: Collected }>> = {
  "100,000 elements out of one": {
    build: (root) => ({
      numbers: root.apply(createFrom([100_000])).flatMap(steps.numbersBelow),
    }),
    expected: { outputs: { numbers: below(100_000).map(String) }, counters: {} },
  },
  "50,000 keys": {
    build: (root) => ({
      sizes: root
        .apply(createFrom([50_000, 50_000]))
        .flatMap(steps.numbersBelow)
        .apply(groupBy(steps.identity<string>))
        .map(steps.sizeOf),
    }),
    expected: { outputs: { sizes: below(50_000).map((number) => ({ key: String(number), size: 2 })) }, counters: {} },
  },
  "one key with half of all values": {
    build: (root) => {
      const numbers = root.apply(createFrom([20_000])).flatMap(steps.numbersBelow);
      return {
        groups: numbers.apply(groupBy(steps.skewedKey)).map(steps.sizeOf),
        combined: numbers.apply(combineBy(steps.skewedKey, steps.numberOfValues)),
      };
    },
    expected: {
      outputs: {
        groups: [
          { key: "even", size: 10_000 },
          ...below(10_000).map((half) => ({ key: String(2 * half + 1), size: 1 })),
        ],
        combined: [
          { key: "even", value: 10_000 },
          ...below(10_000).map((half) => ({ key: String(2 * half + 1), value: 1 })),
        ],
      },
      counters: {},
    },
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
    expected: {
      outputs: {
        all: [1, 2, 3].map((element) => ({ element, side: [10] })),
        single: [1, 2, 3].map((element) => ({ element, side: 10 })),
      },
      counters: {},
    },
  },
  "a combine that is exact in any order": {
    build: (root) => ({
      sums: root
        .apply(createFrom([1e100, 1, -1e100, 0.1]))
        .map(steps.sampled)
        .apply(combineBy(steps.wordOf, steps.summary)),
    }),
    expected: {
      outputs: { sums: [{ key: "w", value: { sum: 1.1, words: ["w", "w", "w", "w"] } }] },
      counters: {},
    },
  },
  "30 MB in one bundle": {
    build: (root) => ({
      sizes: root
        .apply(createFrom([75_000]))
        .flatMap(steps.valuesOf)
        .apply(groupBy(steps.wordOf))
        .map(steps.sizeOf),
    }),
    expected: { outputs: { sizes: below(10).map((word) => ({ key: String(word), size: 7_500 })) }, counters: {} },
  },
  "a slow step": {
    build: (root) => ({
      slow: root
        .apply(createFrom([2_000]))
        .flatMap(steps.numbersBelow)
        .apply(groupBy(steps.identity<string>))
        .map(steps.keyOf)
        .map(steps.slowly, { done: counter("done") }),
    }),
    expected: { outputs: { slow: below(2_000).map(String) }, counters: { done: 2_000 } },
  },
  "counters beyond 32 bits, over many bundles": {
    build: (root) => ({
      numbers: root.apply(createFrom([2 ** 32, 2 ** 33, -1, 5])).map(steps.counted, { total: counter("total") }),
    }),
    expected: {
      outputs: { numbers: [2 ** 32, 2 ** 33, -1, 5] },
      counters: { total: 2 ** 32 + 2 ** 33 + 4 },
    },
  },
  "values that JSON has no word for": {
    build: (root) => ({
      texts: root
        .apply(createFrom([1, 2]))
        .map(steps.unspeakable)
        .apply(groupBy(steps.sameKey))
        .map(steps.canonicalValues),
    }),
    expected: {
      outputs: { texts: [[1, 2].map((number) => canonicalJson(steps.unspeakable(number))).join()] },
      counters: {},
    },
  },
};

// Prism is built with Go, the first time that it is needed.
const withoutGo = spawnSync("go", ["version"]).error !== undefined;

test("without Go there is no Prism, and the error says so", async () => {
  const path = process.env["PATH"];
  const folder = mkdtempSync(join(tmpdir(), "no-prism-"));
  process.env["PATH"] = folder;
  try {
    await expect(findPrism(folder)).rejects.toThrow(/^Prism is built with Go, which cannot be started .*: install Go/);
  } finally {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true });
  }
});

describe.skipIf(withoutGo)("on Prism (needs Go to build it)", () => {
  beforeAll(() => findPrism(), 900_000);

  describe.each(Object.entries(cases))("%s", (_name, { build, expected }) => {
    test.each(Object.entries(runners))("%s", async (_runner, runner) => {
      expect(comparable(await collect(build, runner()))).toEqual(comparable(expected));
    });
  });

  test("several pipelines at once do not disturb each other", async () => {
    const { build, expected } = cases["one key with half of all values"] as (typeof cases)[string];
    const collected = await Promise.all([1, 2, 3].map(() => collect(build, new PrismRunner())));
    for (const each of collected) expect(comparable(each)).toEqual(comparable(expected));
  });

  test("a step that fails ends the run with its message", async () => {
    const failing = collect((root) => ({ none: root.apply(createFrom(["w"])).map(steps.failing) }), new PrismRunner());
    await expect(failing).rejects.toThrow(JobFailedError);
    await expect(failing).rejects.toThrow("this step fails");
  });

  test("a worker that is killed ends the run", async () => {
    const killed = collect((root) => ({ none: root.apply(createFrom(["w"])).map(steps.killed) }), new PrismRunner());
    await expect(killed).rejects.toThrow(JobFailedError);
  });

  test("an aborted run ends at once, even within an element", async () => {
    const abort = new AbortController();
    const runner = new PrismRunner({
      signal: abort.signal,
      onMessage: (message) => message.startsWith("running") && abort.abort(new Error("enough")),
    });
    const endless = collect((root) => ({ none: root.apply(createFrom(["w"])).map(steps.endless) }), runner);
    await expect(endless).rejects.toThrow("enough");
  });

  test("progress is reported while the job runs", async () => {
    const seen: number[] = [];
    const runner = new PrismRunner({ progressMs: 50, onProgress: ({ done = 0 }) => seen.push(done) });
    await collect((cases["a slow step"] as (typeof cases)[string]).build, runner);
    expect(seen.length).toBeGreaterThan(0);
  });
});
