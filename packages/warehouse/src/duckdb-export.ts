import { closeSync, openSync, statSync } from "node:fs";
import { type DuckDBConnection, DuckDBListType, type DuckDBType, DuckDBTypeId } from "@duckdb/node-api";
import { queriedColumns } from "./duckdb-query";
import { literal, quoted } from "./duckdb-sql";
import type { ExportedRows } from "./warehouse";

/** Canonical text of an instant: UTC, six decimals. */
const CANONICAL = "%Y-%m-%dT%H:%M:%S.%fZ";

/** Writes a query's rows into a new NDJSON file: DuckDB does it itself, none of them comes here. */
export async function exportRows(connection: DuckDBConnection, sql: string, path: string): Promise<ExportedRows> {
  const queried = await queriedColumns(connection, `SELECT * FROM (${sql}) AS exported`);
  const texts = queried.flatMap(({ name, type }) => instantTexts(quoted(name), type));
  const columns = texts.length === 0 ? "*" : `* REPLACE (${texts.join(", ")})`;
  // Health data: the file is made first, for nobody else on this machine, and DuckDB writes into it.
  closeSync(openSync(path, "wx", 0o600));
  const copy = `COPY (SELECT ${columns} FROM (${sql}) AS exported) TO ${literal(path)} (FORMAT json, USE_TMP_FILE false)`;
  const { rowsChanged: rows } = await connection.run(copy);
  return { rows, bytes: statSync(path).size };
}

/** A column of instants as one of texts; nothing for any other column, which JSON says as rows do. */
function instantTexts(name: string, type: DuckDBType): readonly string[] {
  const format = literal(CANONICAL);
  if (type.typeId === DuckDBTypeId.TIMESTAMP) return [`strftime(${name}, ${format}) AS ${name}`];
  if (type instanceof DuckDBListType && type.valueType.typeId === DuckDBTypeId.TIMESTAMP) {
    return [`list_transform(${name}, lambda instant: strftime(instant, ${format})) AS ${name}`];
  }
  return [];
}
