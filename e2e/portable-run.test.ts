import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { findPrism } from "@junoplus/beam-runtime/prism-binary";
import { jobHistory, jobIds } from "@junoplus/beam-runtime/testing/job-histories";
import { PythonJobService } from "@junoplus/beam-runtime/testing/python-job-service";
import { portableRunnerNames } from "@junoplus/beam-runtime/testing/runners";
import { writeChangelog } from "@junoplus/bronze-ingest/testing/changelog-generator";
import { rejectedChangePayloads, rejectedChanges, runs } from "@junoplus/contracts";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { MAIN, medallion } from "./testing/cli";
import { derivedTables, rejectedText, rowsOf } from "./testing/published-tables";
import { SAMPLE } from "./testing/sample";
import { tempDirectory } from "./testing/temp-directory";

const AS_OF = "2025-01-01T00:00:00.000000Z";
const directory = tempDirectory();

function warehouseOf(name: string): string {
  return `duckdb:${join(directory, `${name}.duckdb`)}`;
}

function runArguments(warehouse: string, source: string, runner: readonly string[]): readonly string[] {
  return ["run", "--source", source, "--warehouse", warehouse, "--as-of", AS_OF, ...runner];
}

async function runSample(name: string, ...runner: readonly string[]): Promise<void> {
  const { code, stderr } = await medallion(runArguments(warehouseOf(name), SAMPLE, runner));
  expect(code, stderr).toBe(0);
}

/** Processes that a process has started. */
function childrenOf(parent: number | undefined): readonly { pid: number; command: string }[] {
  const { stdout } = spawnSync("ps", ["-o", "pid=,args=", "--ppid", String(parent)], { encoding: "utf8" });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line }));
}

const names = portableRunnerNames();
let python: PythonJobService | undefined;

beforeAll(async () => {
  await runSample("direct", "--runner", "direct");
  if (names.includes("prism")) {
    await findPrism();
    await runSample("prism", "--runner", "prism");
  }
  if (names.includes("python")) {
    python = await PythonJobService.start();
    await runSample("python", "--runner", "portable", "--endpoint", python.endpoint);
  }
}, 900_000);

afterAll(() => python?.stop());

describe.each(names)("the recorded sample on %s", (name) => {
  const warehouse = warehouseOf(name);
  const direct = warehouseOf("direct");

  test("every table has, byte for byte, the rows that the direct runner gives", async () => {
    const tables = await derivedTables(warehouse);
    expect(Object.values(tables).flat().length).toBeGreaterThan(5_000);
    expect(JSON.stringify(tables)).toBe(JSON.stringify(await derivedTables(direct)));
  });

  test("the same changes are rejected", async () => {
    const contracts = [rejectedChanges, rejectedChangePayloads];
    expect(await rejectedText(warehouse, contracts)).toEqual(await rejectedText(direct, contracts));
  });

  test("the ledger counts the same changes, and says what ran it", async () => {
    const { runs: here = [] } = await rowsOf(warehouse, [runs]);
    const { runs: onDirect = [] } = await rowsOf(direct, [runs]);
    expect([...new Set(here.map(({ runner }) => runner))]).toEqual([name === "python" ? "portable" : name]);
    const counts = (rows: typeof here): unknown =>
      rows
        .map(({ changelog, changes_read, duplicates, rejected, superseded, deleted, current_documents }) => {
          return [changelog, changes_read, duplicates, rejected, superseded, deleted, current_documents].join();
        })
        .sort();
    expect(counts(here)).toEqual(counts(onDirect));
  });
});

describe.runIf(names.includes("prism"))("200,000 generated changes on Prism", () => {
  const log = join(directory, "generated");

  async function tablesOf(name: string, ...runner: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const { code, stderr } = await medallion(runArguments(warehouseOf(name), log, runner));
    expect(code, stderr).toBe(0);
    const tables = Object.entries(await derivedTables(warehouseOf(name)));
    return Object.fromEntries(
      tables.map(([table, rows]) => [
        table,
        `${rows.length} rows, ${createHash("sha256").update(JSON.stringify(rows)).digest("hex")}`,
      ]),
    );
  }

  test("every table has, byte for byte, the rows that the direct runner gives", { timeout: 600_000 }, async () => {
    await writeChangelog(log, { changes: 200_000, seed: 11, filesPerCollection: 4 });
    const direct = await tablesOf("generated-direct");
    expect(direct["silver_therapy_sessions"]).toMatch(/^\d{5,} rows/);
    expect(await tablesOf("generated-prism", "--runner", "prism")).toEqual(direct);
    expect(await tablesOf("generated-processes", "--runner", "prism", "--processes", "4")).toEqual(direct);
  });
});

test("where no job service is, the run ends with where, why and what to do, and no stack", async () => {
  const args = runArguments(warehouseOf("nowhere"), SAMPLE, ["--runner", "portable", "--endpoint", "127.0.0.1:1"]);
  const { code, stderr } = await medallion(args);
  expect(code).toBe(1);
  expect(stderr).toMatch(/error: no job service at 127\.0\.0\.1:1 \(.*ECONNREFUSED.*\): start one/);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test.runIf(names.includes("prism"))(
  "a worker that is killed ends the run with why, and nothing is published",
  {
    timeout: 120_000,
  },
  async () => {
    const log = join(directory, "log-killed");
    await writeChangelog(log, { changes: 100_000, seed: 5 });
    const warehouse = warehouseOf("worker-killed");
    const child = spawn(process.execPath, [MAIN, ...runArguments(warehouse, log, ["--runner", "prism"])], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (text: Buffer) => {
      stderr += text.toString();
    });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    const worker = await vi.waitFor(() => {
      // Once a shard is being written the worker is in the middle of its bundles.
      const shards = readdirSync(directory, { recursive: true }).filter((name) => String(name).endsWith(".part"));
      const [pid] = childrenOf(child.pid).filter(({ command }) => command.includes("beam-worker"));
      if (shards.length === 0 || pid === undefined) throw new Error("no worker at work yet");
      return pid.pid;
    }, 60_000);
    const killedAt = Date.now();
    process.kill(worker, "SIGKILL");
    expect(await ended, stderr).toBe(1);
    expect(Date.now() - killedAt).toBeLessThan(30_000);
    expect(stderr).toContain("SIGKILL");
    expect(Object.values(await derivedTables(warehouse)).flat()).toEqual([]);
  },
);

test.runIf(names.includes("python"))("Ctrl-C cancels the job, and leaves nothing of the run's staging", async () => {
  const endpoint = python?.endpoint ?? "";
  const log = join(directory, "log");
  await writeChangelog(log, { changes: 30_000, seed: 3 });
  const path = join(directory, "interrupted.duckdb");
  const before = await jobIds(endpoint);
  const args = runArguments(`duckdb:${path}`, log, ["--runner", "portable", "--endpoint", endpoint]);
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: "ignore" });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const job = await vi.waitFor(async () => {
    const [id] = (await jobIds(endpoint)).slice(before.length);
    if (id === undefined) throw new Error("no job yet");
    return id;
  }, 60_000);
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  expect((await jobHistory(endpoint, job)).slice(-2)).toEqual(["CANCELLING", "CANCELLED"]);
  expect(existsSync(`${path}.staging`)).toBe(false);
});
