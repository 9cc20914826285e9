import { combineBy, dropKey, type FileRange, type Split } from "@junoplus/beam-runtime";
import {
  type CombineFn,
  type Counter,
  counter,
  flatten,
  P,
  type PCollection,
  type PTransform,
  withName,
} from "@junoplus/beam-runtime/sdk";
import {
  type ChangesAndStates,
  type CurrentDocument,
  type DocumentHistory,
  type DocumentLeavings,
  documentHistories,
  documentOf,
  documentPath,
  type Leaving,
  type LoggedChange,
  latestDocuments,
  type OwnerOf,
  type PathParams,
  pathParams,
  type RowKeysOf,
  type TouchedDocument,
  touchedDocuments,
} from "@junoplus/bronze-ingest";
import { type ChangelogContract, compareBytes, type DocumentStates, type TableContract } from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";

/** What a run gives to every row: the instant that dates processed_at and ages. */
export interface RunInstant {
  /** Canonical timestamp (UTC, six decimals). */
  readonly asOf: string;
}

/** Where a document's row comes from. */
export interface RowSource {
  /** Canonical document path. */
  readonly path: string;
  /** The wildcards of the path, by name. */
  readonly params: PathParams;
  /** Commit time of the winning change, canonical. */
  readonly changedAt: string;
}

/** A table of current states: each live document gives rows. */
export interface CurrentTable<Document, Row> {
  readonly kind: "current";
  readonly from: ChangelogContract<Document>;
  readonly to: TableContract<Row>;
  readonly toRows: (document: Document, source: RowSource, run: RunInstant) => readonly Row[];
  readonly pathColumns: PathColumns<Row>;
  /** The row's key, where several documents (or one twice) can give the same row: the later one wins whole. */
  readonly keyOf?: (row: Row) => string;
  /** The user whose rows a document gives, where its path does not name the user. */
  readonly ownerOf?: OwnerOf<Document>;
  /** Values of the last column of the key in the rows that a document gives, where several of one user can give the same row. */
  readonly rowKeysOf?: RowKeysOf<Document>;
}

/** A table of histories: all valid states of a document give its rows. */
export interface HistoryTable<Document, Row> {
  readonly kind: "history";
  readonly from: ChangelogContract<Document>;
  readonly to: TableContract<Row>;
  readonly toRows: (states: readonly DocumentState<Document>[], params: PathParams, run: RunInstant) => readonly Row[];
  readonly pathColumns: PathColumns<Row>;
}

/**
 * The columns that tell from which document a row came, by the wildcard of its path. A wildcard may be missing, or its column
 * NULL: then the row does not tell.
 */
export type PathColumns<Row> = Readonly<Partial<Record<string, keyof Row & string>>>;

/** One state of a document; `document` is null where it was deleted. */
export interface DocumentState<Document> {
  readonly changedAt: string;
  readonly document: Document | null;
}

export type SilverTable<Document, Row> = CurrentTable<Document, Row> | HistoryTable<Document, Row>;

/** A silver table and its change log, whatever its rows. */
export type AnySilverTable = Pick<CurrentTable<never, never>, "from" | "to" | "pathColumns" | "keyOf" | "rowKeysOf"> & {
  readonly kind: SilverTable<never, never>["kind"];
};

/** True when each document gives a row of its own, which its path names whole: that row can be made anew without others. */
function isNamedByPath({ kind, to, pathColumns, keyOf }: AnySilverTable): boolean {
  const named = new Set<unknown>(Object.values(pathColumns));
  return kind === "current" && keyOf === undefined && to.key.every((column) => named.has(column));
}

/** The columns of a row that its document's path tells; null for what is no path of the log. */
function keyOfPath({ from, pathColumns }: AnySilverTable, key: string): Readonly<Record<string, string>> | null {
  const path = documentPath(from.path, key);
  if (path === null) return null;
  const params = pathParams(from.path, path);
  return Object.fromEntries(
    Object.entries(pathColumns).map(([wildcard, column]) => [String(column), params[wildcard] ?? ""]),
  );
}

