import type { TableContract } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";

/** Rows of a published table, typed by its contract; none when it was never created. `tail` is SQL from WHERE on. */
export async function contractRows<Row>(
  warehouse: Warehouse,
  contract: TableContract<Row>,
  tail: string,
): Promise<readonly Row[]> {
  if (!(await warehouse.exists(contract))) return [];
  const columns = contract.columns.map((column) => column.name).join(", ");
  const rows = await warehouse.query(`SELECT ${columns} FROM ${warehouse.tableName(contract)} ${tail}`);
  // The columns are the contract's, and so are their types.
  return rows as readonly unknown[] as readonly Row[];
}
