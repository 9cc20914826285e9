import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openDuckDb } from "./duckdb-warehouse";
import { history, things } from "./testing/contracts";
import { others } from "./testing/generations";
import { killPublisher } from "./testing/kill-publisher";
import { ROWS, STEPS } from "./testing/life";
import { temporaryFolder } from "./testing/shards";
import type { Warehouse } from "./warehouse";

const folder = temporaryFolder();
afterAll(folder.remove);

const ROWS_A_SHARD = 20_000;
const script = (name: string): string[] => ["--import", "tsx", join(__dirname, "testing", name)];

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
    await killPublisher({
      url,
      folder: folder.path,
      firstGeneration: generation + 1,
      rowsAShard: ROWS_A_SHARD,
      phase,
      occurrence: 2,
      waitMs: wait,
    });
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
