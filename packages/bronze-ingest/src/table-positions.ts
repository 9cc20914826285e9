import type { BigQuery } from "@google-cloud/bigquery";
import type { TablePositions } from "@junoplus/contracts";
import { canonicalMicros } from "./canonical-micros";
import { accessError } from "./changelog-access-error";
import { type ChangelogTable, restrictedTo, tableNameOf } from "./changelog-tables";

const FIRST_INSTANT = "0001-01-01T00:00:00.000000Z";

/** A query over one change log table as it was at an instant. */
export interface TableQuery {
  readonly table: ChangelogTable;
  readonly sql: string;
}

/** Asks a query and gives its rows. Throws ChangelogAccessError. */
export type AskTable = (query: TableQuery) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** Asks BigQuery, where the table lies. */
export function askingBigQuery(api: BigQuery): AskTable {
  return async ({ table, sql: query }) => {
    try {
      const [rows] = await api.query({ query, ...(table.region !== null && { location: table.region }) });
      return rows as readonly Readonly<Record<string, unknown>>[];
    } catch (error) {
      throw accessError(tableNameOf(table), error);
    }
  };
}

/** How a table is read by a run that leaves its position. */
export interface PositionInput {
  /** Canonical instant as of which it is read. */
  readonly readAt: string;
  readonly lookBackMs: number;
  /** The earliest instant from which on this run reads rows: what lies before is not seen, and cannot be kept. Null: all are read. */
  readonly readFrom: string | null;
}

/** Where a run leaves a table that it reads as of an instant. Throws ChangelogAccessError. */
export async function tablePosition(
  ask: AskTable,
  table: ChangelogTable,
  { readAt, lookBackMs, readFrom }: PositionInput,
): Promise<TablePositions> {
  const [row] = await ask(newestQuery(table, readAt));
  const newest = typeof row?.["newest"] === "string" ? BigInt(row["newest"]) : BigInt(Date.parse(readAt)) * 1000n;
  const from = canonicalMicros(newest - BigInt(lookBackMs) * 1000n) ?? FIRST_INSTANT;
  const lookBackFrom = readFrom !== null && readFrom > from ? readFrom : from;
  return {
    changelog: table.prefix,
    table_name: tableNameOf(table),
    read_at: readAt,
    look_back_from: lookBackFrom,
    ...(await rowsBefore(ask, rowsBeforeQuery(table, readAt, lookBackFrom))),
  };
}

/** The queries of `tablePosition`. Where the look-back will begin only the first one tells: the second is as of the given instant. */
export function positionQueries(table: ChangelogTable, readAt: string, lookBackFrom: string): readonly TableQuery[] {
  return [newestQuery(table, readAt), rowsBeforeQuery(table, readAt, lookBackFrom)];
}

function newestQuery(table: ChangelogTable, readAt: string): TableQuery {
  // A timestamp in the future would let the look-back begin behind all that is yet to come.
  return tableQuery(table, readAt, `CAST(UNIX_MICROS(LEAST(MAX(timestamp), ${instant(readAt)})) AS STRING) AS newest`);
}

/** What lies in a table before the part that the next run reads. Reads one column: eight bytes a row. */
export function rowsBeforeQuery(table: ChangelogTable, readAt: string, lookBackFrom: string): TableQuery {
  // A row without a timestamp is read by no restriction on it. A NUMERIC sum, since that of a few thousand INT64 overflows.
  return tableQuery(
    table,
    readAt,
    "COUNT(*) AS row_total, CAST(SUM(CAST(UNIX_MICROS(timestamp) AS NUMERIC)) AS STRING) AS timestamps",
    `(timestamp < ${instant(lookBackFrom)} OR timestamp IS NULL)`,
  );
}

/** The answer to a `rowsBeforeQuery`. Throws ChangelogAccessError. */
export async function rowsBefore(
  ask: AskTable,
  query: TableQuery,
): Promise<Pick<TablePositions, "rows_before" | "timestamps_before">> {
  const [row] = await ask(query);
  const sum = row?.["timestamps"];
  return {
    rows_before: Number(row?.["row_total"] ?? 0),
    timestamps_before: typeof sum === "string" ? (sum.split(".")[0] ?? "0") : "0",
  };
}

/** A canonical instant in BigQuery's SQL and in restrictions of rows. */
export function instant(canonical: string): string {
  return `TIMESTAMP "${canonical.slice(0, 10)} ${canonical.slice(11, -1)}+00"`;
}

function tableQuery(
  table: ChangelogTable,
  readAt: string,
  columns: string,
  condition: string | null = null,
): TableQuery {
  const { project, dataset, rowRestriction } = table;
  const where = restrictedTo(rowRestriction, condition);
  const sql =
    `SELECT ${columns} FROM \`${project}.${dataset}.${table.table}\` FOR SYSTEM_TIME AS OF ${instant(readAt)}` +
    (where === null ? "" : ` WHERE ${where}`);
  return { table, sql };
}
