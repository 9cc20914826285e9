import { expect, test } from "vitest";
import { WarehouseUrlError } from "./errors";
import { openWarehouse } from "./open-warehouse";
import { things } from "./testing/contracts";

test("the scheme picks the store", async () => {
  const warehouse = await openWarehouse("duckdb::memory:", { prefix: "p" });
  expect(warehouse.url).toBe("duckdb::memory:");
  expect(warehouse.tableName(things)).toBe('"p_silver"."silver_things"');
  await warehouse.close();

  const options = { prefix: "p", bigQueryEndpoint: "http://127.0.0.1:1" };
  const cloud = await openWarehouse("bigquery:example.com:project/EU", options);
  expect(cloud.url).toBe("bigquery:example.com:project/EU");
  expect(cloud.tableName(things)).toBe("`example.com:project`.`p_silver`.`silver_things`");
  await cloud.close();
});

test.each([
  ["medallion.duckdb", /it has no scheme\. Use duckdb:FILE/],
  ["sqlite:x.db", /the scheme sqlite: is unknown/],
  ["bigquery:", /it names no project\. Use .*bigquery:PROJECT\[\/LOCATION\]/],
  ["bigquery:My Project", /My Project is no project id/],
  ["bigquery:project/", /what follows the project is no location/],
  ["bigquery:project/EU/more", /what follows the project is no location/],
  ["duckdb:", /it names no DuckDB file/],
  ["", /it has no scheme/],
])("%s is no warehouse", async (url, fault) => {
  await expect(openWarehouse(url)).rejects.toThrow(WarehouseUrlError);
  await expect(openWarehouse(url)).rejects.toThrow(fault);
});
