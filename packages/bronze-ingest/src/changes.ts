import {
  combineBy,
  type FileRange,
  type Grouped,
  groupBy,
  type Keyed,
  linesOfRanges,
  type Split,
  splitByTag,
  spreadRanges,
  type Tagged,
} from "@junoplus/beam-runtime";
import {
  type Counter,
  counter,
  type DoFn,
  type PCollection,
  type PTransform,
  parDo,
  withName,
} from "@junoplus/beam-runtime/sdk";
import type { ChangelogContract, DocumentStates } from "@junoplus/contracts";
import * as contracts from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";
import type { CurrentDocument, DocumentHistory, LoggedChange, RejectedChange, ValidChange } from "./change";
import { compareChanges } from "./change-order";
import { documentOf } from "./document";
import { type KeptRejection, type ResolvedDocument, resolveChanges, validChange } from "./document-changes";
import { type PathParams, pathParams } from "./document-path";
import { documentState, isDocumentState, type StateFacts, statesOf } from "./document-state";
import { readChange } from "./read-change";

/** Counters of one change log, `changes/<prefix>/<what>`; read = duplicates + rejected + superseded + deleted + live. */
export const CHANGE_COUNTERS = [
  "read",
  "duplicates",
  "rejected",
  "superseded",
  "deleted",
  "live",
  "rejected_entries",
] as const;
export type ChangeCounter = (typeof CHANGE_COUNTERS)[number];

/** The name of a change log's counter. */
export function changeCounter(prefix: string, what: ChangeCounter): string {
  return `changes/${prefix}/${what}`;
}

/** Reads the byte ranges of a change log and validates every change against its contract. */
export function changes(contract: ChangelogContract): PTransform<PCollection<FileRange>, PCollection<LoggedChange>> {
  return withName(`changes(${contract.prefix})`, (ranges: PCollection<FileRange>) =>
    ranges
      .apply(spreadRanges())
      .apply(
        withName(
          "readChanges",
          parDo(new ChangeReader(contract), { read: counter(changeCounter(contract.prefix, "read")) }),
        ),
      ),
  );
}

/** Changes of a log, and what an earlier run left of documents. */
export type ChangesAndStates = PCollection<LoggedChange> | PCollection<LoggedChange | DocumentStates>;

/** What documents leave beside their rows. */
export type DocumentLeavings = {
  readonly rejected: RejectedChange;
  /** Rejected changes of an earlier run that came again. */
  readonly redelivered: RejectedChange;
  /** Of every document of which a change was read: what the next run goes on from. */
  readonly states: DocumentStates;
};

/** The user whose rows a live document gives. */
export type OwnerOf<Document = never> = (params: PathParams, document: () => Document) => string;

/** What tells the rows of a document apart that it shares with others of its user, each once. */
export type RowKeysOf<Document = never> = (document: () => Document) => readonly string[];

/** What a document itself tells of its rows, as far as its path does not. */
export interface RowFacts<Document> {
  readonly ownerOf?: OwnerOf<Document>;
  readonly rowKeysOf?: RowKeysOf<Document>;
}

/** What documents are to leave. */
export interface Leaving {
  /** Whether a next run may go on from this one; true unless told otherwise. Without, `states` is empty and costs nothing. */
  readonly leavesStates?: boolean;
}

/** The user whom the path names. */
export function ownerInPath(params: PathParams): string {
  return params["userId"] ?? "";
}

/** The winning change of every live document, and what documents leave. */
export function latestDocuments<Document>(
  contract: ChangelogContract<Document>,
  { ownerOf = ownerInPath, rowKeysOf = noRowKeys, leavesStates = true }: RowFacts<Document> & Leaving = {},
): PTransform<ChangesAndStates, Split<{ documents: CurrentDocument } & DocumentLeavings>> {
  return withName(`latestDocuments(${contract.prefix})`, (input: ChangesAndStates) =>
    (input as PCollection<LoggedChange | DocumentStates>)
      .apply(withName("resolve", combineBy(changeKey, resolveChanges)))
      .flatMap(withName("latestOrRejected", latestOrRejected<Document>), {
        contract,
        ownerOf,
        rowKeysOf,
        leavesStates,
        ...counters(contract),
      })
      .apply(
        splitByTag<{ documents: CurrentDocument } & DocumentLeavings>("documents", "rejected", "redelivered", "states"),
      ),
  );
}

/** All valid states of every document in order, and what documents leave. */
export function documentHistories<Document>(
  contract: ChangelogContract<Document>,
  { leavesStates = true }: Leaving = {},
): PTransform<ChangesAndStates, Split<{ histories: DocumentHistory } & DocumentLeavings>> {
  return withName(`documentHistories(${contract.prefix})`, (input: ChangesAndStates) =>
    (input as PCollection<LoggedChange | DocumentStates>)
      .apply(withName("byDocument", groupBy(changeKey)))
      .flatMap(withName("historyOrRejected", historyOrRejected), { contract, leavesStates, ...counters(contract) })
      .apply(
        splitByTag<{ histories: DocumentHistory } & DocumentLeavings>("histories", "rejected", "redelivered", "states"),
      ),
  );
}

type ResolveCounters = { readonly [Name in Exclude<ChangeCounter, "read">]: Counter };

interface ResolveContext extends ResolveCounters {
  readonly contract: ChangelogContract;
  readonly leavesStates: boolean;
}

interface LatestContext<Document> extends ResolveContext {
  readonly contract: ChangelogContract<Document>;
  readonly ownerOf: OwnerOf<Document>;
  readonly rowKeysOf: RowKeysOf<Document>;
}

/** Worker function: the row keys of a document that shares no rows. */
export function noRowKeys(): readonly string[] {
  return [];
}

