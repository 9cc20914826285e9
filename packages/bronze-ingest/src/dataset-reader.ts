import type { BigQuery } from "@google-cloud/bigquery";
import { accessError } from "./changelog-access-error";
import { type ChangelogExport, exportChangelogs, openSessions } from "./changelog-export";
import { type ChangelogDataset, changelogTables } from "./changelog-tables";
import { bigQueryReadClient } from "./read-client";

/** Change log tables of one dataset, all as they were at one instant. */
export interface DatasetReader {
  /** Writes them as change log files into the directory; `onRows` is told the rows of each prefix so far. */
  export(directory: string, onRows: (rows: ReadonlyMap<string, number>) => void): Promise<ChangelogExport>;
  close(): Promise<void>;
}

/**
 * Looks at the table of each prefix and opens it as it is at an instant (milliseconds since 1970). `storageEndpoint` is an
 * emulator's `HOST:PORT`. Throws ChangelogSourceError with every fault of every table, ChangelogAccessError where BigQuery
 * refuses or is not reached.
 */
export async function openDatasetReader(
  dataset: ChangelogDataset,
  prefixes: readonly string[],
  snapshotMs: number,
  api: BigQuery,
  storageEndpoint?: string,
): Promise<DatasetReader> {
  // Otherwise the REST client asks without credentials, and what it is answered says nothing of them.
  if (storageEndpoint === undefined) await mustHaveCredentials(dataset, api);
  const tables = await changelogTables(api, dataset, prefixes);
  const client = bigQueryReadClient(dataset.project, storageEndpoint);
  try {
    const sessions = await openSessions(client, tables, snapshotMs);
    return {
      export: (directory, onRows) => exportChangelogs(client, sessions, directory, onRows),
      close: () => client.close(),
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}

async function mustHaveCredentials({ project, dataset }: ChangelogDataset, { authClient }: BigQuery): Promise<void> {
  try {
    await authClient.getClient();
  } catch (error) {
    throw accessError(`${project}.${dataset}`, error);
  }
}
