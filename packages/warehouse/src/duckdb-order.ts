import type { TableContract } from "@junoplus/contracts";
import { quoted } from "./duckdb-sql";

/**
 * ORDER BY of a table as it is written: partition, cluster, key, then every other column, so that equal rows give equal
 * bytes whatever order they came in.
 */
export function writeOrder(contract: TableContract): string {
  const { partition, cluster, key } = contract;
  const period = partition && `date_trunc('${partition.granularity.toLowerCase()}', ${quoted(partition.column)})`;
  return orderBy([...(period === undefined ? [] : [period]), ...columns(contract, [...cluster, ...key])]);
}

/** ORDER BY of a table as it is read: key, then every other column. */
export function readOrder(contract: TableContract): string {
  return orderBy(columns(contract, contract.key));
}

function columns(contract: TableContract, first: readonly string[]): readonly string[] {
  return [...new Set([...first, ...contract.columns.map(({ name }) => name)])].map(quoted);
}

function orderBy(expressions: readonly string[]): string {
  return `ORDER BY ${expressions.map((expression) => `${expression} NULLS FIRST`).join(", ")}`;
}