function counters(contract: ChangelogContract): ResolveCounters {
  const entries = CHANGE_COUNTERS.filter((what) => what !== "read").map((what) => [
    what,
    counter(changeCounter(contract.prefix, what)),
  ]);
  return Object.fromEntries(entries) as ResolveCounters;
}

/** Worker function: key of a change, or of a document that an earlier run left. */
export function changeKey(input: LoggedChange | DocumentStates): string {
  return isDocumentState(input) ? input.document_key : input.key;
}

interface ReadContext {
  readonly read: Counter;
}

/** Worker of `changes`: the lines of ranges as changes; a blank line is none. Reading is the hot path, so it is counted by the hundred. */
export class ChangeReader implements DoFn<Grouped<FileRange>, LoggedChange, ReadContext> {
  beamName = "ChangeReader";
  read = 0;

  constructor(readonly contract: ChangelogContract) {}

  startBundle(): void {
    this.read = 0;
  }

  *process(ranges: Grouped<FileRange>, context: ReadContext): Generator<LoggedChange> {
    for (const line of linesOfRanges(ranges)) {
      if (line === "" || line.trim() === "") continue;
      this.read += 1;
      if (this.read === 100) this.count(context);
      yield readChange(this.contract, line);
    }
  }

  finishBundle(context: ReadContext): void {
    this.count(context);
  }

  count(context: ReadContext): void {
    if (this.read > 0) context.read.update(this.read);
    this.read = 0;
  }
}

/** Worker function: the live document that the changes of one document left, and what else they leave. */
export function* latestOrRejected<Document>(
  { key, value }: Keyed<ResolvedDocument>,
  context: LatestContext<Document>,
): Generator<Tagged<{ documents: CurrentDocument } & DocumentLeavings>> {
  const { contract, ownerOf, rowKeysOf, leavesStates } = context;
  count(value, context);
  const { winner } = value;
  let userId: string | null = null;
  let rowKeys: readonly string[] = [];
  if (winner !== null && winner.operation !== "DELETE" && winner.data !== null) {
    const { path, timestamp: changedAt, data } = winner;
    yield { documents: { path, changedAt, data } };
    if (leavesStates && value.counts.read > 0) {
      const document = (): Document => documentOf(contract, data);
      userId = ownerOf(pathParams(contract.path, path), document);
      rowKeys = rowKeysOf(document);
    }
  }
  yield* leavings(key, value, context, { userId, rowKeys, earlier: [] });
}

/** Worker function: the states of one document in order, one an instant, and what else its changes leave. */
export function* historyOrRejected(
  { key, value }: Grouped<LoggedChange | DocumentStates>,
  context: ResolveContext,
): Generator<Tagged<{ histories: DocumentHistory } & DocumentLeavings>> {
  const { contract } = context;
  const accumulator = resolveChanges.createAccumulator();
  const valid: ValidChange[] = [];
  for (const input of value) {
    resolveChanges.addInput(accumulator, input);
    if (isDocumentState(input)) valid.push(...statesOf(input));
    else if (input.rejection === null) valid.push(validChange(input));
  }
  const document = resolveChanges.extractOutput(accumulator);
  count(document, context);
  const states = oneAnInstant(valid);
  if (document.winner === null) {
    yield* leavings(key, document, context, { userId: null, rowKeys: [], earlier: [] });
    return;
  }
  const { path } = document.winner;
  yield { histories: { path, states: states.map(stateOfHistory) } };
  // A deleted document has rows, too: those of its past.
  const userId = ownerInPath(pathParams(contract.path, path));
  yield* leavings(key, document, context, { userId, rowKeys: [], earlier: states.slice(0, -1) });
}

/** Of several changes at one instant only the last one counts: a state of no duration is none. */
function oneAnInstant(changes: ValidChange[]): readonly ValidChange[] {
  changes.sort(compareChanges);
  return changes.filter((change, i) => change.timestamp !== changes[i + 1]?.timestamp);
}

function stateOfHistory({ timestamp, operation, data }: ValidChange): DocumentHistory["states"][number] {
  return { changedAt: timestamp, data: operation === "DELETE" ? null : data };
}

function* leavings(
  key: string,
  document: ResolvedDocument,
  { contract, leavesStates }: ResolveContext,
  facts: Omit<StateFacts, "changelog" | "key">,
): Generator<Tagged<DocumentLeavings>> {
  for (const rejected of rejectedChanges(document.kept, contract)) yield { rejected };
  for (const redelivered of rejectedChanges(document.redelivered, contract)) yield { redelivered };
  if (!leavesStates || document.counts.read === 0) return;
  yield { states: documentState(document, { changelog: contract.prefix, key, ...facts }) };
}

function count({ counts, kept }: ResolvedDocument, context: ResolveCounters): void {
  for (const fate of ["duplicates", "rejected", "superseded", "deleted", "live"] as const) {
    if (counts[fate] !== 0) context[fate].update(counts[fate]);
  }
  const entries = kept.reduce((sum, { rejections }) => sum + rejections.filter(({ isEntry }) => isEntry).length, 0);
  if (entries > 0) context.rejected_entries.update(entries);
}

function rejectedChanges(kept: readonly KeptRejection[], { prefix, version }: ChangelogContract): RejectedChange[] {
  return kept.map((change) => ({ ...change, changelog: prefix, contractVersion: version }));
}

// Contracts travel to workers by name: they hold functions, and know nothing of Beam themselves.
requireForSerialization("@junoplus/contracts", contracts);
requireForSerialization("@junoplus/bronze-ingest/changes", exports);
requireForSerialization("@junoplus/bronze-ingest/document-changes", { resolveChanges });
