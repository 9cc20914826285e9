import type { Column, TableContract } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import { type CheckResult, noneOffends } from "./check-result";
import { figures } from "./figures";
import { quantity, whole } from "./quantity";
import { type RowPromise, rowPromiseChecks } from "./row-promises";
import { sqlText } from "./sql-text";

/** Every promise of a contract about a table's rows, counted in two scans: one for all columns, one for the key. */
export async function contractChecks(
  warehouse: Warehouse,
  contract: TableContract,
  from: string,
): Promise<CheckResult[]> {
  const promises = contract.columns.flatMap(columnPromises);
  const { rows, results } = await rowPromiseChecks(warehouse, contract.table, from, promises);
  return contract.key.length === 0 ? results : [await keyCheck(warehouse, contract, from, rows), ...results];
}

/** Rows beyond the first of each key. GROUP BY takes NULL for a value, and so does a key. */
async function keyCheck(
  warehouse: Warehouse,
  contract: TableContract,
  from: string,
  rows: number,
): Promise<CheckResult> {
  const key = contract.key.join(", ");
  const keys = `SELECT ${key} FROM ${from} GROUP BY ${key}`;
  const count = await figures(warehouse, `SELECT COUNT(*) AS key_total FROM (${keys}) AS row_keys`);
  const offending = rows - count("key_total");
  const outcome = offending === 0 ? "all" : `${whole(offending)} too many of`;
  return noneOffends({
    table: contract.table,
    metric: "key_unique",
    category: "key",
    offending,
    description: `one row per (${key}): ${outcome} ${quantity(rows, "row")}`,
  });
}

function columnPromises(column: Column): RowPromise[] {
  return [...requiredPromise(column), ...rangePromise(column), ...allowedPromise(column)];
}

function requiredPromise({ name, mode }: Column): RowPromise[] {
  if (mode === "NULLABLE") return [];
  return [
    { metric: `${name}_known`, category: "required", promise: `${name} is never NULL`, broken: `${name} IS NULL` },
  ];
}

function rangePromise({ name, minimum, maximum }: Column): RowPromise[] {
  const broken = [
    ...(minimum === undefined ? [] : [`${name} < ${minimum}`]),
    ...(maximum === undefined ? [] : [`${name} > ${maximum}`]),
  ];
  if (broken.length === 0) return [];
  const promise = `${name} is ${rangeText(minimum, maximum)}`;
  return [{ metric: `${name}_in_range`, category: "range", promise, broken: broken.join(" OR ") }];
}

function rangeText(minimum: number | undefined, maximum: number | undefined): string {
  if (maximum === undefined) return `at least ${minimum}`;
  if (minimum === undefined) return `at most ${maximum}`;
  return `${minimum} to ${maximum}`;
}

function allowedPromise({ name, mode, allowed }: Column): RowPromise[] {
  // Elements of arrays are left to the contract's validator, row by row: no SQL for them is shared by both stores.
  if (allowed === undefined || mode === "REPEATED") return [];
  const promise = `${name} is one of ${allowed.join(", ")}`;
  const broken = `${name} NOT IN (${allowed.map(sqlText).join(", ")})`;
  return [{ metric: `${name}_allowed`, category: "allowed_values", promise, broken }];
}
