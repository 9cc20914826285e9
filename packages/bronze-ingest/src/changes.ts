import {
  combineBy,
  type FileRange,
  type Grouped,
  groupBy,
  type Keyed,
  linesOfRanges,
  splitByTag,
  spreadRanges,
  type Tagged,
} from "@junoplus/beam-runtime";
import type { ChangelogContract } from "@junoplus/contracts";
import * as contracts from "@junoplus/contracts";
import { type Counter, counter, type DoFn, type PCollection, type PTransform, parDo, withName } from "apache-beam";
import { requireForSerialization } from "apache-beam/serialization";
import type { CurrentDocument, DocumentHistory, LoggedChange, RejectedChange, ValidChange } from "./change";
import { compareChanges } from "./change-order";
import { type KeptRejection, type ResolvedDocument, resolveChanges, validChange } from "./document-changes";
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

/** The winning change of every live document, and the rejected changes. */
export function latestDocuments(
  contract: ChangelogContract,
): PTransform<
  PCollection<LoggedChange>,
  { documents: PCollection<CurrentDocument>; rejected: PCollection<RejectedChange> }
> {
  return withName(`latestDocuments(${contract.prefix})`, (input: PCollection<LoggedChange>) =>
    input
      .apply(withName("resolve", combineBy(changeKey, resolveChanges)))
      .flatMap(withName("latestOrRejected", latestOrRejected), { contract, ...counters(contract) })
      .apply(splitByTag<{ documents: CurrentDocument; rejected: RejectedChange }>("documents", "rejected")),
  );
}

/** All valid states of every document in order, and the rejected changes. */
export function documentHistories(
  contract: ChangelogContract,
): PTransform<
  PCollection<LoggedChange>,
  { histories: PCollection<DocumentHistory>; rejected: PCollection<RejectedChange> }
> {
  return withName(`documentHistories(${contract.prefix})`, (input: PCollection<LoggedChange>) =>
    input
      .apply(withName("byDocument", groupBy(changeKey)))
      .flatMap(withName("historyOrRejected", historyOrRejected), { contract, ...counters(contract) })
      .apply(splitByTag<{ histories: DocumentHistory; rejected: RejectedChange }>("histories", "rejected")),
  );
}

type ResolveCounters = { readonly [Name in Exclude<ChangeCounter, "read">]: Counter };

interface ResolveContext extends ResolveCounters {
  readonly contract: ChangelogContract;
}

function counters(contract: ChangelogContract): ResolveCounters {
  const entries = CHANGE_COUNTERS.filter((what) => what !== "read").map((what) => [
    what,
    counter(changeCounter(contract.prefix, what)),
  ]);
  return Object.fromEntries(entries) as ResolveCounters;
}

/** Worker function: key of a change. */
export function changeKey(change: LoggedChange): string {
  return change.key;
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

/** Worker function: the live document that the changes of one document left, and its rejected changes. */
export function* latestOrRejected(
  { value }: Keyed<ResolvedDocument>,
  context: ResolveContext,
): Generator<Tagged<{ documents: CurrentDocument; rejected: RejectedChange }>> {
  count(value, context);
  const { winner, kept } = value;
  if (winner !== null && winner.operation !== "DELETE" && winner.data !== null) {
    yield { documents: { path: winner.path, changedAt: winner.timestamp, data: winner.data } };
  }
  for (const rejected of rejectedChanges(kept, context)) yield { rejected };
}

/** Worker function: the states of one document in order, one an instant, and its rejected changes. */
export function* historyOrRejected(
  { value }: Grouped<LoggedChange>,
  context: ResolveContext,
): Generator<Tagged<{ histories: DocumentHistory; rejected: RejectedChange }>> {
  const accumulator = resolveChanges.createAccumulator();
  const valid: ValidChange[] = [];
  for (const change of value) {
    resolveChanges.addInput(accumulator, change);
    if (change.rejection === null) valid.push(validChange(change));
  }
  const document = resolveChanges.extractOutput(accumulator);
  count(document, context);
  if (document.winner !== null) yield { histories: { path: document.winner.path, states: states(valid) } };
  for (const rejected of rejectedChanges(document.kept, context)) yield { rejected };
}

/** Of several changes at one instant only the last one counts: a state of no duration is none. */
function states(changes: ValidChange[]): DocumentHistory["states"] {
  changes.sort(compareChanges);
  return changes
    .filter((change, i) => change.timestamp !== changes[i + 1]?.timestamp)
    .map(({ timestamp, operation, data }) => ({ changedAt: timestamp, data: operation === "DELETE" ? null : data }));
}

function count({ counts, kept }: ResolvedDocument, context: ResolveContext): void {
  if (counts.duplicates > 0) context.duplicates.update(counts.duplicates);
  if (counts.rejected > 0) context.rejected.update(counts.rejected);
  if (counts.superseded > 0) context.superseded.update(counts.superseded);
  if (counts.deleted > 0) context.deleted.update(counts.deleted);
  if (counts.live > 0) context.live.update(counts.live);
  const entries = kept.reduce((sum, { rejections }) => sum + rejections.filter(({ isEntry }) => isEntry).length, 0);
  if (entries > 0) context.rejected_entries.update(entries);
}

function rejectedChanges(kept: readonly KeptRejection[], { contract }: ResolveContext): RejectedChange[] {
  return kept.map((change) => ({ ...change, changelog: contract.prefix, contractVersion: contract.version }));
}

// Contracts travel to workers by name: they hold functions, and know nothing of Beam themselves.
requireForSerialization("@junoplus/contracts", contracts);
requireForSerialization("@junoplus/bronze-ingest/changes", exports);
requireForSerialization("@junoplus/bronze-ingest/document-changes", { resolveChanges });
