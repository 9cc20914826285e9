import type { Column, TableContract } from "@junoplus/contracts";
import type { StoredTable } from "./duckdb-catalog";
import { commentOnColumn, commentOnTable, createTable, rebuildTable } from "./duckdb-ddl";
import { contractTypeOf, duckDbType, quoted } from "./duckdb-sql";
import { describedTable, describedTableText, tableFacts } from "./table-facts";
import { shapeFaults } from "./table-shape";

/** What it takes to bring a table to its contract: statements, or the faults that forbid them. */
export interface Evolution {
  readonly statements: readonly string[];
  readonly faults: readonly string[];
}

/** The statements that create a table. */
export function tableCreation(name: string, contract: TableContract): Evolution {
  const text = describedTableText({ description: contract.description, facts: tableFacts(contract) });
  return {
    statements: [
      createTable(name, contract.columns),
      commentOnTable(name, "table", text),
      ...contract.columns.map((column) => commentOnColumn(name, column)),
    ],
    faults: [],
  };
}

/** The statements that evolve a table additively; none when it keeps its contract already. */
export function tableEvolution(
  name: string,
  contract: TableContract,
  stored: StoredTable,
  hasRows: boolean,
): Evolution {
  const text = describedTable(stored.comment);
  if (text === null) {
    return refused(["was not made by this program (it carries no contract): drop or rename it, or use another prefix"]);
  }
  const storedByName = new Map(stored.columns.map((column) => [column.name, column]));
  const added = contract.columns.filter((column) => !storedByName.has(column.name));
  const columns = stored.columns.map((column) => ({ ...column, type: contractTypeOf(column.type) }));
  const { key, partition } = text.facts;
  const faults = shapeFaults(contract, { key, partition, columns, hasRows });
  if (faults.length > 0) return refused(faults);

  const byName = new Map(contract.columns.map((column) => [column.name, column]));
  const kept = stored.columns.flatMap(({ name }) => byName.get(name) ?? []);
  const rebuilt = added.some(({ mode }) => mode !== "NULLABLE");
  const structure = rebuilt ? rebuildTable(name, kept, added) : alterations(name, kept, added, stored);
  const wanted = describedTableText({ description: contract.description, facts: tableFacts(contract) });
  return {
    statements: [
      ...structure,
      ...(rebuilt || wanted !== stored.comment ? [commentOnTable(name, "table", wanted)] : []),
      ...contract.columns
        .filter(({ name, description }) => rebuilt || storedByName.get(name)?.comment !== description)
        .map((column) => commentOnColumn(name, column)),
    ],
    faults: [],
  };
}

function refused(faults: readonly string[]): Evolution {
  return { statements: [], faults };
}

function alterations(
  name: string,
  kept: readonly Column[],
  added: readonly Column[],
  stored: StoredTable,
): readonly string[] {
  const required = new Set(stored.columns.filter(({ nullable }) => !nullable).map((column) => column.name));
  return [
    ...kept
      .filter((column) => column.mode === "NULLABLE" && required.has(column.name))
      .map((column) => `ALTER TABLE ${name} ALTER COLUMN ${quoted(column.name)} DROP NOT NULL`),
    ...added.map((column) => `ALTER TABLE ${name} ADD COLUMN ${quoted(column.name)} ${duckDbType(column)}`),
  ];
}