/** True where a run makes single rows anew: a document tells the keys of all rows that it gives. */
export function hasNamedRows(table: AnySilverTable): boolean {
  return isNamedByPath(table) || table.rowKeysOf !== undefined;
}

/** The keys of rows that a document gives: the one that its path names, or one for each of its row keys; none for what is no path of the log. */
export function keysOfDocument(
  table: AnySilverTable,
  { document_key, row_keys }: Pick<DocumentStates, "document_key" | "row_keys">,
): readonly Readonly<Record<string, string>>[] {
  const named = keyOfPath(table, document_key);
  if (named === null) return [];
  if (isNamedByPath(table)) return [named];
  const { key } = table.to;
  const ofPath = Object.fromEntries(key.slice(0, -1).map((column) => [column, named[column] ?? ""]));
  return row_keys.map((value) => ({ ...ofPath, [rowKeyColumn(table)]: value }));
}

/** The column of a table's key that row keys are values of. */
export function rowKeyColumn({ to }: AnySilverTable): string {
  return to.key.at(-1) ?? "";
}

/** What a silver table is made of. */
export type SilverInput = {
  /** Changes of its log. */
  readonly logged: PCollection<LoggedChange>;
  /** What an earlier run left of documents; they give their rows whether this run reads changes of them or not. */
  readonly states?: PCollection<DocumentStates>;
};

/** A silver table's rows, the rejected changes of its log, and what its documents leave to the next run. */
export type SilverOutput<Row> = { readonly rows: PCollection<Row> } & Split<DocumentLeavings>;

/**
 * Counters of one silver table, `rows/<table>/<what>`; snapshots = rows that live documents gave, displaced = of them, lost to
 * a later document, unchanged = of the others, those that an earlier run has already written.
 */
export function rowCounter(table: string, what: "snapshots" | "displaced" | "unchanged"): string {
  return `rows/${table}/${what}`;
}

/** Builds a silver table. */
export function silverTable<Document, Row>(
  table: SilverTable<Document, Row>,
  { leavesStates = true, ...run }: RunInstant & Leaving,
): PTransform<SilverInput, SilverOutput<Row>> {
  return withName(table.to.table, (input: SilverInput): SilverOutput<Row> => {
    const logged = changesAndStates(input);
    const context = { table, run, snapshots: counter(rowCounter(table.to.table, "snapshots")) };
    if (table.kind === "history") {
      const { histories, ...leavings } = logged.apply(documentHistories(table.from, { leavesStates }));
      return { rows: histories.flatMap(withName("historyRows", historyRows), context), ...leavings };
    }
    const { documents, ...leavings } = logged.apply(latestDocuments(table.from, { ...table, leavesStates }));
    const { keyOf } = table;
    if (keyOf === undefined) {
      return { rows: documents.flatMap(withName("currentRows", currentRows), context), ...leavings };
    }
    const rows = documents
      .flatMap(withName("snapshots", snapshots), context)
      .apply(withName("latestPerKey", combineBy(snapshotKey, latestSnapshot)))
      .map(withName("winner", dropKey))
      .map(withName("dropDisplaced", latestRow), { displaced: counter(rowCounter(table.to.table, "displaced")) });
    return { rows, ...leavings };
  });
}

/** The documents and users that changes of a table's log touch, and the rows, where documents share them. */
export function silverDocuments<Document, Row>(
  table: SilverTable<Document, Row>,
  ranges: readonly FileRange[],
): AsyncGenerator<TouchedDocument> {
  return touchedDocuments(table.from, table.kind === "history" ? {} : table, ranges);
}

function changesAndStates({ logged, states }: SilverInput): ChangesAndStates {
  return states === undefined ? logged : P([logged, states]).apply(withName("changesAndStates", flatten()));
}

interface RowsContext<Table> {
  readonly table: Table;
  readonly run: RunInstant;
  readonly snapshots: Counter;
}

