import type { BigQuery } from "@google-cloud/bigquery";
import { type ChangelogExport, exportChangelogs, openSessions } from "./changelog-export";
import { type ChangelogDataset, changelogTables } from "./changelog-tables";
import { bigQueryReadClient } from "./read-client";

/** Change log tables of one dataset, all as they were at one instant. */
export interface DatasetReader {
  /** `project.dataset.table` of each, and the bytes that reading it is estimated to come to; null where nobody knows. */
  readonly reads: readonly { readonly table: string; readonly bytes: number | null }[];
  /** Writes them as change log files into the directory; `onRows` is told the rows of each prefix so far. */
  export(directory: string, onRows: (rows: ReadonlyMap<string, number>) => void): Promise<ChangelogExport>;
  close(): Promise<void>;
}

/** Where the Storage API is when it is not Google's, and which change logs need not be there. */
export interface DatasetReaderOptions {
  readonly storageEndpoint?: string | undefined;
  readonly mayBeMissing?: ReadonlySet<string>;
}

/**
 * Looks at the table of each prefix and opens it as it is at an instant (milliseconds since 1970); prefixes that may be missing
 * are left out where they have no table. `storageEndpoint` is an emulator's `HOST:PORT`. Throws ChangelogSourceError with every fault of every table, ChangelogAccessError where BigQuery
 * refuses or is not reached.
 */
export async function openDatasetReader(
  dataset: ChangelogDataset,
  prefixes: readonly string[],
  snapshotMs: number,
  api: BigQuery,
  { storageEndpoint, mayBeMissing }: DatasetReaderOptions = {},
): Promise<DatasetReader> {
  const tables = await changelogTables(api, dataset, prefixes, mayBeMissing);
  const client = bigQueryReadClient(dataset.project, storageEndpoint);
  try {
    const sessions = await openSessions(client, tables, snapshotMs);
    return {
      reads: sessions.map(({ table: { project, dataset: within, table }, bytes }) => {
        return { table: `${project}.${within}.${table}`, bytes };
      }),
      export: (directory, onRows) => exportChangelogs(client, sessions, directory, onRows),
      close: () => client.close(),
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}
