import type { TableContract } from "@junoplus/contracts";
import { dropTable, tableAt } from "./bigquery-catalog";
import type { BigQueryClient } from "./bigquery-client";
import { passFence } from "./bigquery-fence";
import { inTransaction, jobIdOf, runStatements } from "./bigquery-jobs";
import { everyPartition, filteredColumn } from "./bigquery-partition";
import { columnList, quoted } from "./bigquery-sql";
import { stagedTables } from "./bigquery-staging";
import { stagingTable } from "./dataset-names";
import { listsOf, type PublishedPart } from "./published-part";

/** What is published, and from where. */
export interface Publication {
  readonly runId: string;
  readonly parts: readonly PublishedPart[];
  /** The dataset of the staging tables. */
  readonly staging: string;
  /** The bare name, which is changed. */
  readonly tableName: (contract: TableContract) => string;
  readonly stagingName: (contract: TableContract) => string;
}

/** The run has not staged tables that it would publish. */
export class NotStagedError extends Error {
  override readonly name = "NotStagedError" as const;
  constructor(readonly contracts: readonly TableContract[]) {
    super(contracts.map(({ table }) => table).join(", "));
  }
}

/**
 * Puts staged rows into their tables, all or none, and drops the staging tables. The job's id follows from what was staged:
 * a process that died before it heard the end, or one that sends it a second time, finds the job that is there. Throws
 * NotStagedError.
 */
export async function publishStaged(client: BigQueryClient, publication: Publication): Promise<void> {
  const { runId, parts, staging } = publication;
  const staged = await stagedTables(client, staging);
  const published = [...parts.map(({ contract }) => contract), ...listsOf(parts)];
  // A dry run has staged nothing.
  const missing =
    client.plan !== undefined ? [] : published.filter((contract) => !staged.has(stagingTable(runId, contract)));
  if (missing.length > 0) throw new NotStagedError(missing);
  const names = published.map((contract) => stagingTable(runId, contract)).sort();
  const identity = names.map((name) => `${name} ${staged.get(name)}`);
  const statements = publishStatements(client, publication);
  await runStatements(client, jobIdOf("publish", client.project, staging, ...identity), {
    target: parts.map(({ contract }) => contract.table).join(", "),
    query: inTransaction(statements),
    statements,
  });
  // What is left here is found as that of an abandoned run, and expires: the publication is done, and must not look failed.
  await Promise.allSettled(names.map((name) => dropTable(client, tableAt(client, staging, name))));
}

/** One job with one transaction: BigQuery runs it to its end or undoes it, whether anybody listens or not. */
function publishStatements(client: BigQueryClient, publication: Publication): readonly string[] {
  const { runId, staging, parts, tableName, stagingName } = publication;
  const statements = parts.flatMap((part) => {
    const { contract } = part;
    const table = tableName(contract);
    const columns = columnList(contract.columns);
    return [
      ...removal(part, publication),
      `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM ${stagingName(contract)}`,
    ];
  });
  return [passFence(client, staging, runId), ...statements];
}

/** Rows are replaced, not the table: its description, labels, policies and readers' views stay. */
function removal({ contract, columns, valuesIn }: PublishedPart, { tableName, stagingName }: Publication): string[] {
  const table = tableName(contract);
  const filtered = filteredColumn(contract);
  if (valuesIn !== null) {
    const same = columns.map((column) => `listed.${quoted(column)} = kept.${quoted(column)}`).join(" AND ");
    const filter = filtered === null ? "" : `${everyPartition(filtered, "kept")} AND `;
    const listed = `EXISTS (SELECT 1 FROM ${stagingName(valuesIn)} AS listed WHERE ${same})`;
    return [`DELETE FROM ${table} AS kept WHERE ${filter}${listed}`];
  }
  if (contract.write !== "replace") return [];
  // TRUNCATE takes no filter, and nothing says that it is exempt.
  return [filtered === null ? `TRUNCATE TABLE ${table}` : `DELETE FROM ${table} WHERE ${everyPartition(filtered)}`];
}
