import { statSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { type TableContract, tableContracts } from "@junoplus/contracts";
import { afterAll, expect, test } from "vitest";
import { datasetName } from "./dataset-names";
import { openDuckDb } from "./duckdb-warehouse";
import { IncompatibleTableError } from "./errors";
import { things } from "./testing/contracts";
import { shard, temporaryFolder } from "./testing/shards";
import type { Warehouse } from "./warehouse";

const folder = temporaryFolder();
afterAll(folder.remove);

test("the file does not grow run after run", async () => {
  const file = join(folder.path, "grows.duckdb");
  const warehouse = await openDuckDb(`duckdb:${file}`);
  await warehouse.ensure([things]);
  const sizes: number[] = [];
  for (let run = 0; run < 10; run++) {
    const rows = Array.from({ length: 50_000 }, (_, at) => ({ id: `${Math.random()}-${at}`, value: run }));
    await warehouse.stage(`r${run}`, things, [shard(folder.path, rows)]);
    await warehouse.publish(`r${run}`, [things]);
    sizes.push(statSync(file).size);
  }
  await warehouse.close();
  // Old rows, staged rows and new rows lie side by side while a run publishes; the next run reuses the blocks.
  expect(Math.max(...sizes.slice(3))).toBeLessThanOrEqual(Math.max(...sizes.slice(0, 3)) * 2);
});

test("every contract has its table and all its facts in the catalog; a second ensure touches nothing", async () => {
  const url = `duckdb:${join(folder.path, "contracts.duckdb")}`;
  const warehouse = await openDuckDb(url, { prefix: "p" });
  await warehouse.ensure(tableContracts);
  const before = await catalog(warehouse);
  await warehouse.ensure(tableContracts);
  expect(await catalog(warehouse)).toEqual(before);
  await warehouse.close();

  const again = await openDuckDb(url, { prefix: "p" });
  for (const contract of tableContracts) {
    const { columns, ...facts } = await again.describe(contract);
    expect(facts).toEqual({
      version: contract.version,
      description: contract.description,
      key: contract.key,
      partition: contract.partition ?? null,
      partitionOptions: null,
      cluster: contract.cluster,
      labels: null,
    });
    expect(columns).toEqual(columnsOf(contract));
  }
  expect(before.filter(({ kind }) => kind === "table").map(({ place }) => place)).toEqual(
    tableContracts
      .filter(({ kind }) => kind === "table")
      .map(({ dataset, table }) => `${datasetName("p", dataset)}.${table}`)
      .sort(),
  );
  await again.close();
});

test("a table of another program is left alone", async () => {
  const file = join(folder.path, "foreign.duckdb");
  const foreign = await DuckDBInstance.create(file);
  const connection = await foreign.connect();
  await connection.run("CREATE SCHEMA junoplus_analytics_silver");
  await connection.run("CREATE TABLE junoplus_analytics_silver.silver_things (id VARCHAR NOT NULL, value BIGINT)");
  connection.closeSync();
  foreign.closeSync();
  const warehouse = await openDuckDb(`duckdb:${file}`);
  await expect(warehouse.ensure([things])).rejects.toThrow(/silver_things":\n {2}was not made by this program/);
  await expect(warehouse.describe(things)).rejects.toThrow(IncompatibleTableError);
  await warehouse.close();
});

/** DuckDB numbers its entries: one that is made anew has another number. */
function catalog(warehouse: Warehouse): ReturnType<Warehouse["query"]> {
  return warehouse.query(`
    SELECT schema_name || '.' || table_name AS place, 'table' AS kind, comment, table_oid AS number FROM duckdb_tables()
    UNION ALL
    SELECT schema_name || '.' || view_name, 'view', comment, view_oid FROM duckdb_views() WHERE NOT internal
    ORDER BY place`);
}

function columnsOf(contract: TableContract): readonly object[] {
  return contract.columns.map(({ name, type, mode, description }) => ({
    name,
    type: mode === "REPEATED" ? `ARRAY<${type}>` : type,
    nullable: contract.kind === "view" || mode === "NULLABLE",
    description,
  }));
}
