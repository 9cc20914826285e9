import type { TableContract } from "@junoplus/contracts";
import type { StoredTable } from "./bigquery-catalog";
import type { BigQueryClient } from "./bigquery-client";
import { bigQueryFault } from "./bigquery-fault";
import { dryRun } from "./bigquery-jobs";
import { tableLabels } from "./bigquery-schema";
import { contractTypeOf, emptyTable, literal, quoted } from "./bigquery-sql";
import { contractType } from "./contract-type";
import { describedTable, describedTableText, tableFacts } from "./table-facts";
import { viewFaults } from "./table-shape";
import { type GivenColumn, inContractTypes, sourcesOf, viewQuery } from "./view-query";

/** What it takes to bring a view to its contract: a statement (null when it is there), or the faults that forbid it. */
export interface ViewEvolution {
  readonly statement: string | null;
  readonly faults: readonly string[];
}

/** What BigQuery's types are widened to where the contract says so. */
const WIDER: Readonly<Record<string, RegExp>> = { FLOAT64: /^(INT64|NUMERIC|BIGNUMERIC)$/ };

/** The statement that creates a view, or replaces it when anything about it changed. */
export async function viewEvolution(
  client: BigQueryClient,
  view: TableContract,
  contracts: readonly TableContract[],
  tableName: (contract: TableContract) => string,
  stored: StoredTable | null,
): Promise<ViewEvolution> {
  if (stored?.kind === "table") return refused(["is a table, the contract says view"]);
  const described = describedTable(stored?.description ?? null);
  if (stored !== null && described === null) {
    return refused(["was not made by this program (it carries no contract): drop or rename it"]);
  }
  const source = sourcesOf(view, contracts);
  const query = viewQuery(view, (table) => tableName(source(table)), quoted);
  const text = describedTableText({ description: view.description, facts: tableFacts(view, query) });
  if (stored !== null && stored.description === text && keeps(view, stored)) return { statement: null, faults: [] };

  const given = await columnsOf(client, view, source);
  if (typeof given === "string") return refused([`its query does not run: ${given}`]);
  const faults = viewFaults(view, given, (type, wanted) => WIDER[wanted]?.test(type) ?? false);
  if (faults.length > 0) return refused(faults);
  const typed = inContractTypes(view, query, given, contractType, quoted);
  return { statement: createView(view, tableName(view), typed, text), faults: [] };
}

/**
 * Names and types that a view's query gives, or why it does not run. Its tables are stood in for by empty ones of their
 * contracts' columns: so it is judged before anything is created or changed, and reads nothing.
 */
async function columnsOf(
  client: BigQueryClient,
  view: TableContract,
  source: (table: string) => TableContract,
): Promise<readonly GivenColumn[] | string> {
  const read = new Set<string>();
  const query = viewQuery(
    view,
    (table) => {
      read.add(table);
      return quoted(table);
    },
    quoted,
  );
  const standIns = [...read].map((table) => `${quoted(table)} AS (${emptyTable(source(table))})`);
  try {
    const { fields } = await dryRun(client, `WITH ${standIns.join(", ")} SELECT * FROM (${query}) AS given`);
    return fields.map((field) => ({ name: field.name ?? "", type: contractTypeOf(field) }));
  } catch (error) {
    const { kind, fault } = bigQueryFault(error);
    if (kind !== "other") throw error;
    return fault;
  }
}

function refused(faults: readonly string[]): ViewEvolution {
  return { statement: null, faults };
}

function keeps(view: TableContract, stored: StoredTable): boolean {
  const labels = Object.entries(tableLabels(view));
  return (
    labels.every(([name, value]) => stored.labels[name] === value) &&
    stored.columns.length === view.columns.length &&
    view.columns.every((column, at) => {
      const found = stored.columns[at];
      return (
        found?.name === column.name && found.type === contractType(column) && found.description === column.description
      );
    })
  );
}

/** One statement with all facts, so that no reader ever meets a view without them. */
function createView(view: TableContract, name: string, query: string, text: string): string {
  const columns = view.columns.map(
    ({ name: column, description }) => `${quoted(column)} OPTIONS(description = ${literal(description)})`,
  );
  const labels = Object.entries(tableLabels(view)).map(([label, value]) => `(${literal(label)}, ${literal(value)})`);
  return (
    `CREATE OR REPLACE VIEW ${name} (${columns.join(", ")}) ` +
    `OPTIONS(description = ${literal(text)}, labels = [${labels.join(", ")}]) AS ${query}`
  );
}
