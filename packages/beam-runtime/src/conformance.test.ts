import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createFrom } from "./create";
import { groupBy } from "./keyed";
import { JobFailedError, type JobOptions } from "./portable-runner";
import { counter, type Runner } from "./sdk";
import {
  below,
  conformanceCases,
  eightBranches,
  everyTransform,
  mostAtOnce,
  timedBranch,
} from "./testing/conformance-cases";
import { endlessly, type Timed } from "./testing/conformance-steps";
import { collect } from "./testing/run-and-collect";
import { portableRunnerNames, type Runners, startRunners } from "./testing/runners";
import { comparableRun, runsAlike } from "./testing/runs-alike";
import * as steps from "./testing/sample-steps";

/** Runs of one pipeline one after the other, on each portable runner. */
const REPEATS = 20;

let runners: Runners;
let stop = (): void => undefined;

beforeAll(async () => {
  ({ runners, stop } = await startRunners());
}, 900_000);

afterAll(() => stop());

function runnerOf(name: string, options?: JobOptions): Runner {
  const make = runners[name];
  if (make === undefined) throw new Error(`${name} was not started`);
  return make(options);
}

describe("the same results and counts on every runner, and by a computation without Beam", () => {
  test.each(Object.entries(conformanceCases))("%s", async (_name, { build, expected }) => {
    expect(await runsAlike(build, { runners })).toEqual(expected);
  });
});

const names = portableRunnerNames();

test.runIf(names.includes("prism"))("Prism has several bundles of one job at work at once", async () => {
  const { outputs } = await collect((root) => ({ branches: eightBranches(root) }), runnerOf("prism"));
  expect(mostAtOnce(outputs["branches"] as Timed[])).toBeGreaterThan(2);
});

test.runIf(names.includes("python"))("Python's job service has bundles of several jobs at work at once", async () => {
  const job = async (branch: number): Promise<readonly unknown[]> => {
    const { outputs } = await collect((root) => {
      const numbers = root.apply(createFrom([1_000])).flatMap(steps.numbersBelow);
      return { branch: timedBranch(numbers, branch) };
    }, runnerOf("python"));
    return outputs["branch"] ?? [];
  };
  const elements = (await Promise.all(below(4).map(job))).flat();
  expect(elements).toHaveLength(4_000);
  expect(mostAtOnce(elements as Timed[])).toBeGreaterThan(1);
});

describe.each(names)("on %s, with four worker processes", (name) => {
  test("every kind of step gives the same", async () => {
    const runner = runnerOf(name, { processes: 4 });
    expect(await comparableRun(everyTransform.build, runner)).toEqual(everyTransform.expected);
  });

  test("30 MB in one bundle give the same", async () => {
    const { build, expected } = conformanceCases["30 MB in one bundle"] ?? everyTransform;
    expect(await comparableRun(build, runnerOf(name, { processes: 4 }))).toEqual(expected);
  });

  test("a process that is killed ends the run, which says so", { timeout: 30_000 }, async () => {
    const words = [...below(50).map(String), "kill"];
    const killed = collect(
      (root) => ({ none: root.apply(createFrom(words)).map(steps.killedAtWord) }),
      runnerOf(name, { processes: 4 }),
    );
    await expect(killed).rejects.toThrow(JobFailedError);
    await expect(killed).rejects.toThrow(/worker process \d+ was killed by SIGKILL in the middle of/);
  });
});

test.runIf(names.includes("prism"))(
  "Prism gives parts of one bundle to several worker processes, and counts all",
  async () => {
    const { outputs, counters } = await collect(
      (root) => {
        const numbers = root
          .apply(createFrom([2_500]))
          .flatMap(steps.numbersBelow)
          .apply(groupBy(steps.identity<string>));
        const slow = numbers.map(steps.keyOf).map(steps.slowly, { done: counter("done") });
        return { digests: slow.map(steps.digested, { rounds: 2_000 }) };
      },
      runnerOf("prism", { processes: 4 }),
    );
    const digests = outputs["digests"] as { text: string; process: number }[];
    expect(digests.map(({ text }) => Number(text)).sort((a, b) => a - b)).toEqual(below(2_500));
    expect(new Set(digests.map(({ process }) => process)).size).toBeGreaterThan(2);
    expect(counters["done"]).toBe(2_500);
  },
);

describe.each(names)("on %s", (name) => {
  test(`${REPEATS} runs in a row give the same`, { timeout: 900_000 }, async () => {
    for (let run = 0; run < REPEATS; run++) {
      expect(await comparableRun(everyTransform.build, runnerOf(name))).toEqual(everyTransform.expected);
    }
  });

  test("several jobs at once do not disturb each other", async () => {
    const runs = await Promise.all([1, 2, 3].map(() => comparableRun(everyTransform.build, runnerOf(name))));
    for (const run of runs) expect(run).toEqual(everyTransform.expected);
  });

  test("a step that fails ends the run with its message", async () => {
    const failing = collect((root) => ({ none: root.apply(createFrom(["w"])).map(steps.failing) }), runnerOf(name));
    await expect(failing).rejects.toThrow(JobFailedError);
    await expect(failing).rejects.toThrow("this step fails");
  });

  test("a worker that is killed in the middle of a bundle ends the run, which says so", {
    timeout: 30_000,
  }, async () => {
    const killed = collect((root) => {
      const words = root.apply(createFrom([...below(50).map(String), "kill", ...below(50).map(String)]));
      return {
        none: words
          .apply(groupBy(steps.identity<string>))
          .map(steps.keyOf)
          .map(steps.killedAtWord),
      };
    }, runnerOf(name));
    await expect(killed).rejects.toThrow(JobFailedError);
    await expect(killed).rejects.toThrow("SIGKILL");
  });

  test("an aborted run ends in the middle of an element, and so does its worker", async () => {
    const abort = new AbortController();
    let worker = 0;
    const onMessage = (message: string): void => {
      const [, pid] = /endless in process (\d+)/.exec(message) ?? [];
      if (pid === undefined) return;
      worker = Number(pid);
      abort.abort(new Error("enough"));
    };
    const runner = runnerOf(name, { signal: abort.signal, onMessage });
    const endless = collect((root) => ({ none: root.apply(createFrom(["w"])).map(endlessly) }), runner);
    await expect(endless).rejects.toThrow("enough");
    expect(worker).toBeGreaterThan(0);
    await vi.waitFor(() => expect(() => process.kill(worker, 0)).toThrow("ESRCH"), 10_000);
  });
});