/** What decides between two rows of one key: change time, document path, place in the document. */
export interface SnapshotOrder {
  readonly changedAt: string;
  readonly path: string;
  readonly index: number;
}

interface Snapshot<Row> extends SnapshotOrder {
  readonly key: string;
  readonly row: Row;
}

/** The rows that a document gives where its only state is the one that it has now. */
export function liveRows<Document, Row>(
  table: SilverTable<Document, Row>,
  { path, changedAt, data }: CurrentDocument,
  run: RunInstant,
): readonly Row[] {
  const params = pathParams(table.from.path, path);
  const document = documentOf(table.from, data);
  return table.kind === "history"
    ? table.toRows([{ changedAt, document }], params, run)
    : table.toRows(document, { path, changedAt, params }, run);
}

/** Worker function: the rows of one live document. */
export function currentRows<Document, Row>(
  document: CurrentDocument,
  { table, run, snapshots }: RowsContext<CurrentTable<Document, Row>>,
): readonly Row[] {
  const rows = liveRows(table, document, run);
  snapshots.update(rows.length);
  return rows;
}

/** Worker function: the rows of one live document, each with what decides between rows of one key. */
export function snapshots<Document, Row>(
  document: CurrentDocument,
  context: RowsContext<CurrentTable<Document, Row>>,
): readonly Snapshot<Row>[] {
  const { path, changedAt } = document;
  const { keyOf } = context.table;
  if (keyOf === undefined) throw new Error(`${context.table.to.table} has no keyOf`);
  return currentRows(document, context).map((row, index) => ({ key: keyOf(row), changedAt, path, index, row }));
}

/** Worker function: the key of a snapshot. */
export function snapshotKey<Row>(snapshot: Snapshot<Row>): string {
  return snapshot.key;
}

interface LatestSnapshot {
  readonly latest: Snapshot<unknown> | null;
  readonly count: number;
}

/** The latest snapshot of one key, and how many there were. */
export const latestSnapshot: CombineFn<Snapshot<unknown>, LatestSnapshot, LatestSnapshot> = {
  createAccumulator: () => ({ latest: null, count: 0 }),
  addInput: ({ latest, count }: LatestSnapshot, snapshot: Snapshot<unknown>) => ({
    latest: laterSnapshot(latest, snapshot),
    count: count + 1,
  }),
  mergeAccumulators: (accumulators) => {
    let merged: LatestSnapshot = { latest: null, count: 0 };
    for (const { latest, count } of accumulators) {
      merged = { latest: laterSnapshot(merged.latest, latest), count: merged.count + count };
    }
    return merged;
  },
  extractOutput: (accumulator: LatestSnapshot) => accumulator,
};

/** The one of two rows of one key that wins. */
export function laterSnapshot<T extends SnapshotOrder>(a: T | null, b: T | null): T | null {
  if (a === null || b === null) return a ?? b;
  if (a.changedAt !== b.changedAt) return a.changedAt > b.changedAt ? a : b;
  return (compareBytes(a.path, b.path) || a.index - b.index) > 0 ? a : b;
}

/** Worker function: the row that won; those that lost are counted. */
export function latestRow<Row>({ latest, count }: LatestSnapshot, { displaced }: { displaced: Counter }): Row {
  if (count > 1) displaced.update(count - 1);
  if (latest === null) throw new Error("a group without snapshots");
  return latest.row as Row;
}

/** Worker function: the rows of one document's history. */
export function historyRows<Document, Row>(
  { path, states }: DocumentHistory,
  { table, run, snapshots }: RowsContext<HistoryTable<Document, Row>>,
): readonly Row[] {
  const decoded = states.map(({ changedAt, data }) => ({
    changedAt,
    document: data === null ? null : documentOf(table.from, data),
  }));
  const rows = table.toRows(decoded, pathParams(table.from.path, path), run);
  snapshots.update(rows.length);
  return rows;
}

requireForSerialization("@junoplus/silver-transforms/silver-table", exports);
