import {
  dailyMetricsV1,
  dayTotals,
  documentStates,
  rejectedChangePayloads,
  type TableContract,
} from "@junoplus/contracts";
import type { PartOfTable, Warehouse } from "@junoplus/warehouse";
import { replacedRows, touchedUsers } from "./run-lists";

/** What a run that goes on from another replaces of a table: its part, or the table's own way where it has none. */
export function changedPart(contract: TableContract): TableContract | PartOfTable {
  const { key, layer, table } = contract;
  if (table === documentStates.table || table === rejectedChangePayloads.table) {
    return { contract, columns: key, valuesIn: contract };
  }
  if (table === dayTotals.table) return partIn(contract, replacedRows(dailyMetricsV1));
  return layer === "silver" || layer === "gold" ? partIn(contract, replacedRows(contract)) : contract;
}

function partIn(contract: TableContract, list: TableContract): PartOfTable {
  return { contract, columns: list.columns.map(({ name }) => name), valuesIn: list };
}

/** The lists that tell which rows are replaced, each once; a part that is told by its own rows has none. */
export function listsOf(parts: readonly (TableContract | PartOfTable)[]): readonly TableContract[] {
  const lists = parts.flatMap((part) => ("contract" in part && part.valuesIn !== part.contract ? [part.valuesIn] : []));
  return [...new Map(lists.map((list) => [list.table, list])).values()];
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
