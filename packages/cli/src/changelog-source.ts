import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { changeCounter, changelogDataset, changelogFiles } from "@junoplus/bronze-ingest";
import type { ChangelogExport } from "@junoplus/bronze-ingest/changelog-export";
import type { Progress } from "./progress";

/** Which change logs are read, and where from. */
export interface SourceOptions {
  /** A directory, or `bigquery:PROJECT.DATASET[/LOCATION]`. */
  readonly source: string;
  /** Where BigQuery's APIs are, when they are not Google's: an emulator. */
  readonly bigQueryEndpoint?: string | undefined;
  readonly bigQueryStorageEndpoint?: string | undefined;
}

/** A file, or a table of which a read session is open. */
export interface PlannedRead {
  readonly kind: "file" | "read session";
  readonly name: string;
  /** Of a session BigQuery's estimate for the columns that are read; null where there is none. */
  readonly bytes: number | null;
}

/** Change logs that were found and can be read. */
export interface ChangelogSource {
  /** Prefixes of which there is no change log. */
  readonly missing: readonly string[];
  /** What is read to the last byte, and how many bytes those are. */
  readonly reads: readonly PlannedRead[];
  /**
   * The files to read, and how many changes must be in those of each prefix, where that is known; what has to be fetched
   * first is written below the directory, which its owner removes.
   */
  files(directory: string, progress: Progress): Promise<ChangelogExport>;
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
  mayBeMissing: ReadonlySet<string> = new Set(),
): Promise<ChangelogSource> {
  const dataset = changelogDataset(options.source);
  if (dataset === null) return directorySource(options.source, prefixes);
  // Loaded when it is asked for: its clients are large, and a directory has no use for them.
  const { openDatasetReader } = await import("@junoplus/bronze-ingest/dataset-reader");
  const { bigQueryClient } = await import("@junoplus/warehouse/bigquery-client");
  const { project, location } = dataset;
  const { api } = bigQueryClient({ project, location: location ?? "US" }, options.bigQueryEndpoint);
  const reader = await openDatasetReader(dataset, prefixes, Date.parse(at), api, {
    storageEndpoint: options.bigQueryStorageEndpoint,
    mayBeMissing,
  });
  return {
    missing: [],
    reads: reader.reads.map(({ table, bytes }) => ({ kind: "read session", name: table, bytes })),
    files: async (directory, progress) => {
      const folder = join(directory, "changelog");
      mkdirSync(folder, { recursive: true });
      progress.stage("fetch", `${prefixes.length} tables of ${options.source}`);
      return reader.export(folder, (rows) =>
        progress.counters(
          Object.fromEntries([...rows].map(([prefix, count]) => [changeCounter(prefix, "read"), count])),
        ),
      );
    },
    close: () => reader.close(),
  };
}

function directorySource(directory: string, prefixes: readonly string[]): ChangelogSource {
  const files = changelogFiles(directory, prefixes);
  return {
    missing: prefixes.filter((prefix) => !files.some((file) => file.prefix === prefix)),
    reads: files.map(({ path, bytes }) => ({ kind: "file", name: path, bytes })),
    files: async () => ({ files, rows: new Map() }),
    close: async () => {},
  };
}
