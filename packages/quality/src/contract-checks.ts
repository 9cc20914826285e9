import type { Column, TableContract } from "@junoplus/contracts";
import { noneOffends } from "./check-result";
import type { Measurement } from "./measurement";
import { quantity, whole } from "./quantity";
import { type RowPromise, rowPromises } from "./row-promises";
import { sqlText } from "./sql-text";

/** Every promise of a contract about a table's rows, counted in two scans: one for the key, one for all columns. */
export function contractChecks(contract: TableContract, from: string): readonly Measurement[] {
  const ofColumns = rowPromises(contract.table, from, contract.columns.flatMap(columnPromises));
  return contract.key.length === 0 ? [ofColumns] : [keyCheck(contract, from), ofColumns];
}

/** Rows beyond the first of each key. GROUP BY takes NULL for a value, and so does a key. */
function keyCheck({ table, key: columns }: TableContract, from: string): Measurement {
  const key = columns.join(", ");
  return {
    columns: { key_total: "COUNT(*)", row_total: "SUM(key_rows)" },
    from: `(SELECT COUNT(*) AS key_rows FROM ${from} GROUP BY ${key}) AS row_keys`,
    results: (count) => {
      const offending = count("row_total") - count("key_total");
      const outcome = offending === 0 ? "all" : `${whole(offending)} too many of`;
      const description = `one row per (${key}): ${outcome} ${quantity(count("row_total"), "row")}`;
      return [noneOffends({ table, metric: "key_unique", category: "key", offending, description })];
    },
  };
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
