import { QueryError, type Row, type Warehouse } from "@junoplus/warehouse";

/** A query of one row: aggregates by the names that they are read by, and what follows FROM. */
export interface Aggregates {
  readonly columns: Readonly<Record<string, string>>;
  readonly from: string;
}

/** BigQuery takes a query of 1 MB; what is counted here in characters may be more in bytes. */
const LONGEST_SQL = 250_000;

/**
 * The rows of such queries, in order. They are asked together, because in BigQuery each query is a job, and each table of
 * a job is paid for as at least 10 MB; so columns at the same place must have types that a UNION takes. Throws the
 * QueryError of the query that fails, in its own words.
 */
export async function aggregateRows(warehouse: Warehouse, asked: readonly Aggregates[]): Promise<readonly Row[]> {
  const answers = await Promise.all(parts(asked).map((part) => rowsOf(warehouse, part)));
  return answers.flat();
}

async function rowsOf(warehouse: Warehouse, asked: readonly Aggregates[]): Promise<readonly Row[]> {
  const alone = () => Promise.all(asked.map((one) => rowOf(warehouse, one)));
  if (asked.length === 1) return alone();
  let rows: readonly Row[];
  try {
    rows = await warehouse.query(union(asked));
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    // Asked alone, the one that fails tells which table it is about; and where only their number was too much, none fails.
    return alone();
  }
  return asked.map(({ columns }, index) => {
    // A dry run answers with one row, and NULL for everything.
    const row = rows.find(({ asked: of }) => of === index || of === null);
    if (row === undefined) throw new Error(`the store answered ${rows.length} of ${asked.length} aggregates`);
    return Object.fromEntries(Object.keys(columns).map((name, at) => [name, row[`column_${at}`] ?? null]));
  });
}

async function rowOf(warehouse: Warehouse, { columns, from }: Aggregates): Promise<Row> {
  const aliased = Object.entries(columns).map(([name, aggregate]) => `${aggregate} AS ${name}`);
  const [row] = await warehouse.query(`SELECT ${aliased.join(", ")} FROM ${from}`);
  if (row === undefined) throw new Error(`the store answered no row of ${from}`);
  return row;
}

/** One query of a row for each; the first gives the columns their names, and what others lack is NULL. */
function union(asked: readonly Aggregates[]): string {
  const width = Math.max(...asked.map(({ columns }) => Object.keys(columns).length));
  const selects = asked.map(({ columns, from }, index) => {
    const aggregates = Object.values(columns);
    const all = [String(index), ...aggregates, ...Array<string>(width - aggregates.length).fill("NULL")];
    const named = all.map((value, at) => (at === 0 ? `${value} AS asked` : `${value} AS column_${at - 1}`));
    return `SELECT ${(index === 0 ? named : all).join(", ")} FROM ${from}`;
  });
  return selects.join("\nUNION ALL ");
}

/** As many as fit into one query each. */
function parts(asked: readonly Aggregates[]): readonly (readonly Aggregates[])[] {
  const found: Aggregates[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const one of asked) {
    const own = one.from.length + Object.values(one.columns).join(", ").length;
    length += own;
    if (length > LONGEST_SQL) {
      found.push([]);
      length = own;
    }
    found.at(-1)?.push(one);
  }
  return found;
}
