import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { type RunArguments, type RunOutcome, runMedallion, runOptions, systemClock } from "@junoplus/cli";
import { workingContracts } from "@junoplus/cli/contract-files";
import { replayContracts } from "@junoplus/cli/contracts-replay";
import { duckDbTherapySessions } from "./duckdb-therapy-sessions";
import { floor, nodeReader, rangeReader } from "./floor";

/** One measured piece of work, in a process of its own so that its peak memory is its own. */
export type StepName =
  | "floor-sessions"
  | "tight-floor-sessions"
  | "floor-all"
  | "tight-floor-all"
  | "duckdb-sessions"
  | "medallion-sessions"
  | "medallion-all"
  | "replay-all"
  | "medallion-leaving-state"
  | "medallion-since-last";

/** What a step measured: milliseconds of the work without the start of the process, peak resident memory. */
export interface Measurement {
  readonly milliseconds: number;
  /** Of all threads: what a loaded machine does not distort. */
  readonly cpuMilliseconds: number;
  readonly peakBytes: number;
  readonly detail: string;
  /** Of a run that leaves a state to the next one; null of any other step. */
  readonly work: Work | null;
}

/** What a run had to do. */
export interface Work {
  readonly changes: number;
  /** Bytes of the log. */
  readonly read: number;
  /** Bytes that were looked up of what an earlier run left. */
  readonly lookedUp: number;
  /** Users touched; null for all. */
  readonly users: number | null;
  readonly rowsWritten: number;
}

const SESSIONS = "therapy_sessions_data";

async function run(directory: string, scratch: string, given: Partial<RunArguments>): Promise<RunOutcome> {
  const warehouse = `duckdb:${scratch}/medallion.duckdb`;
  const options = runOptions({ source: directory, warehouse, ...given }, "2025-01-01T00:00:00.000000Z");
  const silent = { stage() {}, counters() {}, warn() {}, done() {} };
  const outcome = await runMedallion(options, systemClock(randomUUID), silent);
  if (!outcome.published) throw new Error("the run published nothing");
  return outcome;
}

/** A run into a new file. */
async function medallion(directory: string, scratch: string, given: Partial<RunArguments> = {}): Promise<RunOutcome> {
  rmSync(`${scratch}/medallion.duckdb`, { force: true });
  return run(directory, scratch, given);
}

async function rowsByTable(outcome: Promise<RunOutcome>): Promise<string> {
  return (await outcome).tables.map(({ contract, rows }) => `${contract.table} ${rows}`).join(", ");
}

function work({ reading: { changes, bytes, lookedUp, users }, tables }: RunOutcome): Work {
  return {
    changes,
    read: bytes,
    lookedUp: lookedUp ?? 0,
    users,
    rowsWritten: tables.reduce((sum, { rows }) => sum + rows, 0),
  };
}

/** Goes on from the last run in the scratch directory, over a log that has grown since. */
async function sinceLast(directory: string, scratch: string): Promise<Work> {
  const outcome = await run(directory, scratch, { since: "last" });
  if (outcome.reading.since === null) throw new Error("the run did not go on from the last one");
  return work(outcome);
}

/** A proposal that lowers every bound of ten, over all change logs: each document is read as two contracts say. */
async function replay(directory: string): Promise<string> {
  const before = workingContracts(__dirname);
  const after = new Map(
    [...before].map(([path, text]) => [path, `${text.replaceAll('"maximum": 10,', '"maximum": 9,')} `]),
  );
  const replays = await replayContracts({ before, after, source: directory });
  return replays
    .map(({ contract, documents, newlyFailing }) => `${contract} ${newlyFailing} of ${documents}`)
    .join(", ");
}

const STEPS: Readonly<Record<StepName, (directory: string, scratch: string) => Promise<string | Work>>> = {
  "floor-sessions": async (directory) => JSON.stringify(await floor(directory, SESSIONS, nodeReader)),
  "tight-floor-sessions": async (directory) => JSON.stringify(await floor(directory, SESSIONS, rangeReader)),
  "floor-all": async (directory) => JSON.stringify(await floor(directory, "", nodeReader)),
  "tight-floor-all": async (directory) => JSON.stringify(await floor(directory, "", rangeReader)),
  "duckdb-sessions": async (directory, scratch) =>
    JSON.stringify(await duckDbTherapySessions(directory, `${scratch}/sql.duckdb`)),
  "medallion-sessions": (directory, scratch) =>
    rowsByTable(medallion(directory, scratch, { tables: "silver_therapy_sessions" })),
  "medallion-all": (directory, scratch) => rowsByTable(medallion(directory, scratch)),
  "medallion-leaving-state": async (directory, scratch) => work(await medallion(directory, scratch, { since: "last" })),
  "medallion-since-last": sinceLast,
  "replay-all": replay,
};

function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

async function main(): Promise<void> {
  const [name, directory, scratch] = process.argv.slice(2) as [StepName, string, string];
  const start = performance.now();
  const cpu = process.cpuUsage();
  const told = await STEPS[name](directory, scratch);
  const measurement: Measurement = {
    milliseconds: performance.now() - start,
    cpuMilliseconds: cpuSince(cpu),
    peakBytes: process.resourceUsage().maxRSS * 1024,
    ...(typeof told === "string" ? { detail: told, work: null } : { detail: "", work: told }),
  };
  process.send?.(measurement);
}

void main();
