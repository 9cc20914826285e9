import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runs, silverMedications, type TableContract, tableContracts } from "@junoplus/contracts";
import { openDuckDb, type Row, type Warehouse } from "@junoplus/warehouse";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ledgerRows } from "../ledger";
import { Comparison } from "./comparison";
import { addPublishedRows } from "./published-silver";
import { reconcileProgress } from "./reconcile-progress";
import { reconciledTables } from "./reconciled-table";

const tables = reconciledTables(new Set([silverMedications.table]));
const at = (second: number): string => `2024-01-01T00:00:0${second}.000000Z`;

let directory: string;
let warehouse: Warehouse;
let comparison: Comparison;
let told: string;
const progress = reconcileProgress({
  write: (text) => {
    told += text;
  },
});

beforeEach(async () => {
  told = "";
  directory = mkdtempSync(join(tmpdir(), "published-silver-"));
  warehouse = await openDuckDb("duckdb::memory:");
  comparison = await Comparison.create();
});
afterEach(async () => {
  comparison.close();
  await warehouse.close();
  rmSync(directory, { recursive: true });
});

async function stage(runId: string, contract: TableContract, rows: readonly unknown[]): Promise<void> {
  const shard = join(directory, `${runId}-${contract.table}.ndjson`);
  writeFileSync(shard, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  await warehouse.stage(runId, contract, [shard]);
}

/** A run that published medications, or one that failed. */
async function run(runId: string, second: number, failure: string | null = null): Promise<void> {
  await warehouse.ensure(tableContracts);
  const period = (medication: string, validTo: string | null): Row => ({
    user_id: "u1",
    medication_key: medication,
    medication_name: medication,
    dosage: null,
    frequency: null,
    frequency_unit: null,
    start_date: null,
    notifications_enabled: null,
    valid_from: at(0),
    valid_to: validTo,
    is_active: validTo === null,
    changed_at: validTo ?? at(0),
    processed_at: at(second),
  });
  const identity = { runId, startedAt: at(second), asOf: at(second), source: "changelog/", runner: "direct" };
  const end = { finishedAt: at(second), failure, rows: {}, flows: [] };
  await stage(runId, runs, ledgerRows(identity, [silverMedications], end));
  if (failure === null) await stage(runId, silverMedications, [period("kept", null), period("ended", at(1))]);
  await warehouse.publish(runId, failure === null ? [runs, silverMedications] : [runs]);
}

test("what is, and not what was, is compared, and the last run that published is named", async () => {
  await run("first", 1);
  await run("second", 2);
  await run("third", 3, "a check failed");
  const published = await addPublishedRows(warehouse, tables, comparison, progress);
  expect(published.get("silver_medications")).toMatchObject({
    runId: "second",
    source: "changelog/",
    asOf: at(2),
    startedAt: at(2),
  });
  await comparison.compare();
  expect(await comparison.counts("silver_medications")).toMatchObject({ extra: 1 });
  expect(told).toBe("reading silver_medications\n");
});

test("rows of another version of the contract are told", async () => {
  await run("first", 1);
  const newer = tables.map((table) => ({ ...table, to: { ...table.to, version: "99.0.0" } }));
  await addPublishedRows(warehouse, newer, comparison, progress);
  expect(told).toContain("warning: silver_medications was published by run first under version");
});

test("a table that no run has published is named, with and without a ledger", async () => {
  const words = "duckdb::memory: has no published silver_medications: medallion run makes it";
  await expect(addPublishedRows(warehouse, tables, comparison, progress)).rejects.toThrow(words);
  await run("first", 1, "a check failed");
  await expect(addPublishedRows(warehouse, tables, comparison, progress)).rejects.toThrow(words);
});

test("what a run publishes while silver is read is not mixed with what was read", async () => {
  await run("first", 1);
  const meanwhile = Object.create(warehouse, {
    read: {
      async *value(contract: TableContract) {
        yield* warehouse.read(contract);
        await run("second", 2);
      },
    },
  }) as Warehouse;
  await expect(addPublishedRows(meanwhile, tables, comparison, progress)).rejects.toThrow(
    "a run published while silver was read",
  );
});
