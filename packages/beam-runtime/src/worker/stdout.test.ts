import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Server, type ServerDuplexStream } from "@grpc/grpc-js";
import "../sdk";
import { InstructionRequest, type InstructionResponse } from "apache-beam/proto/beam_fn_api";
import { beamFnControlDefinition } from "apache-beam/proto/beam_fn_api.grpc-server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listenOnLoopback } from "../listen-on-loopback";

type Control = ServerDuplexStream<InstructionResponse, InstructionRequest>;

let server: Server;
let endpoint: string;
let opened: Promise<Control>;

beforeEach(async () => {
  server = new Server();
  opened = new Promise((resolve) => {
    server.addService(beamFnControlDefinition, { control: resolve, getProcessBundleDescriptor: () => undefined });
  });
  endpoint = await listenOnLoopback(server);
});

afterEach(() => server.forceShutdown());

/** What a worker process has on stdout once it has answered an instruction. */
async function stdoutOf(worker: string, ...args: readonly string[]): Promise<string> {
  const command = [worker, "--id=w", `--control_endpoint=${endpoint}`, ...args];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "ignore"] });
  let stdout = "";
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  const control = await opened;
  control.on("error", () => undefined);
  const answered = new Promise((resolve) => control.on("data", resolve));
  const request: InstructionRequest["request"] = { oneofKind: "harnessMonitoringInfos", harnessMonitoringInfos: {} };
  control.write(InstructionRequest.create({ instructionId: "secret-1", request }));
  await answered;
  child.kill("SIGTERM");
  await ended;
  return stdout;
}

test("the worker writes nothing to stdout", async () => {
  expect(await stdoutOf(join(__dirname, "../../bin/beam-worker.js"))).toBe("");
}, 60_000);

test("the SDK's worker writes every request to stdout", async () => {
  const worker = createRequire(__filename).resolve("apache-beam/worker/worker_main");
  expect(await stdoutOf(worker, "--options={}")).toContain("instructionId: 'secret-1'");
}, 60_000);
