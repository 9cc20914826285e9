import { closeSync, openSync } from "node:fs";
import { type DuckDBConnection, DuckDBTypeId } from "@duckdb/node-api";
import { literal, quoted } from "./duckdb-sql";

/** Canonical text of an instant: UTC, six decimals. */
const CANONICAL = "%Y-%m-%dT%H:%M:%S.%fZ";

/** Writes a query's rows into a new NDJSON file and gives how many there were: DuckDB does it itself, none of them comes here. */
export async function exportRows(connection: DuckDBConnection, sql: string, path: string): Promise<number> {
  const statement = await connection.prepare(`SELECT * FROM (${sql}) AS exported`);
  const names = Array.from({ length: statement.columnCount }, (_, i) => statement.columnName(i));
  const instants = names.filter((_, i) => statement.columnTypeId(i) === DuckDBTypeId.TIMESTAMP).map(quoted);
  const texts = instants.map((name) => `strftime(${name}, ${literal(CANONICAL)}) AS ${name}`).join(", ");
  const columns = instants.length === 0 ? "*" : `* REPLACE (${texts})`;
  // Health data: the file is made first, for nobody else on this machine, and DuckDB writes into it.
  closeSync(openSync(path, "wx", 0o600));
  const copy = `COPY (SELECT ${columns} FROM (${sql}) AS exported) TO ${literal(path)} (FORMAT json, USE_TMP_FILE false)`;
  return (await connection.run(copy)).rowsChanged;
}
