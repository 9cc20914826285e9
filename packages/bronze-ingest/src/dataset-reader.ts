import type { BigQuery } from "@google-cloud/bigquery";
import type { RecentChanges, TablePositions } from "@junoplus/contracts";
import { accessError } from "./changelog-access-error";
import { type ChangelogExport, type ChangelogSession, exportChangelogs, openSessions } from "./changelog-export";
import {
  type ChangelogDataset,
  type ChangelogTable,
  changelogTables,
  restrictedTo,
  tableNameOf,
} from "./changelog-tables";
import { bigQueryReadClient } from "./read-client";
import { RecentRows } from "./recent-rows";
import { instant, rowsBefore, tablePosition } from "./table-positions";

/** What a run leaves of the tables that it read, so that a later one reads what was added. */
export interface LeftTables {
  readonly tables: readonly TablePositions[];
  readonly recent: readonly RecentChanges[];
}

/** Changes that were fetched, and what is left to the next run; null where nothing is. */
export interface TableExport extends ChangelogExport {
  readonly left: LeftTables | null;
}

/** Why what was added since a run cannot be told. */
export interface UnknownAddition {
  readonly because: string;
}

/** Writes change log files into a directory; `onRows` is told the rows of each prefix so far. */
export type ExportTables<Outcome> = (
  directory: string,
  onRows: (rows: ReadonlyMap<string, number>) => void,
) => Promise<Outcome>;

/** Change log tables of one dataset, all as they were at one instant. */
export interface DatasetReader {
  /** `project.dataset.table` of each, and the bytes that reading all of it is estimated to come to; null where nobody knows. */
  readonly reads: readonly { readonly table: string; readonly bytes: number | null }[];
  readonly whole: ExportTables<TableExport>;
  /**
   * Only the rows that were added since a run left the tables; those of the look-back are fetched again, and those among
   * them that the run had read are left out. Nothing is missed: where rows came before the look-back, changed or went, that
   * is found, before or after rows are fetched.
   */
  since(left: LeftTables): Promise<ExportTables<TableExport | UnknownAddition> | UnknownAddition>;
  close(): Promise<void>;
}

/** How tables are read. */
export interface DatasetReaderOptions {
  /** Canonical instant as of which they are read. */
  readonly readAt: string;
  /** How far back a later run looks for late rows; null where no run is to go on from this one. */
  readonly lookBackMs: number | null;
  /** An emulator's `HOST:PORT`. */
  readonly storageEndpoint?: string | undefined;
  /** Prefixes that need not be there: without a table they are left out. */
  readonly mayBeMissing?: ReadonlySet<string>;
}

/**
 * Looks at the table of each prefix and opens it as it is at an instant. Throws ChangelogSourceError with every fault of every
 * table, ChangelogAccessError where BigQuery refuses or is not reached.
 */
export async function openDatasetReader(
  dataset: ChangelogDataset,
  prefixes: readonly string[],
  api: BigQuery,
  { readAt, lookBackMs, storageEndpoint, mayBeMissing }: DatasetReaderOptions,
): Promise<DatasetReader> {
  // Otherwise the REST client asks without credentials, and what it is answered says nothing of them.
  if (storageEndpoint === undefined) await mustHaveCredentials(dataset, api);
  const tables = await changelogTables(api, dataset, prefixes, mayBeMissing);
  const client = bigQueryReadClient(dataset.project, storageEndpoint);
  const exported =
    (sessions: readonly ChangelogSession[], before: LeftTables): ExportTables<TableExport | UnknownAddition> =>
    async (directory, onRows) => {
      if (lookBackMs === null) return { ...(await exportChangelogs(client, sessions, directory, onRows)), left: null };
      const positions = await Promise.all(
        tables.map((table) => {
          const readFrom = positionOf(before, table)?.look_back_from ?? null;
          return tablePosition(api, table, { readAt, lookBackMs, readFrom });
        }),
      );
      const recent = new Map(
        positions.map(({ changelog, look_back_from }) => [
          changelog,
          new RecentRows(changelog, look_back_from, before.recent),
        ]),
      );
      const found = await exportChangelogs(client, sessions, directory, onRows, recent);
      const gone = tables.filter(({ prefix }) => (recent.get(prefix)?.missing() ?? 0) > 0);
      if (gone.length > 0) {
        return { because: `rows that had been read were changed or are gone in ${gone.map(tableNameOf).join(", ")}` };
      }
      return { ...found, left: { tables: positions, recent: [...recent.values()].flatMap((rows) => rows.left()) } };
    };
  try {
    const sessions = await openSessions(client, tables, Date.parse(readAt));
    return {
      reads: sessions.map(({ table, bytes }) => ({ table: tableNameOf(table), bytes })),
      whole: exported(sessions, NOTHING) as ExportTables<TableExport>,
      since: async (left) => {
        for (const table of tables) {
          const because = await unknownSince(api, table, readAt, positionOf(left, table));
          if (because !== null) return { because };
        }
        const added = tables.map((table) => readFrom(table, positionOf(left, table)));
        return exported(await openSessions(client, added, Date.parse(readAt)), left);
      },
      close: () => client.close(),
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}

const NOTHING: LeftTables = { tables: [], recent: [] };

function positionOf({ tables }: LeftTables, { prefix }: ChangelogTable): TablePositions | undefined {
  return tables.find(({ changelog }) => changelog === prefix);
}

function readFrom(table: ChangelogTable, position: TablePositions | undefined): ChangelogTable {
  if (position === undefined) throw new TypeError(`${table.prefix} has no position`);
  const restriction = `timestamp >= ${instant(position.look_back_from)}`;
  return { ...table, rowRestriction: restrictedTo(table.rowRestriction, restriction) };
}

/** Why a position does not tell what was added to a table; null where it does. */
async function unknownSince(
  api: BigQuery,
  table: ChangelogTable,
  readAt: string,
  position: TablePositions | undefined,
): Promise<string | null> {
  const name = tableNameOf(table);
  if (position === undefined) return `the last run did not read ${name}`;
  if (position.table_name !== name) return `the last run read ${position.table_name} and not ${name}`;
  if (position.read_at > readAt) return `the last run read ${name} as of ${position.read_at}, which is later than now`;
  const { look_back_from: from, rows_before, timestamps_before } = position;
  const found = await rowsBefore(api, table, readAt, from);
  if (found.rows_before !== rows_before) {
    return `${name} holds ${found.rows_before} rows from before ${from}, where the look-back begins, and held ${rows_before}`;
  }
  if (found.timestamps_before === timestamps_before) return null;
  return `${name} holds other rows from before ${from}, where the look-back begins, than it held`;
}

async function mustHaveCredentials({ project, dataset }: ChangelogDataset, { authClient }: BigQuery): Promise<void> {
  try {
    await authClient.getClient();
  } catch (error) {
    throw accessError(`${project}.${dataset}`, error);
  }
}
