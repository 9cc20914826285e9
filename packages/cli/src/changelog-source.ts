import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  type ChangelogDataset,
  type ChangelogFile,
  changeCounter,
  changelogDataset,
  changelogFiles,
  filePosition,
  filesSince,
} from "@junoplus/bronze-ingest";
import type { ChangelogExport } from "@junoplus/bronze-ingest/changelog-export";
import type { ExportTables, LeftTables, TableExport, UnknownAddition } from "@junoplus/bronze-ingest/dataset-reader";
import type { FilePositions } from "@junoplus/contracts";
import type { Progress } from "./progress";

const DAY_MS = 86_400_000;

/** Which change logs are read, and where from. */
export interface SourceOptions {
  /** A directory, or `bigquery:PROJECT.DATASET[/LOCATION]`. */
  readonly source: string;
  /** Where BigQuery's APIs are, when they are not Google's: an emulator. */
  readonly bigQueryEndpoint?: string | undefined;
  readonly bigQueryStorageEndpoint?: string | undefined;
}

/** How change logs are opened. */
export interface SourceOpening {
  /** How many days before the newest change of a table a later run looks for late ones; left out where none is to go on. */
  readonly lookBackDays?: number;
  /** Prefixes whose table in BigQuery need not be there. */
  readonly mayBeMissing?: ReadonlySet<string>;
}

/** Where a run leaves the change logs that it read: what is added later is the next one's. */
export interface LeftPositions extends LeftTables {
  readonly files: readonly FilePositions[];
}

/** Files to read, and how many changes must be in those of each prefix, where that is known. */
export interface FetchedChanges extends ChangelogExport {
  /** Null where none are left. */
  readonly positions: LeftPositions | null;
}

/** Gives the changes to read; what has to be fetched first is written below the directory, which its owner removes. */
export type FetchChanges<Outcome = FetchedChanges> = (directory: string, progress: Progress) => Promise<Outcome>;

/** A file, or a table of which a read session is open. */
export interface PlannedRead {
  readonly kind: "file" | "read session";
  readonly name: string;
  /** Of a session BigQuery's estimate for the columns that are read; null where there is none. */
  readonly bytes: number | null;
}

/** Change logs that were found and can be read. */
export interface ChangelogSource {
  /** As it was given. */
  readonly name: string;
  /** Prefixes of which there is no change log. */
  readonly missing: readonly string[];
  /** What is read to the last byte, and how many bytes those are. */
  readonly reads: readonly PlannedRead[];
  /** All changes. */
  readonly whole: FetchChanges;
  /**
   * Only what was added since an earlier run left the logs, or why that cannot be told; of tables it may only show when they
   * are read. Throws PositionError where files did not just grow, before anything is read.
   */
  since(left: LeftPositions): Promise<FetchChanges<FetchedChanges | UnknownAddition> | UnknownAddition>;
  close(): Promise<void>;
}

/**
 * Looks at the change logs of the prefixes, as they are at an instant (canonical). Throws ChangelogSourceError where they cannot
 * be read as they are, ChangelogAccessError where BigQuery refuses. In BigQuery a change log that is missing is a fault, unless
 * it may be.
 */
export async function openSource(
  options: SourceOptions,
  prefixes: readonly string[],
  at: string,
  opening: SourceOpening = {},
): Promise<ChangelogSource> {
  const dataset = changelogDataset(options.source);
  return dataset === null
    ? directorySource(options.source, prefixes, opening.lookBackDays !== undefined)
    : await datasetSource(options, dataset, prefixes, at, opening);
}

async function datasetSource(
  { source, bigQueryEndpoint, bigQueryStorageEndpoint }: SourceOptions,
  dataset: ChangelogDataset,
  prefixes: readonly string[],
  at: string,
  { lookBackDays, mayBeMissing = new Set() }: SourceOpening,
): Promise<ChangelogSource> {
  // Loaded when it is asked for: its clients are large, and a directory has no use for them.
  const { openDatasetReader } = await import("@junoplus/bronze-ingest/dataset-reader");
  const { bigQueryClient } = await import("@junoplus/warehouse/bigquery-client");
  const { project, location } = dataset;
  const { api } = bigQueryClient({ project, location: location ?? "US" }, bigQueryEndpoint);
  const reader = await openDatasetReader(dataset, prefixes, api, {
    readAt: at,
    lookBackMs: lookBackDays === undefined ? null : lookBackDays * DAY_MS,
    storageEndpoint: bigQueryStorageEndpoint,
    mayBeMissing,
  });
  const what = `${prefixes.length} tables of ${source}`;
  return {
    name: source,
    missing: [],
    reads: reader.reads.map(({ table, bytes }) => ({ kind: "read session", name: table, bytes })),
    whole: fetching(reader.whole, what) as FetchChanges,
    since: async (left) => {
      if (left.files.length > 0) return { because: "the last run read files and no tables" };
      const added = await reader.since(left);
      return "because" in added ? added : fetching(added, what);
    },
    close: () => reader.close(),
  };
}

function fetching(
  exportTables: ExportTables<TableExport | UnknownAddition>,
  what: string,
): FetchChanges<FetchedChanges | UnknownAddition> {
  return async (directory, progress) => {
    const folder = join(directory, "changelog");
    // What was fetched in vain before is not read.
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    progress.stage("fetch", what);
    const found = await exportTables(folder, (rows) =>
      progress.counters(Object.fromEntries([...rows].map(([prefix, count]) => [changeCounter(prefix, "read"), count]))),
    );
    if ("because" in found) return found;
    return { ...found, positions: found.left === null ? null : { files: [], ...found.left } };
  };
}

function directorySource(directory: string, prefixes: readonly string[], leavesPositions: boolean): ChangelogSource {
  const files = changelogFiles(directory, prefixes);
  // Taken before anything is read: what is added meanwhile is the next run's.
  const positions = leavesPositions ? { files: files.map(filePosition), tables: [], recent: [] } : null;
  const read = (files: readonly ChangelogFile[]) => async (): Promise<FetchedChanges> => ({
    files,
    rows: new Map(),
    fetched: null,
    positions,
  });
  return {
    name: directory,
    missing: prefixes.filter((prefix) => !files.some((file) => file.prefix === prefix)),
    reads: files.map(({ path, bytes }) => ({ kind: "file", name: path, bytes })),
    whole: read(files),
    since: async (left) => {
      if (left.tables.length > 0) return { because: "the last run read tables and no files" };
      return read(filesSince(files, left.files));
    },
    close: async () => {},
  };
}
