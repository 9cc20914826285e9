import { expect, test } from "vitest";
import { billedBytes } from "./bigquery-dry-run";

const MB = 2 ** 20;

test.each([
  ["a query that reads nothing is free", 0, 3, 0],
  ["a table costs at least 10 MB", 1, 1, 10 * MB],
  ["each of several tables does", 12 * MB, 3, 30 * MB],
  ["more than that is billed as it is", 31 * MB, 3, 31 * MB],
])("%s", (_rule, bytes, tables, billed) => {
  expect(billedBytes(bytes, tables)).toBe(billed);
});
