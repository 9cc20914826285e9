import { dayTotals, documentStates, rejectedChangePayloads, type TableContract } from "@junoplus/contracts";
import type { PartOfTable, Warehouse } from "@junoplus/warehouse";
import { SILVER_TABLES } from "./medallion-pipeline";
import { changedDays, remadeRows, touchedUsers } from "./run-lists";

/** What a run that goes on from another replaces of a table: its part, or the table's own way where it has none. */
export function changedPart(contract: TableContract): TableContract | PartOfTable {
  const { key, layer, table } = contract;
  if (table === documentStates.table || table === rejectedChangePayloads.table) {
    return { contract, columns: key, valuesIn: contract };
  }
  if (layer !== "silver" && layer !== "gold" && table !== dayTotals.table) return contract;
  const remade = REMADE.get(table);
  if (remade !== undefined) return partIn(contract, remade);
  if (key.includes("user_id")) return partIn(contract, touchedUsers);
  if (key.includes("session_date")) return partIn(contract, changedDays);
  throw new Error(`${table} has neither user nor day in its key: say what of it a change touches`);
}

const REMADE = new Map(SILVER_TABLES.map((table) => [table.to.table as string, remadeRows(table)]));

function partIn(contract: TableContract, list: TableContract): PartOfTable {
  return { contract, columns: list.columns.map(({ name }) => name), valuesIn: list };
}

/** A table as it will be when a run is published, or the rows of the touched users in it, for SQL: what stays, and what is staged. */
export function resultingTable(
  warehouse: Warehouse,
  runId: string,
  table: TableContract | PartOfTable,
  of?: "changed_users",
): string {
  if (!("contract" in table)) return warehouse.stagingName(table, runId);
  const { contract, columns, valuesIn } = table;
  const names = contract.columns.map(({ name }) => name).join(", ");
  const same = columns.map((column) => `replaced.${column} = kept.${column}`).join(" AND ");
  const ofUsers =
    of === undefined || !contract.columns.some(({ name }) => name === "user_id")
      ? ""
      : `kept.user_id IN (SELECT user_id FROM ${warehouse.stagingName(touchedUsers, runId)}) AND `;
  return (
    `(SELECT ${names} FROM ${warehouse.tableName(contract)} AS kept ` +
    `WHERE ${ofUsers}NOT EXISTS (SELECT 1 FROM ${warehouse.stagingName(valuesIn, runId)} AS replaced WHERE ${same}) ` +
    `UNION ALL SELECT ${names} FROM ${warehouse.stagingName(contract, runId)})`
  );
}
