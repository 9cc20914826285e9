import type { Column, TableContract } from "@junoplus/contracts";
import { columnList, duckDbType, literal, quoted } from "./duckdb-sql";

/** CREATE TABLE with the contract's columns; NULL is refused where the contract does. */
export function createTable(name: string, columns: readonly Column[], create = "CREATE TABLE"): string {
  const definitions = columns.map(
    (column) => `${quoted(column.name)} ${duckDbType(column)}${column.mode === "NULLABLE" ? "" : " NOT NULL"}`,
  );
  return `${create} ${name} (${definitions.join(", ")})`;
}

/** CREATE TABLE of a staging table: every column takes NULL, so that the audit reports it and not the load. */
export function createStagingTable(name: string, columns: readonly Column[]): string {
  return `CREATE TABLE ${name} (${columns.map((column) => `${quoted(column.name)} ${duckDbType(column)}`).join(", ")})`;
}

/** COMMENT ON a table or view. */
export function commentOnTable(name: string, kind: TableContract["kind"], text: string): string {
  return `COMMENT ON ${kind === "table" ? "TABLE" : "VIEW"} ${name} IS ${literal(text)}`;
}

/** COMMENT ON a column of a table or view. */
export function commentOnColumn(name: string, column: Column): string {
  return `COMMENT ON COLUMN ${name}.${quoted(column.name)} IS ${literal(column.description)}`;
}

/** The statements that give a table other columns and keep its rows; added arrays are empty. */
export function rebuildTable(name: string, kept: readonly Column[], added: readonly Column[]): readonly string[] {
  const empty = added.filter(({ mode }) => mode === "REPEATED");
  const values = [columnList(kept), ...empty.map(() => "[]")].join(", ");
  return [
    // ALTER … ADD COLUMN cannot be followed by SET NOT NULL in one transaction, so the rows step aside.
    `CREATE OR REPLACE TEMP TABLE rebuilt AS SELECT * FROM ${name}`,
    createTable(name, [...kept, ...added], "CREATE OR REPLACE TABLE"),
    `INSERT INTO ${name} (${columnList([...kept, ...empty])}) SELECT ${values} FROM temp.rebuilt`,
    "DROP TABLE temp.rebuilt",
  ];
}
