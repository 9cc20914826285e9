import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Column, type TableContract, tableContracts } from "@junoplus/contracts";
import { openDuckDb, type Row, type Value, type Warehouse } from "@junoplus/warehouse";

const RUN = "test";

/** An empty warehouse in memory, with every table. */
export async function emptyWarehouse(): Promise<Warehouse> {
  const warehouse = await openDuckDb("duckdb::memory:", { threads: 1 });
  await warehouse.ensure(tableContracts);
  return warehouse;
}

/** A row that keeps its contract: required columns filled, the others NULL, then the columns that the test is about. */
export function row(contract: TableContract, columns: Row): Row {
  const names = new Set(contract.columns.map(({ name }) => name));
  const stray = Object.keys(columns).find((name) => !names.has(name));
  if (stray !== undefined) throw new Error(`${contract.table} has no column ${stray}`);
  return { ...Object.fromEntries(contract.columns.map((column) => [column.name, plainValue(column)])), ...columns };
}

/** Stages rows, valid or not, and gives the staging table's qualified name. */
export async function staged(warehouse: Warehouse, contract: TableContract, rows: readonly Row[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "junoplus-quality-"));
  try {
    const shard = join(folder, "shard.ndjson");
    writeFileSync(shard, rows.map((columns) => `${JSON.stringify(row(contract, columns))}\n`).join(""));
    await warehouse.stage(RUN, contract, [shard]);
    return warehouse.stagingName(contract, RUN);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Publishes rows of one table. */
export async function published(warehouse: Warehouse, contract: TableContract, rows: readonly Row[]): Promise<void> {
  await staged(warehouse, contract, rows);
  await warehouse.publish(RUN, [contract]);
}

function plainValue({ type, mode, allowed, minimum }: Column): Value {
  if (mode === "REPEATED") return [];
  if (mode === "NULLABLE") return null;
  if (type === "STRING") return allowed?.[0] ?? "x";
  if (type === "BOOL") return false;
  if (type === "DATE") return "2024-06-01";
  if (type === "TIMESTAMP") return "2024-06-01T00:00:00.000000Z";
  return minimum ?? 0;
}
