import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { JobMetadata, Table } from "@google-cloud/bigquery";
import type { TableContract } from "@junoplus/contracts";
import { createIfMissing, dropTable, metadataOf, tableAt, tablesIn } from "./bigquery-catalog";
import type { BigQueryClient } from "./bigquery-client";
import { jobIdOf, runJob } from "./bigquery-jobs";
import { stagingFields } from "./bigquery-schema";
import { stagingRun, stagingTable } from "./dataset-names";
import { shardLines } from "./shard-lines";

/** Bytes that are sent at once. */
const CHUNK = 1 << 18;

/** Marks staging tables; its value tells one staging of a table from the next. */
const STAGED = "staged";

/** Shard files that have been found loadable, and how many rows they hold. */
export interface LoadableShards {
  readonly shards: readonly string[];
  readonly rows: number;
}

/** Makes a staging table from shard files, and gives the rows loaded. */
export async function stageTable(
  client: BigQueryClient,
  dataset: string,
  runId: string,
  contract: TableContract,
  { shards, rows }: LoadableShards,
): Promise<number> {
  const name = stagingTable(runId, contract);
  const table = tableAt(client, dataset, name);
  const staged = randomBytes(8).toString("hex");
  const fields = stagingFields(contract.columns);
  // The description tells whose it is: the name has the run id only in part.
  const facts = { schema: { fields }, description: runId, labels: { [STAGED]: staged } };
  // One that is there is an earlier staging of the run, or the answer to this very request was lost, and it was sent again.
  if (!(await createIfMissing(client, table, facts)) && !(await isStagedAs(table, staged))) {
    await dropTable(client, table);
    await createIfMissing(client, table, facts);
  }
  if (client.plan !== undefined) {
    client.plan.add("load job", `${dataset}.${name}`, { only: "where it has rows" });
    return rows;
  }
  if (rows === 0) return 0;
  const job = await runJob(client, jobIdOf("load", client.project, dataset, name, staged), (jobId) =>
    pipeline(
      Readable.from(chunks(shards)),
      table.createWriteStream({
        jobId,
        schema: { fields },
        sourceFormat: "NEWLINE_DELIMITED_JSON",
        // Replaces: a job that failed half way and is run again does not add.
        writeDisposition: "WRITE_TRUNCATE",
        createDisposition: "CREATE_NEVER",
        ignoreUnknownValues: true,
        maxBadRecords: 0,
      }),
    ),
  );
  const { statistics } = job.metadata as JobMetadata;
  const loaded = Number(statistics?.load?.outputRows ?? 0);
  if (loaded !== rows) throw new Error(`BigQuery loaded ${loaded} of ${rows} rows`);
  return loaded;
}

async function isStagedAs(table: Table, staged: string): Promise<boolean> {
  return (await metadataOf(table))?.labels?.[STAGED] === staged;
}

/** The staging tables of all runs, by name: what tells this staging of each from others. */
export async function stagedTables(client: BigQueryClient, dataset: string): Promise<ReadonlyMap<string, string>> {
  const tables = await tablesIn(client, dataset);
  return new Map(
    tables.flatMap(({ name, labels }) => {
      const staged = labels[STAGED];
      return staged === undefined ? [] : [[name, staged] as const];
    }),
  );
}

/** Runs that have staging tables. */
export async function stagingRuns(client: BigQueryClient, dataset: string): Promise<readonly string[]> {
  const byRun = new Map([...(await stagedTables(client, dataset)).keys()].map((name) => [runPart(name), name]));
  const runs = await Promise.all(
    [...byRun.values()].map(async (name) => (await metadataOf(tableAt(client, dataset, name)))?.description),
  );
  return runs.filter((run) => run !== undefined).sort();
}

/** Drops every staging table of a run. */
export async function dropStaged(client: BigQueryClient, dataset: string, runId: string): Promise<void> {
  const names = [...(await stagedTables(client, dataset)).keys(), ...(client.plan?.tablesLeft(dataset) ?? [])];
  const own = names.filter((name) => runPart(name) === stagingRun(runId));
  await Promise.all(own.map((name) => dropTable(client, tableAt(client, dataset, name))));
}

function runPart(name: string): string {
  return name.slice(0, name.indexOf("__"));
}

/** Lines that are no row are left out, and the others sent as they are. */
async function* chunks(shards: readonly string[]): AsyncGenerator<string> {
  let chunk = "";
  for (const shard of shards) {
    for await (const line of shardLines(shard)) {
      if (line.trim() === "") continue;
      chunk += `${line}\n`;
      if (chunk.length < CHUNK) continue;
      yield chunk;
      chunk = "";
    }
  }
  if (chunk !== "") yield chunk;
}
