import { dayTotals, documentStates, rejectedChangePayloads, type TableContract } from "@junoplus/contracts";
import type { PartOfTable, Warehouse } from "@junoplus/warehouse";
import { changedDays, touchedUsers } from "./run-lists";

/** What a run that goes on from another replaces of a table: its part, or the table's own way where it has none. */
export function changedPart(contract: TableContract): TableContract | PartOfTable {
  const { key, layer, table } = contract;
  if (table === documentStates.table || table === rejectedChangePayloads.table) {
    return { contract, columns: key, valuesIn: contract };
  }
  if (layer !== "silver" && layer !== "gold" && table !== dayTotals.table) return contract;
  if (key.includes("user_id")) return { contract, columns: ["user_id"], valuesIn: touchedUsers };
  if (key.includes("session_date")) return { contract, columns: ["session_date"], valuesIn: changedDays };
  throw new Error(`${table} has neither user nor day in its key: say what of it a change touches`);
}

/** A table as it will be when a run is published, for SQL: what stays of it and what the run staged. */
export function resultingTable(warehouse: Warehouse, runId: string, table: TableContract | PartOfTable): string {
  if (!("contract" in table)) return warehouse.stagingName(table, runId);
  const { contract, columns, valuesIn } = table;
  const names = contract.columns.map(({ name }) => name).join(", ");
  const same = columns.map((column) => `replaced.${column} = kept.${column}`).join(" AND ");
  return (
    `(SELECT ${names} FROM ${warehouse.tableName(contract)} AS kept ` +
    `WHERE NOT EXISTS (SELECT 1 FROM ${warehouse.stagingName(valuesIn, runId)} AS replaced WHERE ${same}) ` +
    `UNION ALL SELECT ${names} FROM ${warehouse.stagingName(contract, runId)})`
  );
}
