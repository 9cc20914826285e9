import { expect, test } from "vitest";
import { WarehouseUrlError } from "./errors";
import { openWarehouse } from "./open-warehouse";
import { things } from "./testing/contracts";

test("the scheme picks the store", async () => {
  const warehouse = await openWarehouse("duckdb::memory:", { prefix: "p" });
  expect(warehouse.url).toBe("duckdb::memory:");
  expect(warehouse.tableName(things)).toBe('"p_silver"."silver_things"');
  await warehouse.close();
});

test.each([
  ["medallion.duckdb", /it has no scheme\. Use duckdb:FILE/],
  ["sqlite:x.db", /the scheme sqlite: is unknown/],
  ["bigquery:project", /the scheme bigquery: is unknown.*bigquery: is not there yet/],
  ["duckdb:", /it names no DuckDB file/],
  ["", /it has no scheme/],
])("%s is no warehouse", async (url, fault) => {
  await expect(openWarehouse(url)).rejects.toThrow(WarehouseUrlError);
  await expect(openWarehouse(url)).rejects.toThrow(fault);
});
