import type { DuckDBConnection } from "@duckdb/node-api";
import type { TableContract } from "@junoplus/contracts";
import { tablesIn } from "./duckdb-catalog";
import { commentOnTable, createStagingTable } from "./duckdb-ddl";
import { loadShards } from "./duckdb-load";
import { columnList, quoted } from "./duckdb-sql";

/** A staging table and the run that made it. */
export interface StagedTable {
  readonly name: string;
  readonly runId: string;
}

/** Makes a staging table from shard files and gives its rows; to be run in a transaction. */
export async function stageTable(
  connection: DuckDBConnection,
  staging: string,
  runId: string,
  contract: TableContract,
  shards: readonly string[],
): Promise<number> {
  await connection.run(`DROP TABLE IF EXISTS ${staging}`);
  await connection.run(createStagingTable(staging, contract.columns));
  // The comment tells whose it is: the name has the run id only in part.
  await connection.run(commentOnTable(staging, "table", runId));
  if (shards.length === 0) return 0;
  return (await connection.run(loadShards(staging, contract, shards))).rowsChanged;
}

/** The staging tables of all runs. */
export async function stagedTables(connection: DuckDBConnection, schema: string): Promise<readonly StagedTable[]> {
  const tables = await tablesIn(connection, schema);
  return tables.flatMap(({ name, comment }) => (comment === null ? [] : [{ name, runId: comment }]));
}

/** Where a staged table lies and goes; `replaced` says which rows of the table it replaces, null the whole table's way. */
export interface Publication {
  readonly table: string;
  readonly staging: string;
  readonly replaced: { readonly columns: readonly string[]; readonly values: string } | null;
}

/** Puts staged rows into their table and drops the staging table; to be run in a transaction. */
export async function publishTable(
  connection: DuckDBConnection,
  { table, staging, replaced }: Publication,
  contract: TableContract,
): Promise<void> {
  const columns = columnList(contract.columns);
  // Rows are replaced, not the table: its comments, constraints and readers' views stay, and the log stays short.
  if (replaced !== null) {
    const names = replaced.columns.map(quoted).join(", ");
    await connection.run(`DELETE FROM ${table} WHERE (${names}) IN (SELECT (${names}) FROM ${replaced.values})`);
  } else if (contract.write === "replace") await connection.run(`DELETE FROM ${table}`);
  // The staging table's order is kept (preserve_insertion_order).
  await connection.run(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM ${staging}`);
  await connection.run(`DROP TABLE ${staging}`);
}
