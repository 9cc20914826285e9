import { type TableContract, tableContracts } from "@junoplus/contracts";
import { silverTables } from "@junoplus/silver-transforms";
import { openWarehouse, type Row, type WarehouseOptions } from "@junoplus/warehouse";
import { SAMPLE_PREFIXES } from "./sample";

/**
 * The tables and views whose content follows from the recorded change logs and the as-of instant alone. A silver table of
 * a collection that is not recorded has nothing to be held against.
 */
export const DERIVED_TABLES: readonly TableContract[] = tableContracts.filter(
  ({ layer, table }) =>
    layer === "gold" ||
    layer === "semantic" ||
    silverTables.some(({ from, to }) => to.table === table && SAMPLE_PREFIXES.some((prefix) => prefix === from.prefix)),
);

/** All rows of the derived tables, by table, in key order. */
export async function derivedTables(
  url: string,
  options: WarehouseOptions = {},
): Promise<Readonly<Record<string, readonly Row[]>>> {
  return rowsOf(url, DERIVED_TABLES, options);
}

/** All rows of the given tables, by table, in key order. */
export async function rowsOf(
  url: string,
  contracts: readonly TableContract[],
  options: WarehouseOptions = {},
): Promise<Readonly<Record<string, readonly Row[]>>> {
  const warehouse = await openWarehouse(url, { prefix: "junoplus_analytics", readOnly: true, ...options });
  try {
    // At once: in BigQuery each is a job, and most of its time is waiting.
    const tables = await Promise.all(
      contracts.map(async (contract) => {
        const rows: Row[] = [];
        if (await warehouse.exists(contract)) for await (const row of warehouse.read(contract)) rows.push(row);
        return [contract.table, rows] as const;
      }),
    );
    return Object.fromEntries(tables);
  } finally {
    await warehouse.close();
  }
}

/** The rejected changes of all runs without what differs from run to run, as sorted text. */
export async function rejectedText(
  url: string,
  contracts: readonly TableContract[],
  options: WarehouseOptions = {},
): Promise<readonly string[]> {
  const tables = await rowsOf(url, contracts, options);
  return contracts
    .flatMap(({ table }) => (tables[table] ?? []).map((row) => [table, row] as const))
    .map(([table, row]) => JSON.stringify([table, { ...row, run_id: "", checked_at: "" }]))
    .sort();
}
