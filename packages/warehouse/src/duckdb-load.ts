import { resolve } from "node:path";
import type { Column, TableContract } from "@junoplus/contracts";
import { writeOrder } from "./duckdb-order";
import { columnList, duckDbElementType, literal, quoted } from "./duckdb-sql";

/** The longest line that is loaded: a Firestore document has 1 MiB, its JSON within JSON a few times that. */
const MAXIMUM_LINE_BYTES = 32 * 1024 * 1024;

/** INSERT of shard files into a staging table, sorted. */
export function loadShards(staging: string, contract: TableContract, shards: readonly string[]): string {
  const { columns } = contract;
  const types = columns.map((column) => `${quoted(column.name)}: ${literal(readType(column))}`);
  return (
    `INSERT INTO ${staging} (${columnList(columns)}) SELECT * FROM (` +
    `SELECT ${columns.map((column) => `${loaded(column)} AS ${quoted(column.name)}`).join(", ")} ` +
    `FROM read_json([${shards.map((shard) => literal(pathPattern(shard))).join(", ")}], ` +
    `columns = {${types.join(", ")}}, format = 'newline_delimited', maximum_object_size = ${MAXIMUM_LINE_BYTES})) ` +
    writeOrder(contract)
  );
}

/** Integers are read as doubles: read as BIGINT, DuckDB would round 5.5 to 6 and say nothing. */
function readType({ type, mode }: Column): string {
  const read = type === "INT64" ? "DOUBLE" : duckDbElementType(type);
  return mode === "REPEATED" ? `${read}[]` : read;
}

function loaded({ name, type, mode }: Column): string {
  const column = quoted(name);
  if (mode === "REPEATED") {
    return refuse(column, `len(${column}) = len(list_filter(${column}, lambda x: x IS NOT NULL))`, column);
  }
  if (type === "INT64") {
    const safe = `${column} = trunc(${column}) AND abs(${column}) <= ${Number.MAX_SAFE_INTEGER}`;
    return refuse(column, safe, `CAST(${column} AS BIGINT)`);
  }
  return type === "FLOAT64" ? refuse(column, `isfinite(${column})`, column) : column;
}

function refuse(column: string, holds: string, value: string): string {
  return `CASE WHEN ${holds} THEN ${value} WHEN ${column} IS NOT NULL THEN error('no value of its type') END`;
}

/** A path that read_json takes as it is: absolute, since it would expand `~`, and with its glob characters escaped. */
function pathPattern(path: string): string {
  return resolve(path).replace(/[*?[]/g, "[$&]");
}
