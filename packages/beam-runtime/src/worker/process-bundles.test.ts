import { join } from "node:path";
import { RemoteGrpcPort } from "apache-beam/proto/beam_fn_api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { digested, killedAtWord } from "../testing/sample-steps";
import { StepRunner } from "../testing/step-runner";
import { metricInfo } from "./bundle-metrics";
import { ProcessBundles } from "./process-bundles";

const WORKER = join(__dirname, "../../bin/beam-worker.js");
const MODULE = "@junoplus/beam-runtime/testing/sample-steps";
const SECONDS = 60_000;

function inProcesses(processes: number, ...args: readonly string[]): ProcessBundles {
  return new ProcessBundles({
    workerId: "w",
    processes,
    command: [process.execPath, WORKER, "--id=w", `--require=${MODULE}`, ...args],
  });
}

let runner: StepRunner;
let bundles: ProcessBundles;

afterEach(async () => {
  await bundles.close();
  runner.close();
});

describe("a step that takes time", () => {
  beforeEach(async () => {
    runner = await StepRunner.of((input) => input.map(digested as (text: unknown) => unknown, { rounds: 20_000 }));
  });

  test("bundles at once are processed in several processes, and all of each in one", { timeout: SECONDS }, async () => {
    bundles = inProcesses(2);
    const ids = ["a", "b", "c"];
    const ended = ids.map((id) => bundles.process(id, runner.descriptor));
    for (const id of ids) await runner.send(id, [`${id}1`, `${id}2`, `${id}3`], 2);
    await Promise.all(ended);
    const outputs = await Promise.all(
      ids.map((id) => runner.output(id) as Promise<{ text: string; process: number }[]>),
    );
    expect(outputs.map((output) => output.map(({ text }) => text))).toEqual(
      ids.map((id) => [`${id}1`, `${id}2`, `${id}3`]),
    );
    const processes = outputs.map((output) => [...new Set(output.map(({ process }) => process))]);
    expect(processes.map((own) => own.length)).toEqual([1, 1, 1]);
    expect(new Set(processes.flat()).size).toBe(2);
  });

  test("elements that come before the bundle are kept for it", { timeout: SECONDS }, async () => {
    bundles = inProcesses(1);
    const first = bundles.process("a", runner.descriptor);
    await runner.send("b", ["b1"]);
    await runner.send("a", []);
    await first;
    await bundles.process("b", runner.descriptor);
    await expect(runner.output("b")).resolves.toMatchObject([{ text: "b1" }]);
  });

  test("how far a bundle is, is told only while no process is idle", { timeout: SECONDS }, async () => {
    bundles = inProcesses(2);
    const many = Array.from({ length: 50 }, (_, index) => String(index));
    const alone = await told("a", bundles.process("a", runner.descriptor), many);
    const a = bundles.process("a2", runner.descriptor);
    const together = await told("b", bundles.process("b", runner.descriptor), many);
    expect(alone).toEqual([]);
    expect(together).toContain("beam:metric:data_channel:read_index:v1");
    expect(together).toContain("beam:metric:element_count:v1");
    await runner.send("a2", []);
    await a;
  });

  /** All that is told of a bundle's progress until it has ended. */
  async function told(
    bundleId: string,
    ended: Promise<unknown>,
    elements: readonly string[],
  ): Promise<readonly string[]> {
    await runner.send(bundleId, elements);
    const urns: string[] = [];
    let isOver = false;
    const over = ended.then(() => {
      isOver = true;
    });
    while (!isOver) {
      const progress = await bundles.progress(bundleId);
      urns.push(...Object.keys(progress).map((id) => metricInfo(id).urn));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await over;
    return urns;
  }

  test("a runner with two endpoints for elements is refused", async () => {
    bundles = inProcesses(2);
    const elsewhere = RemoteGrpcPort.create({
      coderId: "windowed",
      apiServiceDescriptor: { url: "127.0.0.1:1" },
    } as Partial<RemoteGrpcPort>);
    const transforms = structuredClone(runner.descriptor.transforms);
    const sink = transforms["sink"]?.spec;
    if (sink !== undefined) sink.payload = RemoteGrpcPort.toBinary(elsewhere);
    await expect(bundles.process("a", { ...runner.descriptor, transforms })).rejects.toThrow("without --processes");
  });
});

describe("a step that ends its process", () => {
  beforeEach(async () => {
    runner = await StepRunner.of((input) => input.map(killedAtWord as (word: unknown) => unknown));
  });

  test("fails its bundle, which names process and signal; others go on in others", { timeout: SECONDS }, async () => {
    bundles = inProcesses(2);
    const killed = bundles.process("killed", runner.descriptor);
    const other = bundles.process("other", runner.descriptor);
    await runner.send("killed", ["a", "kill", "b"]);
    await expect(killed).rejects.toThrow(/worker process \d+ was killed by SIGKILL in the middle of killed/);
    await runner.send("other", ["a"]);
    await other;
    await expect(runner.output("other")).resolves.toEqual(["a"]);
    const afterwards = bundles.process("afterwards", runner.descriptor);
    await runner.send("afterwards", ["b"]);
    await afterwards;
    await expect(runner.output("afterwards")).resolves.toEqual(["b"]);
  });

  test("a process that cannot load a module says why", { timeout: SECONDS }, async () => {
    bundles = inProcesses(2, "--require=no-such-module");
    await expect(bundles.process("a", runner.descriptor)).rejects.toThrow(
      /worker process \d+ ended with 1 in the middle of a:.*no-such-module/s,
    );
  });
});
