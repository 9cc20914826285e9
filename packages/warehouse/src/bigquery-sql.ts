import type { TableContract } from "@junoplus/contracts";
import { contractType } from "./contract-type";

/** The API's older words for types. */
const CONTRACT_TYPES: Readonly<Record<string, string>> = { INTEGER: "INT64", FLOAT: "FLOAT64", BOOLEAN: "BOOL" };

/** A type of the API in the contract's words. */
export function contractTypeOf({ type = "", mode = "" }: { readonly type?: string; readonly mode?: string }): string {
  const word = CONTRACT_TYPES[type] ?? type;
  return mode === "REPEATED" ? `ARRAY<${word}>` : word;
}

/** An identifier for SQL, of one name or a path of them. */
export function quoted(...path: readonly string[]): string {
  return path.map((name) => `\`${name.replaceAll("`", "\\`")}\``).join(".");
}

/** A text for SQL. */
export function literal(text: string): string {
  // JSON's escapes are BigQuery's too.
  return JSON.stringify(text);
}

/** Quoted column names, for a SELECT or an INSERT. */
export function columnList(columns: readonly { readonly name: string }[]): string {
  return columns.map(({ name }) => quoted(name)).join(", ");
}

/** A query that gives a table's columns and no row. */
export function emptyTable({ columns }: TableContract): string {
  const nulls = columns.map((column) => `CAST(NULL AS ${contractType(column)}) AS ${quoted(column.name)}`);
  return `SELECT ${nulls.join(", ")} LIMIT 0`;
}

/** ORDER BY of a table as it is read: key, then every other column, so that the order is total but for equal rows. */
export function readOrder(contract: TableContract): string {
  const arrays = new Set(contract.columns.filter(({ mode }) => mode === "REPEATED").map(({ name }) => name));
  const names = [...new Set([...contract.key, ...contract.columns.map(({ name }) => name)])];
  // BigQuery orders by no array.
  const terms = names.map((name) => (arrays.has(name) ? `TO_JSON_STRING(${quoted(name)})` : quoted(name)));
  return `ORDER BY ${terms.join(", ")}`;
}
