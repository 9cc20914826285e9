import type { TableMetadata } from "@google-cloud/bigquery";
import type { TableContract } from "@junoplus/contracts";
import { createIfMissing, dropTable, patchTable, storedTable, tableAt } from "./bigquery-catalog";
import type { BigQueryClient } from "./bigquery-client";
import { ensureDataset } from "./bigquery-datasets";
import { type Evolution, tableEvolution } from "./bigquery-evolution";
import { newJobId, runStatements } from "./bigquery-jobs";
import { type PolicyTags, tableCreation } from "./bigquery-schema";
import { viewEvolution } from "./bigquery-view";
import { datasetName } from "./dataset-names";
import { IncompatibleTableError, type TableFaults } from "./errors";
import { inReadingOrder } from "./view-query";

/** Where a warehouse keeps its tables, and what guards their columns. */
export interface BigQueryTables {
  readonly client: BigQueryClient;
  readonly url: string;
  readonly prefix: string;
  readonly policyTags: PolicyTags;
  /** The bare name, for people. */
  readonly tableName: (contract: TableContract) => string;
  /** The table for FROM. */
  readonly source: (contract: TableContract) => string;
}

/**
 * Brings datasets, tables and views to their contracts. BigQuery has no transaction over a catalog, so everything is judged
 * before anything is changed; each change leaves a table that readers can read, and a second call goes on where the first
 * one was stopped.
 */
export async function ensureTables(place: BigQueryTables, contracts: readonly TableContract[]): Promise<void> {
  const { client, prefix } = place;
  const stored = new Map(
    await Promise.all(
      contracts.map(
        async (contract) =>
          [contract, await storedTable(client, datasetName(prefix, contract.dataset), contract.table)] as const,
      ),
    ),
  );
  const tables = contracts
    .filter(({ kind }) => kind === "table")
    .map((contract) => ({
      contract,
      evolution: tableEvolution(contract, stored.get(contract) ?? null, place.policyTags),
    }));
  const faulty: TableFaults[] = tables.flatMap(({ contract, evolution }) =>
    evolution.kind === "refuse" ? [{ table: place.tableName(contract), faults: evolution.faults }] : [],
  );
  const statements: { readonly target: string; readonly query: string }[] = [];
  for (const view of inReadingOrder(contracts.filter(({ kind }) => kind === "view"))) {
    const evolution = await viewEvolution(client, view, contracts, place.source, stored.get(view) ?? null);
    if (evolution.faults.length > 0) faulty.push({ table: place.tableName(view), faults: evolution.faults });
    const target = `${datasetName(prefix, view.dataset)}.${view.table}`;
    if (evolution.statement !== null) statements.push({ target, query: evolution.statement });
  }
  if (faulty.length > 0) throw new IncompatibleTableError(place.url, faulty);

  const datasets = new Set([...contracts.map(({ dataset }) => dataset), "staging" as const]);
  const made = await Promise.allSettled(
    [...datasets].map((dataset) => ensureDataset(client, place.url, prefix, dataset)),
  );
  // The first in the order of contracts is told, whichever came first, and nothing is still under way behind it.
  for (const outcome of made) if (outcome.status === "rejected") throw outcome.reason;
  for (const { contract, evolution } of tables) await evolve(place, contract, evolution);
  for (const { target, query } of statements) {
    await runStatements(client, newJobId("view"), { target, query, statements: [] });
  }
}

async function evolve(place: BigQueryTables, contract: TableContract, evolution: Evolution): Promise<void> {
  const table = tableAt(place.client, datasetName(place.prefix, contract.dataset), contract.table);
  switch (evolution.kind) {
    case "recreate":
    case "create":
      if (evolution.kind === "recreate") await dropTable(place.client, table);
      await createIfMissing(place.client, table, tableCreation(contract, place.policyTags));
      return;
    case "patch":
      // With the etag: what somebody else changed meanwhile is not written over.
      // The library's types do not know that null takes a fact away.
      await patchTable(place.client, table, { ...evolution.patch, etag: evolution.etag } as TableMetadata);
  }
}
