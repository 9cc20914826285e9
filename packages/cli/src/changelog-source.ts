import {
  type ChangelogFile,
  changelogDataset,
  changelogFiles,
  filePosition,
  filesSince,
} from "@junoplus/bronze-ingest";
import type { ChangelogExport } from "@junoplus/bronze-ingest/changelog-export";
import type { LeftTables, UnknownAddition } from "@junoplus/bronze-ingest/dataset-reader";
import type { FilePositions } from "@junoplus/contracts";
import type { DryRunFindings, PlannedRead } from "./dry-run-findings";
import type { Progress } from "./progress";

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
  /** True where `since` may be asked for: no table is opened before it is known which of its rows are read. */
  readonly mayGoOn?: boolean;
  /** Prefixes whose table in BigQuery need not be there. */
  readonly mayBeMissing?: ReadonlySet<string>;
  /** Makes it a dry run: what would be read and asked is taken down here, and nothing is read. */
  readonly findings?: DryRunFindings;
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

/** Change logs that were found and can be read. */
export interface ChangelogSource {
  /** As it was given. */
  readonly name: string;
  /** Prefixes of which there is no change log. */
  readonly missing: readonly string[];
  /** All changes; opens the tables. Throws ChangelogAccessError. */
  whole(): Promise<FetchChanges>;
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
  if (dataset === null) return directorySource(options.source, prefixes, opening);
  // Loaded when it is asked for: its clients are large, and a directory has no use for them.
  const { datasetSource } = await import("./dataset-source.js");
  return datasetSource(dataset, options, prefixes, at, opening);
}

function directorySource(
  directory: string,
  prefixes: readonly string[],
  { lookBackDays, findings }: SourceOpening,
): ChangelogSource {
  const files = changelogFiles(directory, prefixes);
  // Taken before anything is read: what is added meanwhile is the next run's.
  const positions = lookBackDays === undefined ? null : { files: files.map(filePosition), tables: [], recent: [] };
  const reading = (read: readonly ChangelogFile[]) => async (): Promise<FetchedChanges> => {
    findings?.reads.push(...read.map(plannedFile));
    return { files: findings === undefined ? read : [], rows: new Map(), fetched: null, positions };
  };
  return {
    name: directory,
    missing: prefixes.filter((prefix) => !files.some((file) => file.prefix === prefix)),
    whole: async () => reading(files),
    since: async (left) => {
      if (left.tables.length > 0) return { because: "the last run read tables and no files" };
      return reading(filesSince(files, left.files));
    },
    close: async () => {},
  };
}

function plannedFile({ path, bytes, start = 0 }: ChangelogFile): PlannedRead {
  return { kind: "file", name: path, from: start === 0 ? null : start, bytes: bytes - start };
}
