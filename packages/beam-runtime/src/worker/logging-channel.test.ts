import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server, type ServerDuplexStream } from "@grpc/grpc-js";
import "../sdk";
import { type LogEntry, type LogEntry_List, LogEntry_Severity_Enum as Severity } from "apache-beam/proto/beam_fn_api";
import { beamFnControlDefinition, beamFnLoggingDefinition } from "apache-beam/proto/beam_fn_api.grpc-server";
import { loggingLocalStorage } from "apache-beam/worker/logging";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listenOnLoopback } from "../listen-on-loopback";
import { LoggingChannel } from "./logging-channel";
import { workerConsole } from "./worker-console";

type Stream = ServerDuplexStream<LogEntry_List, never>;

let server: Server;
let endpoint: string;
let opened: Promise<Stream>;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "logging-"));
  server = new Server();
  opened = new Promise((resolve) => {
    server.addService(beamFnLoggingDefinition, { logging: resolve });
  });
  server.addService(beamFnControlDefinition, { control: () => undefined, getProcessBundleDescriptor: () => undefined });
  endpoint = await listenOnLoopback(server);
});

afterEach(() => {
  server.forceShutdown();
  rmSync(folder, { recursive: true });
});

/** Everything that comes until the worker closes the stream, which is answered in kind. */
async function received(): Promise<readonly LogEntry[]> {
  const stream = await opened;
  const entries: LogEntry[] = [];
  stream.on("data", ({ logEntries }: LogEntry_List) => entries.push(...logEntries));
  await new Promise((resolve) => stream.on("end", resolve));
  stream.end();
  return entries;
}

function messages(entries: readonly LogEntry[]): readonly string[] {
  return entries.map(({ message }) => message);
}

function channelTo(lines: string[]): LoggingChannel {
  return new LoggingChannel((line) => lines.push(line));
}

test("an entry says what, how bad, when, of which worker and thread, in which step of which bundle", async () => {
  const lines: string[] = [];
  const channel = channelTo(lines);
  const before = Date.now();
  loggingLocalStorage.run({ instructionId: "bundle-1", transformId: "parse" }, () =>
    workerConsole(channel).warn("%d lines have no end", 3),
  );
  channel.open(endpoint, "w");
  const closed = channel.close();
  const [entry] = await received();
  await closed;
  expect(entry).toMatchObject({
    severity: Severity.WARN,
    message: "3 lines have no end",
    instructionId: "bundle-1",
    transformId: "parse",
    thread: "main",
  });
  expect(Number(entry?.timestamp?.seconds)).toBeGreaterThanOrEqual(Math.floor(before / 1000));
  expect((await opened).metadata.get("worker_id")).toEqual(["w"]);
  expect(lines).toEqual([]);
});

test("the console's method gives the severity", async () => {
  const channel = channelTo([]);
  const written = workerConsole(channel);
  written.trace("t");
  written.debug("d");
  written.log("l");
  written.info("i");
  written.warn("w");
  written.error("e");
  written.assert(false, "a");
  written.table([]);
  channel.open(endpoint, "w");
  const closed = channel.close();
  const severities = (await received()).map(({ severity }) => Severity[severity]);
  await closed;
  expect(severities).toEqual(["TRACE", "DEBUG", "INFO", "INFO", "WARN", "ERROR", "WARN", "INFO"]);
});

test("an entry is sent before the turn ends in which it was made", async () => {
  const channel = channelTo([]);
  channel.open(endpoint, "w");
  const stream = await opened;
  const first = new Promise<LogEntry_List>((resolve) => stream.on("data", resolve));
  channel.log(Severity.INFO, "one");
  channel.log(Severity.INFO, "two");
  expect(messages((await first).logEntries)).toEqual(["one", "two"]);
  const closed = channel.close();
  stream.end();
  await closed;
});

test("a runner that takes nothing makes entries drop, and is told how many", async () => {
  const lines: string[] = [];
  const channel = channelTo(lines);
  channel.open(endpoint, "w");
  await opened;
  const ballast = "x".repeat(1_000);
  const logged = 50_000;
  for (let entry = 0; entry < logged; entry++) channel.log(Severity.INFO, `${entry} ${ballast}`);
  const closed = channel.close();
  const said = messages(await received());
  await closed;
  const dropped = Number(/^(\d+) log entries were dropped/.exec(said.at(-1) ?? "")?.[1]);
  expect(dropped).toBeGreaterThan(logged / 2);
  expect(said.length - 1 + dropped).toBe(logged);
  expect(said.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, entry) => `${entry} ${ballast}`));
  expect(lines).toEqual([]);
});

test("without a runner, or once it is gone, entries are written to stderr", async () => {
  const lines: string[] = [];
  const gone = channelTo(lines);
  gone.open(endpoint, "w");
  const stream = await opened;
  const ended = new Promise((resolve) => stream.on("cancelled", resolve));
  server.forceShutdown();
  await ended;
  gone.log(Severity.INFO, "after");
  await gone.close();
  expect(lines.at(-1)).toBe("after\n");

  const none: string[] = [];
  const channel = channelTo(none);
  channel.log(Severity.INFO, "early");
  channel.useStderr();
  channel.log(Severity.INFO, "late");
  await channel.close();
  expect(none).toEqual(["early\n", "late\n"]);
});

test("what waits for a runner that is not there comes to stderr, with the reason", async () => {
  server.forceShutdown();
  const lines: string[] = [];
  const channel = channelTo(lines);
  channel.open(endpoint, "w");
  channel.log(Severity.INFO, "lost otherwise");
  await channel.close();
  expect(lines).toEqual([expect.stringMatching(/^logs go to stderr: the runner /), "lost otherwise\n"]);
});

/** A worker process that loads one module; gives its exit code and what it wrote. */
async function workerLoading(module: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const worker = join(__dirname, "../../bin/beam-worker.js");
  const endpoints = [`--control_endpoint=${endpoint}`, `--logging_endpoint=${endpoint}`];
  const child = spawn(process.execPath, [worker, "--id=w", ...endpoints, "--require", module]);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, stdout, stderr };
}

const faults = {
  "a module that is not there": { text: "", fault: /Cannot find module/ },
  "an exception outside of any bundle": {
    text: 'console.log("loaded"); setTimeout(() => { throw new RangeError("too late"); }, 50);',
    fault: /^too late$/,
  },
  "a rejection that nobody handles": {
    text: 'console.log("loaded"); setTimeout(() => Promise.reject(new RangeError("refused")), 50);',
    fault: /^refused$/,
  },
};

test.each(Object.entries(faults))(
  "%s is the worker's last entry, and nothing is on stdout or stderr",
  async (_, { text, fault }) => {
    const module = join(folder, "steps.js");
    if (text !== "") writeFileSync(module, text);
    const entries = received();
    expect(await workerLoading(module)).toEqual({ code: 1, stdout: "", stderr: "" });
    const all = await entries;
    expect(all.at(-1)?.severity).toBe(Severity.CRITICAL);
    expect(all.at(-1)?.message).toMatch(fault);
    expect(all.at(-1)?.trace).toContain("Error");
    if (text !== "") expect(messages(all)).toContain("loaded");
  },
  60_000,
);
