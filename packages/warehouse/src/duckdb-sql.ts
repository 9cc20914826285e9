import type { Column, ColumnType } from "@junoplus/contracts";

const TYPES: Readonly<Record<ColumnType, string>> = {
  STRING: "VARCHAR",
  INT64: "BIGINT",
  FLOAT64: "DOUBLE",
  BOOL: "BOOLEAN",
  DATE: "DATE",
  // Without zone, so that casts and days are UTC in every session; TIMESTAMPTZ follows the zone of whoever looks.
  TIMESTAMP: "TIMESTAMP",
};
const CONTRACT_TYPES = new Map(Object.entries(TYPES).map(([contract, duckDb]) => [duckDb, contract]));

/** An identifier for SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text for SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Quoted column names, for a SELECT or an INSERT. */
export function columnList(columns: readonly { readonly name: string }[]): string {
  return columns.map(({ name }) => quoted(name)).join(", ");
}

/** DuckDB's type of a column. */
export function duckDbType({ type, mode }: Pick<Column, "type" | "mode">): string {
  return mode === "REPEATED" ? `${TYPES[type]}[]` : TYPES[type];
}

/** DuckDB's type of a column's values, arrays' elements included. */
export function duckDbElementType(type: ColumnType): string {
  return TYPES[type];
}

/** DuckDB's type in the contract's words; types that no contract has keep DuckDB's. */
export function contractTypeOf(duckDb: string): string {
  return duckDb.endsWith("[]")
    ? `ARRAY<${contractTypeOf(duckDb.slice(0, -2))}>`
    : (CONTRACT_TYPES.get(duckDb) ?? duckDb);
}
