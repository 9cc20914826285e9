import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBigQuery } from "./bigquery-warehouse";
import { type BigQueryEmulator, startBigQueryEmulator, withoutBigQueryEmulator } from "./testing/bigquery-emulator";
import { history, things } from "./testing/contracts";
import { generationShards, others } from "./testing/generations";
import { killPublisher } from "./testing/kill-publisher";
import { temporaryFolder } from "./testing/shards";
import type { Warehouse } from "./warehouse";

const ROWS_A_SHARD = 500;

describe.skipIf(withoutBigQueryEmulator)("on the emulator (needs Python 3.13)", () => {
  const folder = temporaryFolder();
  let emulator: BigQueryEmulator;
  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
  }, 300_000);
  afterAll(async () => {
    await emulator?.stop();
    folder.remove();
  });

  /** One query, so one snapshot: the publication of a dead process may still be under way. */
  async function generations(warehouse: Warehouse): Promise<readonly object[]> {
    const figures = [things, others, history].map(
      (contract, at) =>
        `SELECT ${at} AS place, COUNT(*) AS n, MIN(value) AS first, MAX(value) AS last FROM ${warehouse.tableName(contract)}`,
    );
    return warehouse.query(`SELECT * FROM (${figures.join(" UNION ALL ")}) AS figures ORDER BY place`);
  }

  function expectOneGeneration(figures: readonly object[], told: string): number {
    const last = Number((figures[0] as { last: number | null }).last ?? 0);
    const whole = last === 0 ? { n: 0, first: null, last: null } : { n: 3 * ROWS_A_SHARD, first: last, last };
    expect(figures, told).toEqual([
      { place: 0, ...whole },
      { place: 1, ...whole },
      last === 0 ? { place: 2, ...whole } : { place: 2, n: last * ROWS_A_SHARD, first: 1, last },
    ]);
    return last;
  }

  test("a run killed at any moment of publishing leaves all tables old or new, and the next one adds nothing twice", {
    timeout: 600_000,
  }, async () => {
    const url = `bigquery:${emulator.project}`;
    const warehouse = await openBigQuery(url, { bigQueryEndpoint: emulator.endpoint });
    await warehouse.ensure([things, others, history]);
    const left = { old: 0, new: 0 };
    const first = generationShards(folder.path, 1, ROWS_A_SHARD);
    for (const contract of [things, others]) await warehouse.stage("first", contract, first);
    await warehouse.stage("first", history, first.slice(0, 1));
    const began = Date.now();
    await warehouse.publish("first", [things, others, history]);
    const duration = Date.now() - began;
    let generation = 1;
    for (let round = 0; round < 10; round++) {
      // Random moments on purpose, spread over a publication: each run of the suite tries others. The last is after one.
      const waitMs = round === 9 ? 0 : (round * duration + Math.random() * duration) / 9;
      await killPublisher({
        url,
        folder: folder.path,
        firstGeneration: generation + 1,
        rowsAShard: ROWS_A_SHARD,
        bigQueryEndpoint: emulator.endpoint,
        phase: round === 9 ? "published" : "publishing",
        occurrence: 1,
        waitMs,
      });
      const told = `round ${round}, killed ${waitMs} ms after it began to publish`;
      expectOneGeneration(await generations(warehouse), told);
      await emulator.jobsAreDone();
      const last = expectOneGeneration(await generations(warehouse), told);
      left[last === generation ? "old" : "new"] += 1;
      for (const run of await warehouse.abandonedRuns()) await warehouse.discard(run);
      expect(await warehouse.abandonedRuns()).toEqual([]);
      generation = last;
      for (const file of readdirSync(folder.path)) rmSync(join(folder.path, file));
    }
    // All old, or all new, would have proven nothing.
    expect(left.old).toBeGreaterThan(0);
    expect(left.new).toBeGreaterThan(0);
    await warehouse.close();
  });
});
