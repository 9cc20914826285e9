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
import {
  type AskTable,
  askingBigQuery,
  instant,
  positionQueries,
  rowsBefore,
  rowsBeforeQuery,
  type TableQuery,
  tablePosition,
} from "./table-positions";

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

/** Tables of which read sessions are open. */
export interface OpenTables<Outcome> {
  readonly sessions: readonly OpenSession[];
  /**
   * What is asked of the tables while their rows are fetched. Where the look-back will begin is not known before: the
   * instants of the last run, or of this one, stand there.
   */
  readonly queries: readonly TableQuery[];
  readonly fetch: ExportTables<Outcome>;
}

/** What a read session gives. */
export interface OpenSession {
  /** `project.dataset.table`. */
  readonly table: string;
  /** Canonical instant from which on its rows are read; null where all are. */
  readonly from: string | null;
  /** What reading it is estimated to come to; null where nobody knows. */
  readonly bytes: number | null;
}

/** Change log tables of one dataset, all as they were at one instant, whenever their sessions are opened. */
export interface DatasetReader {
  /** Opens all rows. Throws ChangelogAccessError. */
  whole(): Promise<OpenTables<TableExport>>;
  /**
   * Opens only the rows that were added since a run left the tables; those of the look-back are fetched again, and those among
   * them that the run had read are left out. Nothing is missed: where rows came before the look-back, changed or went, that
   * is found, before a session is opened or when rows are fetched. Throws ChangelogAccessError.
   */
  since(left: LeftTables): Promise<OpenTables<TableExport | UnknownAddition> | UnknownAddition>;
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
  /** Told of each query before it is asked. */
  readonly onQuery?: (query: TableQuery) => void;
}

/**
 * Looks at the table of each prefix, and opens none yet. Throws ChangelogSourceError with every fault of every table,
 * ChangelogAccessError where BigQuery refuses or is not reached.
 */
export async function openDatasetReader(
  dataset: ChangelogDataset,
  prefixes: readonly string[],
  api: BigQuery,
  { readAt, lookBackMs, storageEndpoint, mayBeMissing, onQuery = () => {} }: DatasetReaderOptions,
): Promise<DatasetReader> {
  // Otherwise the REST client asks without credentials, and what it is answered says nothing of them.
  if (storageEndpoint === undefined) await mustHaveCredentials(dataset, api);
  const tables = await changelogTables(api, dataset, prefixes, mayBeMissing);
  const client = bigQueryReadClient(dataset.project, storageEndpoint);
  const send = askingBigQuery(api);
  const ask: AskTable = (query) => {
    onQuery(query);
    return send(query);
  };
  const fetching =
    (sessions: readonly ChangelogSession[], before: LeftTables): ExportTables<TableExport | UnknownAddition> =>
    async (directory, onRows) => {
      if (lookBackMs === null) return { ...(await exportChangelogs(client, sessions, directory, onRows)), left: null };
      const positions = await Promise.all(
        tables.map((table) => {
          const readFrom = positionOf(before, table)?.look_back_from ?? null;
          return tablePosition(ask, table, { readAt, lookBackMs, readFrom });
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
  const open = async (
    opened: readonly ChangelogTable[],
    before: LeftTables,
  ): Promise<OpenTables<TableExport | UnknownAddition>> => {
    const sessions = await openSessions(client, opened, Date.parse(readAt));
    const from = (table: ChangelogTable): string | null => positionOf(before, table)?.look_back_from ?? null;
    return {
      sessions: sessions.map(({ table, bytes }) => ({ table: tableNameOf(table), from: from(table), bytes })),
      queries:
        lookBackMs === null ? [] : tables.flatMap((table) => positionQueries(table, readAt, from(table) ?? readAt)),
      fetch: fetching(sessions, before),
    };
  };
  return {
    whole: () => open(tables, NOTHING) as Promise<OpenTables<TableExport>>,
    since: async (left) => {
      const unknown = await Promise.all(
        tables.map((table) => unknownSince(ask, table, readAt, positionOf(left, table))),
      );
      const [because] = unknown.filter((each) => each !== null);
      if (because !== undefined) return { because };
      return open(
        tables.map((table) => readFrom(table, positionOf(left, table))),
        left,
      );
    },
    close: () => client.close(),
  };
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
  ask: AskTable,
  table: ChangelogTable,
  readAt: string,
  position: TablePositions | undefined,
): Promise<string | null> {
  const name = tableNameOf(table);
  if (position === undefined) return `the last run did not read ${name}`;
  if (position.table_name !== name) return `the last run read ${position.table_name} and not ${name}`;
  if (position.read_at > readAt) return `the last run read ${name} as of ${position.read_at}, which is later than now`;
  const { look_back_from: from, rows_before, timestamps_before } = position;
  const found = await rowsBefore(ask, rowsBeforeQuery(table, readAt, from));
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
