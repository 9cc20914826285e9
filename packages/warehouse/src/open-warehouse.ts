import type { BigQueryOptions } from "./bigquery-warehouse";
import { type DuckDbOptions, openDuckDb } from "./duckdb-warehouse";
import { WarehouseUrlError } from "./errors";
import type { Warehouse } from "./warehouse";

/** How a warehouse is opened, whatever the store. */
export type WarehouseOptions = DuckDbOptions & BigQueryOptions;

type Open = (url: string, options: WarehouseOptions) => Promise<Warehouse>;

const STORES: ReadonlyMap<string, Open> = new Map([
  [
    "duckdb",
    async (url, options) =>
      options.plan === undefined
        ? openDuckDb(url, options)
        : (await import("./duckdb-dry-run.js")).openDuckDbDryRun(url, options, options.plan),
  ],
  // Loaded when it is asked for: its client is large, and most runs have no use for it.
  ["bigquery", async (url, options) => (await import("./bigquery-warehouse.js")).openBigQuery(url, options)],
]);

/** Opens the warehouse that a URL names, by its scheme. */
export async function openWarehouse(url: string, options: WarehouseOptions = {}): Promise<Warehouse> {
  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(url)?.[1];
  if (scheme === undefined) throw new WarehouseUrlError(url, "it has no scheme");
  const open = STORES.get(scheme);
  if (open === undefined) throw new WarehouseUrlError(url, `the scheme ${scheme}: is unknown`);
  return open(url, options);
}
