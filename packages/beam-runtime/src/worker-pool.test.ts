import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { credentials, Server, type ServerDuplexStream } from "@grpc/grpc-js";
import "./sdk";
import type { InstructionRequest, InstructionResponse } from "apache-beam/proto/beam_fn_api";
import { BeamFnExternalWorkerPoolClient } from "apache-beam/proto/beam_fn_api.grpc-client";
import { beamFnControlDefinition } from "apache-beam/proto/beam_fn_api.grpc-server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listenOnLoopback } from "./listen-on-loopback";
import { WorkerPool } from "./worker-pool";

const MODULE = "@junoplus/beam-runtime/testing/sample-steps";
const COMMAND = join(__dirname, "../bin/beam-worker-pool.js");

type Control = ServerDuplexStream<InstructionResponse, InstructionRequest>;

/** A runner's side of the control channel: workers by their ids. */
let runner: Server;
let controlEndpoint: string;
const workers = new Map<string, Control>();

beforeEach(async () => {
  workers.clear();
  runner = new Server();
  runner.addService(beamFnControlDefinition, {
    control: (stream: Control) => {
      const id = String(stream.metadata.get("worker_id")[0]);
      workers.set(id, stream);
      const gone = (): void => void workers.delete(id);
      stream.on("error", gone).on("cancelled", gone).on("end", gone);
    },
    getProcessBundleDescriptor: () => undefined,
  });
  controlEndpoint = await listenOnLoopback(runner);
});

afterEach(() => runner.forceShutdown());

/** Asks a pool for a worker, or to stop one; gives the error that it answers with. */
function ask(address: string, what: "startWorker" | "stopWorker", workerId: string): Promise<string> {
  const client = new BeamFnExternalWorkerPoolClient(address, credentials.createInsecure());
  const endpoint = { url: controlEndpoint } as never;
  return new Promise<string>((resolve, reject) => {
    const done = (error: Error | null, answer?: { error: string }): void => {
      if (error) reject(error);
      else resolve(answer?.error ?? "");
    };
    if (what === "startWorker") client.startWorker({ workerId, controlEndpoint: endpoint, params: {} }, done);
    else client.stopWorker({ workerId }, done);
  }).finally(() => client.close());
}

function untilConnected(ids: readonly string[]): Promise<void> {
  return vi.waitFor(() => expect([...workers.keys()].sort()).toEqual(ids), { timeout: 60_000, interval: 50 });
}

test("each worker that a runner asks for is a process that comes to it, and goes when the runner says so", async () => {
  const lost: string[] = [];
  const pool = await WorkerPool.start({ modules: [MODULE], onLostWorker: (message) => lost.push(message) });
  expect(await ask(pool.address, "startWorker", "w1")).toBe("");
  expect(await ask(pool.address, "startWorker", "w2")).toBe("");
  await untilConnected(["w1", "w2"]);
  expect(await ask(pool.address, "stopWorker", "w1")).toBe("");
  await untilConnected(["w2"]);
  pool.stop();
  await untilConnected([]);
  expect(lost).toEqual([]);
});

test("a second worker of the same id is refused; to stop one that is not there is nothing", async () => {
  const pool = await WorkerPool.start({ modules: [MODULE] });
  await ask(pool.address, "startWorker", "w");
  expect(await ask(pool.address, "startWorker", "w")).toBe("worker w is already running here");
  expect(await ask(pool.address, "stopWorker", "other")).toBe("");
  pool.stop();
});

test("a worker that ends by itself is told of, with its last words", async () => {
  const lost = new Promise<string>((resolve) => {
    void WorkerPool.start({ modules: ["@junoplus/no-such-module"], onLostWorker: resolve }).then(async (pool) => {
      await ask(pool.address, "startWorker", "w");
      await lost;
      pool.stop();
    });
  });
  expect(await lost).toMatch(
    /^worker w ended with code 1; its last words:[\s\S]*Cannot find module '@junoplus\/no-such-module'/,
  );
});

test("a worker that was killed is told of, though its runner stops it before its end is seen", async () => {
  const lost: string[] = [];
  const pool = await WorkerPool.start({ modules: [MODULE], onLostWorker: (message) => lost.push(message) });
  await ask(pool.address, "startWorker", "w");
  await untilConnected(["w"]);
  // In one turn, so that the end cannot be seen in between.
  process.kill(childOf(process.pid), "SIGKILL");
  expect(pool["stopWorker"]("w")).toBe("");
  await vi.waitFor(() => expect(lost).toEqual([expect.stringMatching(/^worker w ended with SIGKILL/)]), {
    timeout: 60_000,
  });
  pool.stop();
});

/** The worker process that this process has started last. */
function childOf(parent: number): number {
  const { stdout } = spawnSync("pgrep", ["--newest", "--parent", String(parent), "--full", "beam-worker.js"], {
    encoding: "utf8",
  });
  return Number(stdout);
}

test("a worker ends well when its runner closes the channel: nobody is told", async () => {
  const lost: string[] = [];
  const pool = await WorkerPool.start({ modules: [MODULE], onLostWorker: (message) => lost.push(message) });
  await ask(pool.address, "startWorker", "w");
  await untilConnected(["w"]);
  workers.get("w")?.end();
  await untilConnected([]);
  // The same id can be had again: the pool has seen the end of the first.
  await vi.waitFor(async () => expect(await ask(pool.address, "startWorker", "w")).toBe(""), { timeout: 60_000 });
  pool.stop();
  expect(lost).toEqual([]);
});

test("beam-worker-pool says its address, and its workers end with it", async () => {
  const pool = spawn(process.execPath, [COMMAND, "--require", MODULE], { stdio: ["ignore", "pipe", "inherit"] });
  const [address] = (await once(pool.stdout, "data")) as [Buffer];
  await ask(address.toString().trim(), "startWorker", "w");
  await untilConnected(["w"]);
  pool.kill("SIGTERM");
  expect(await once(pool, "exit")).toEqual([0, null]);
  await untilConnected([]);
});

test("every fault of its arguments is told at once, with exit code 2 and no stack", () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [COMMAND, "--port", "x", "--require", "no-such-module", "--pots", "1"],
    { encoding: "utf8" },
  );
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("--port x: write a number from 0");
  expect(stderr).toContain("--require no-such-module: there is no such module");
  expect(stderr).toContain("--pots: is no option");
  expect(stderr).not.toMatch(/\n\s+at /);
});
