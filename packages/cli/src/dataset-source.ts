import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type ChangelogDataset, changeCounter } from "@junoplus/bronze-ingest";
import {
  type OpenTables,
  openDatasetReader,
  type TableExport,
  type UnknownAddition,
} from "@junoplus/bronze-ingest/dataset-reader";
import type { TableQuery } from "@junoplus/bronze-ingest/table-positions";
import { type BigQueryClient, bigQueryClient } from "@junoplus/warehouse/bigquery-client";
import type { ChangelogSource, FetchChanges, FetchedChanges, SourceOpening, SourceOptions } from "./changelog-source";
import { findQueries, findTables } from "./dry-run-findings";

const DAY_MS = 86_400_000;

/**
 * The change logs of a dataset in BigQuery, as they are at an instant (canonical). Unless a run may go on from another, they are
 * opened at once, so that who may not read them learns it first. Throws ChangelogSourceError, ChangelogAccessError.
 */
export async function datasetSource(
  dataset: ChangelogDataset,
  options: SourceOptions,
  prefixes: readonly string[],
  at: string,
  { lookBackDays, mayGoOn = false, mayBeMissing, findings }: SourceOpening,
): Promise<ChangelogSource> {
  const { project, location } = dataset;
  const clientOf = (region: string | null): BigQueryClient =>
    bigQueryClient({ project, location: region ?? location ?? "US" }, options.bigQueryEndpoint);
  const asked: TableQuery[] = [];
  const reader = await openDatasetReader(dataset, prefixes, clientOf(null).api, {
    readAt: at,
    lookBackMs: lookBackDays === undefined ? null : lookBackDays * DAY_MS,
    storageEndpoint: options.bigQueryStorageEndpoint,
    ...(mayBeMissing !== undefined && { mayBeMissing }),
    onQuery: (query) => asked.push(query),
  });
  const found =
    (tables: OpenTables<unknown>, { plan, reads }: NonNullable<typeof findings>) =>
    async (): Promise<FetchedChanges> => {
      await findTables({ plan, reads }, tables, clientOf);
      const positions = lookBackDays === undefined ? null : { files: [], tables: [], recent: [] };
      return { files: [], rows: new Map(), fetched: null, positions };
    };
  const fetched =
    (tables: OpenTables<TableExport | UnknownAddition>): FetchChanges<FetchedChanges | UnknownAddition> =>
    async (directory, progress) => {
      const folder = join(directory, "changelog");
      // What was fetched in vain before is not read.
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      progress.stage("fetch", `${prefixes.length} tables of ${options.source}`);
      const exported = await tables.fetch(folder, (rows) =>
        progress.counters(
          Object.fromEntries([...rows].map(([prefix, count]) => [changeCounter(prefix, "read"), count])),
        ),
      );
      if ("because" in exported) return exported;
      return { ...exported, positions: exported.left === null ? null : { files: [], ...exported.left } };
    };
  const reading = (tables: OpenTables<TableExport | UnknownAddition>) =>
    findings === undefined ? fetched(tables) : found(tables, findings);
  const openWhole = async (): Promise<FetchChanges> => reading(await reader.whole()) as FetchChanges;
  try {
    const opened = mayGoOn ? null : await openWhole();
    return {
      name: options.source,
      missing: [],
      whole: async () => opened ?? openWhole(),
      since: async (left) => {
        if (left.files.length > 0) return { because: "the last run read files and no tables" };
        const added = await reader.since(left);
        if (findings !== undefined) await findQueries(findings.plan, asked, clientOf, true);
        return "because" in added ? added : reading(added);
      },
      close: () => reader.close(),
    };
  } catch (error) {
    await reader.close();
    throw error;
  }
}
