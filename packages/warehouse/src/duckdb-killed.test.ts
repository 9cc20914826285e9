import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "vitest";
import { openDuckDb } from "./duckdb-warehouse";
import { history, things } from "./testing/contracts";
import { others, ROWS_A_SHARD } from "./testing/generations";
import { ROWS, STEPS } from "./testing/life";
import { temporaryFolder } from "./testing/shards";
import type { Warehouse } from "./warehouse";

const folder = temporaryFolder();
afterAll(folder.remove);

const script = (name: string): string[] => ["--import", "tsx", join(__dirname, "testing", name)];

/** Runs `publish-loop.ts` and kills it a while after it said a phase for the second time. */
async function publishUntilKilled(url: string, first: number, phase: string, wait: number): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, [...script("publish-loop.ts"), url, folder.path, String(first)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  if (child.stdout === null) throw new Error("no stdout");
  let said = 0;
  for await (const line of createInterface(child.stdout)) {
    if (line === phase) said += 1;
    if (said < 2) continue;
    await new Promise((resolve) => setTimeout(resolve, wait));
    child.kill("SIGKILL");
    break;
  }
  expect(await ended).toEqual([null, "SIGKILL"]);
}

async function generationsIn(warehouse: Warehouse): Promise<readonly object[]> {
  const figures = [things, others, history].map(async (contract) => {
    const sql = `SELECT COUNT(*) AS n, MIN(value) AS first, MAX(value) AS last FROM ${warehouse.tableName(contract)}`;
    return (await warehouse.query(sql))[0] ?? {};
  });
  return Promise.all(figures);
}

test("a run killed at any moment leaves all tables of one generation, the old one or the new one", async () => {
  const url = `duckdb:${join(folder.path, "killed.duckdb")}`;
  let generation = 0;
  for (const [round, phase] of ["staging", "publishing"].flatMap((name) => Array(5).fill(name)).entries()) {
    // Random moments on purpose: each run of the suite tries others.
    const wait = Math.random() * (phase === "staging" ? 250 : 80);
    await publishUntilKilled(url, generation + 1, phase, wait);
    const warehouse = await openDuckDb(url);
    const [one, other, all] = await generationsIn(warehouse);
    const [{ last }] = (await warehouse.query(`SELECT MAX(value) AS last FROM ${warehouse.tableName(things)}`)) as [
      { last: number },
    ];
    const told = `round ${round}, killed ${wait} ms after ${phase}`;
    expect(last, told).toBeGreaterThan(generation);
    expect(one, told).toEqual({ n: 3 * ROWS_A_SHARD, first: last, last });
    expect(other, told).toEqual(one);
    expect(all, told).toEqual({ n: last * ROWS_A_SHARD, first: 1, last });
    for (const run of await warehouse.abandonedRuns()) await warehouse.discard(run);
    expect(await warehouse.abandonedRuns()).toEqual([]);
    await warehouse.close();
    generation = last;
    for (const file of readdirSync(folder.path)) if (file.endsWith(".ndjson")) rmSync(join(folder.path, file));
  }
});

test("whatever was done last before a kill is there afterwards", async () => {
  const file = join(folder.path, "life.duckdb");
  const url = `duckdb:${file}`;
  for (const [at, { name, contract }] of STEPS.entries()) {
    const { signal, stderr } = spawnSync(process.execPath, [...script("die-after.ts"), url, folder.path, String(at)]);
    expect([name, signal, String(stderr)]).toEqual([name, "SIGKILL", ""]);
    // Publishing writes the log into the file at once; after all other steps it must be replayed.
    const log = `${file}.wal`;
    if (!name.startsWith("publishing")) expect(existsSync(log) && statSync(log).size > 0, name).toBe(true);
    const warehouse = await openDuckDb(url);
    expect((await warehouse.describe(contract)).version, name).toBe(contract.version);
    const rows = await warehouse.query(`SELECT COUNT(*) AS n FROM ${warehouse.tableName(contract)}`);
    expect(rows, name).toEqual([{ n: at < 2 ? 0 : ROWS.length }]);
    expect(await warehouse.abandonedRuns(), name).toEqual(name.startsWith("staging") ? ["r1"] : []);
    await warehouse.close();
  }
});
