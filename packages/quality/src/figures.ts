import type { Row } from "@junoplus/warehouse";

/** A number of a row; an aggregate over no rows (NULL) is 0. Throws on anything else, with the column. */
export function numberOf(row: Row, column: string): number {
  const value = row[column];
  if (value === null) return 0;
  if (typeof value === "number") return value;
  throw new Error(
    `the query gave ${value === undefined ? "no" : "a non-numeric"} column ${column}; alias it in the SQL`,
  );
}
