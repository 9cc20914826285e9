import type { DuckDBConnection } from "@duckdb/node-api";
import type { TableContract } from "@junoplus/contracts";
import { datasetName } from "./dataset-names";
import { StoredTables } from "./duckdb-catalog";
import { type Evolution, tableCreation, tableEvolution } from "./duckdb-evolution";
import { quoted } from "./duckdb-sql";
import { viewEvolution } from "./duckdb-view";
import { IncompatibleTableError, type TableFaults } from "./errors";
import { inReadingOrder, sourcesOf, viewQuery } from "./view-query";

/** Where a warehouse keeps its tables. */
export interface Place {
  readonly url: string;
  readonly prefix: string;
  readonly tableName: (contract: TableContract) => string;
}

/**
 * Brings datasets, tables and views to their contracts; to be run in a transaction, which a fault undoes. `told` hears each
 * statement that brings a table or view to its contract.
 */
export async function ensureTables(
  connection: DuckDBConnection,
  place: Place,
  contracts: readonly TableContract[],
  told: (contract: TableContract, statement: string) => void = () => {},
): Promise<void> {
  const datasets = new Set([...contracts.map(({ dataset }) => dataset), "staging" as const]);
  const schemas = [...datasets].map((dataset) => datasetName(place.prefix, dataset));
  for (const schema of schemas) await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoted(schema)}`);
  const stored = await StoredTables.read(connection, schemas);
  const faulty: TableFaults[] = [];
  const follow = async (contract: TableContract, { statements, faults }: Evolution): Promise<void> => {
    if (faults.length > 0) faulty.push({ table: place.tableName(contract), faults });
    else {
      for (const statement of statements) {
        await connection.run(statement);
        told(contract, statement);
      }
    }
  };
  for (const contract of contracts) {
    if (contract.kind === "table") await follow(contract, await tablePlan(connection, place, contract, stored));
  }
  // Views are checked against the tables as they will be, so not beside tables that stay as they are.
  if (faulty.length === 0) {
    for (const view of inReadingOrder(contracts.filter(({ kind }) => kind === "view"))) {
      await follow(view, await viewPlan(connection, place, view, contracts, stored));
    }
  }
  if (faulty.length > 0) throw new IncompatibleTableError(place.url, faulty);
}

async function tablePlan(
  connection: DuckDBConnection,
  place: Place,
  contract: TableContract,
  tables: StoredTables,
): Promise<Evolution> {
  const name = place.tableName(contract);
  const stored = tables.find(datasetName(place.prefix, contract.dataset), contract.table);
  if (stored === null) return tableCreation(name, contract);
  if (stored.kind === "view") return otherKind(stored.kind, contract);
  const evolution = tableEvolution(name, contract, stored, true);
  // Whether there are rows matters only where something is to change: mostly that question is spared.
  if (evolution.statements.length === 0 && evolution.faults.length === 0) return evolution;
  const rows = await connection.runAndReadAll(`SELECT 1 FROM ${name} LIMIT 1`);
  return tableEvolution(name, contract, stored, rows.currentRowCount > 0);
}

async function viewPlan(
  connection: DuckDBConnection,
  place: Place,
  view: TableContract,
  contracts: readonly TableContract[],
  tables: StoredTables,
): Promise<Evolution> {
  const stored = tables.find(datasetName(place.prefix, view.dataset), view.table);
  if (stored?.kind === "table") return otherKind(stored.kind, view);
  const source = sourcesOf(view, contracts);
  const query = viewQuery(view, (table) => place.tableName(source(table)), quoted);
  return viewEvolution(connection, place.tableName(view), view, query, stored);
}

function otherKind(stored: "table" | "view", contract: TableContract): Evolution {
  return { statements: [], faults: [`is a ${stored}, the contract says ${contract.kind}`] };
}
