import type { TableContract } from "@junoplus/contracts";
import { contractType } from "./contract-type";
import { type TableFacts, tableFacts } from "./table-facts";

/** A table as a store has it, in the contract's words. */
export interface StoredShape {
  readonly key: TableFacts["key"];
  readonly partition: TableFacts["partition"];
  readonly columns: readonly { readonly name: string; readonly type: string; readonly nullable: boolean }[];
  readonly hasRows: boolean;
}

/** What of a contract cannot be had without breaking the readers of a table that is there. */
export function shapeFaults(contract: TableContract, stored: StoredShape): readonly string[] {
  const known = new Set(stored.columns.map(({ name }) => name));
  return [
    ...factFaults(contract, stored),
    ...columnFaults(contract, stored),
    ...contract.columns
      .filter(({ name, mode }) => mode === "REQUIRED" && stored.hasRows && !known.has(name))
      .map(({ name }) => `${name}: is new and REQUIRED, but the table has rows: make it NULLABLE`),
  ];
}

function factFaults(contract: TableContract, stored: StoredShape): readonly string[] {
  const partition = (facts: Pick<TableFacts, "partition">): string =>
    facts.partition === null ? "none" : `${facts.partition.column} by ${facts.partition.granularity}`;
  const wanted = tableFacts(contract);
  return [
    ...(stored.key.join() === wanted.key.join()
      ? []
      : [`key: is (${stored.key.join(", ")}), the contract says (${wanted.key.join(", ")})`]),
    ...(partition(stored) === partition(wanted)
      ? []
      : [`partition: is ${partition(stored)}, the contract says ${partition(wanted)}`]),
  ];
}

function columnFaults(contract: TableContract, stored: StoredShape): readonly string[] {
  const byName = new Map(contract.columns.map((column) => [column.name, column]));
  return stored.columns.flatMap(({ name, type, nullable }) => {
    const column = byName.get(name);
    if (column === undefined) return [`${name}: the contract ${contract.version} no longer has it`];
    if (contractType(column) !== type) return [`${name}: is ${type}, the contract says ${contractType(column)}`];
    return nullable && column.mode !== "NULLABLE" ? [`${name}: may be NULL, the contract says ${column.mode}`] : [];
  });
}

/** Where the columns that a view's query gives are not its contract's; `isWider` tells of types that are cast. */
export function viewFaults(
  contract: TableContract,
  given: readonly { readonly name: string; readonly type: string }[],
  isWider: (given: string, wanted: string) => boolean,
): readonly string[] {
  const byName = new Map(given.map((column) => [column.name, column.type]));
  const wanted = new Set(contract.columns.map(({ name }) => name));
  return [
    ...given.filter(({ name }) => !wanted.has(name)).map(({ name }) => `${name}: the contract does not have it`),
    ...contract.columns.flatMap((column) => {
      const found = byName.get(column.name);
      if (found === undefined) return [`${column.name}: its query does not give it`];
      if (found === contractType(column) || isWider(found, contractType(column))) return [];
      return [`${column.name}: its query gives ${found}, the contract says ${contractType(column)}`];
    }),
  ];
}
