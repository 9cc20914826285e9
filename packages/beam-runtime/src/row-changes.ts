import { isDeepStrictEqual } from "node:util";
import { requireForSerialization } from "apache-beam/serialization";
import { type Grouped, groupKeyed, type Keyed } from "./keyed";
import { type Counter, flatten, P, type PCollection, type PTransform, withName } from "./sdk";
import type { Tagged } from "./split-by-tag";

/** A row of a table of which a part was made anew: as it stays, as it was, or as it is now. */
export type RowChange<Row> = Tagged<{ kept: Row; before: Row; after: Row }>;

/**
 * The rows of a part of a table, as they were and as they were made anew. Where other rows were made too, `asked` holds the keys
 * of the part's own: of the others not everything was looked at, and they are as they were.
 */
export type RemadeRows<Row> = {
  readonly before: PCollection<Row>;
  readonly after: PCollection<Row>;
  readonly asked?: PCollection<Partial<Row>>;
};

/** Which columns tell rows apart, by which a row is seen to be another than before, and what counts those that are not. */
export interface RowComparison {
  readonly key: readonly string[];
  readonly compared: readonly string[];
  readonly kept: Counter;
}

type RemadeRow<Row> = Tagged<{ before: Row; after: Row; asked: true }>;

interface PartComparison extends RowComparison {
  /** Whether a row counts only where its key was asked for. */
  readonly isAsked: boolean;
}

/** What making rows anew changed: a row that came out as it was is `kept`, of a changed one there are `before` and `after`. */
export function rowChanges<Row extends object>(
  comparison: RowComparison,
): PTransform<RemadeRows<Row>, PCollection<RowChange<Row>>> {
  return withName("rowChanges", ({ before, after, asked }: RemadeRows<Row>) => {
    const rows = P([
      before.map(withName("rowBefore", rowBefore<Row>), comparison),
      after.map(withName("rowAfter", rowAfter<Row>), comparison),
      ...(asked === undefined ? [] : [asked.map(withName("rowAsked", rowAsked<Row>), comparison)]),
    ]).apply(flatten()) as PCollection<Keyed<RemadeRow<Row>>>;
    const context = { ...comparison, isAsked: asked !== undefined };
    return rows.apply(groupKeyed()).flatMap(withName("changesOfRow", changesOfRow<Row>), context);
  });
}

/** Worker function: a row as it was, by its key. */
export function rowBefore<Row extends object>(before: Row, { key }: RowComparison): Keyed<RemadeRow<Row>> {
  return { key: keyOfRow(before, key), value: { before } };
}

/** Worker function: a row as it was made anew, by its key. */
export function rowAfter<Row extends object>(after: Row, { key }: RowComparison): Keyed<RemadeRow<Row>> {
  return { key: keyOfRow(after, key), value: { after } };
}

/** Worker function: a key that was asked for. */
export function rowAsked<Row extends object>(asked: Partial<Row>, { key }: RowComparison): Keyed<RemadeRow<Row>> {
  return { key: keyOfRow(asked, key), value: { asked: true } };
}

/** Worker function: what became of the row of one key. Rows of a key that should have had one are all given, for checks to find. */
export function* changesOfRow<Row extends object>(
  { value }: Grouped<RemadeRow<Row>>,
  { compared, kept, isAsked }: PartComparison,
): Generator<RowChange<Row>> {
  const before: Row[] = [];
  const after: Row[] = [];
  let counts = !isAsked;
  for (const row of value) {
    if ("before" in row) before.push(row.before);
    else if ("after" in row) after.push(row.after);
    else counts = true;
  }
  if (!counts) {
    kept.update(after.length);
    return;
  }
  const [was, ...moreBefore] = before;
  const [is, ...moreAfter] = after;
  const areSingle = moreBefore.length === 0 && moreAfter.length === 0;
  if (areSingle && was !== undefined && is !== undefined && isSame(was, is, compared)) {
    kept.update(1);
    yield { kept: was };
    return;
  }
  for (const row of before) yield { before: row };
  for (const row of after) yield { after: row };
}

function isSame(a: object, b: object, columns: readonly string[]): boolean {
  return columns.every((column) => {
    const [was, is] = [valueIn(a, column), valueIn(b, column)];
    return was === is || isDeepStrictEqual(was, is);
  });
}

function keyOfRow(row: object, columns: readonly string[]): string {
  return JSON.stringify(columns.map((column) => valueIn(row, column)));
}

function valueIn(row: object, column: string): unknown {
  return (row as Readonly<Record<string, unknown>>)[column];
}

requireForSerialization("@junoplus/beam-runtime/row-changes", exports);
