import type { CombineFn } from "@junoplus/beam-runtime/sdk";
import { compareBytes, type DocumentStates } from "@junoplus/contracts";
import type { LoggedChange, RejectedChange, ValidChange } from "./change";
import { compareChanges } from "./change-order";
import { isDocumentState, winnerOfState } from "./document-state";

/**
 * What became of the changes of one document; the sum of the last five is `read`. Where an earlier run has read changes of
 * the document, each is what this run's changes add: `deleted` or `live` falls below zero when a document comes back or goes.
 */
export interface ChangeCounts {
  readonly read: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly superseded: number;
  readonly deleted: number;
  readonly live: number;
}

/** A rejected change before its change log is named. */
export type KeptRejection = Omit<RejectedChange, "changelog" | "contractVersion">;

/** The changes of one document, resolved: the winner (null when no change is valid), the rejected, the counts. */
export interface ResolvedDocument {
  readonly winner: ValidChange | null;
  readonly kept: readonly KeptRejection[];
  /** Rejected changes that an earlier run has kept already: they came again. */
  readonly redelivered: readonly KeptRejection[];
  readonly counts: ChangeCounts;
  /** What an earlier run left of the document; null when there was none. */
  readonly before: DocumentStates | null;
  /** Identities of all its valid and of all its rejected changes, those of earlier runs too; sorted, each once. */
  readonly changeIds: readonly string[];
  readonly rejectedIds: readonly string[];
}

interface Accumulator {
  /** Identities of all valid changes, duplicates too: told apart once, at the end. */
  validIds: string[];
  rejectedIds: readonly string[];
  winner: ValidChange | null;
  kept: readonly KeptRejection[];
  before: DocumentStates | null;
}

/** Shared by all accumulators, never written to: most documents have no rejected change. */
const NONE: readonly never[] = [];
const NO_IDS: ReadonlySet<string> = new Set();

/**
 * The newest valid change of a document and what became of all others. Any order, duplication and grouping of the same
 * changes gives the same result; only the newest change's data is held. What an earlier run left of the document stands for
 * the changes that it read: together with the rest it gives the same winner and the same identities as all of them.
 */
export const resolveChanges: CombineFn<LoggedChange | DocumentStates, Accumulator, ResolvedDocument> = {
  createAccumulator: () => ({ validIds: [], rejectedIds: NONE, winner: null, kept: NONE, before: null }),
  addInput: (accumulator: Accumulator, input: LoggedChange | DocumentStates) =>
    isDocumentState(input) ? addState(accumulator, input) : addChange(accumulator, input),
  mergeAccumulators: mergeChanges,
  extractOutput: resolved,
};

function addState(accumulator: Accumulator, state: DocumentStates): Accumulator {
  accumulator.before = state;
  const winner = winnerOfState(state);
  if (winner !== null && isLater(winner, accumulator.winner)) accumulator.winner = winner;
  return accumulator;
}

function addChange(accumulator: Accumulator, change: LoggedChange): Accumulator {
  const { id, path, timestamp, eventId, operation, rejection, rejectedEntries, payload } = change;
  if (rejection === null) {
    accumulator.validIds.push(id);
    const candidate = change as ValidChange;
    if (isLater(candidate, accumulator.winner)) accumulator.winner = validChange(change);
  } else {
    accumulator.rejectedIds = added(accumulator.rejectedIds, id);
  }
  if (payload !== null) {
    const rejections = rejection === null ? rejectedEntries : [rejection];
    const kept = { id, path, timestamp, eventId, operation, rejections, payload };
    accumulator.kept = added(accumulator.kept, kept);
  }
  return accumulator;
}

function mergeChanges(accumulators: Iterable<Accumulator>): Accumulator {
  const merged: Accumulator = resolveChanges.createAccumulator();
  for (const { validIds, rejectedIds, winner, kept, before } of accumulators) {
    for (const id of validIds) merged.validIds.push(id);
    for (const id of rejectedIds) merged.rejectedIds = added(merged.rejectedIds, id);
    for (const rejection of kept) merged.kept = added(merged.kept, rejection);
    if (winner !== null && isLater(winner, merged.winner)) merged.winner = winner;
    merged.before ??= before;
  }
  return merged;
}

function added<T>(list: readonly T[], value: T): readonly T[] {
  if (list === NONE) return [value];
  (list as T[]).push(value);
  return list;
}

function resolved({ validIds, rejectedIds, winner, kept, before }: Accumulator): ResolvedDocument {
  const known = before === null ? NO_IDS : new Set([...before.change_ids, ...before.rejected_ids]);
  const valid = newIds(validIds, known);
  const rejected = newIds(rejectedIds, known);
  const read = validIds.length + rejectedIds.length;
  const last = before === null ? null : winnerOfState(before);
  const deleted = isDeleted(winner) - isDeleted(last);
  const live = isLive(winner) - isLive(last);
  const counts = {
    read,
    duplicates: read - valid.length - rejected.length,
    rejected: rejected.length,
    superseded: valid.length - deleted - live,
    deleted,
    live,
  };
  const rejections = onePerChange(kept);
  return {
    winner,
    kept: known === NO_IDS ? rejections : rejections.filter(({ id }) => !known.has(id)),
    redelivered: known === NO_IDS ? NONE : rejections.filter(({ id }) => known.has(id)),
    counts,
    before,
    changeIds: joined(before?.change_ids, valid),
    rejectedIds: joined(before?.rejected_ids, rejected),
  };
}

/** Identities that are not known yet, each once. */
function newIds(ids: readonly string[], known: ReadonlySet<string>): readonly string[] {
  const distinct = ids.length < 2 ? ids : [...new Set(ids)];
  return known.size === 0 ? distinct : distinct.filter((id) => !known.has(id));
}

/** Identities are ASCII, so JavaScript's own order is byte order. */
function joined(known: readonly string[] = NONE, more: readonly string[]): readonly string[] {
  return known.length + more.length < 2 ? [...known, ...more] : [...known, ...more].sort();
}

function isDeleted(winner: ValidChange | null): number {
  return winner?.operation === "DELETE" ? 1 : 0;
}

function isLive(winner: ValidChange | null): number {
  return winner === null ? 0 : 1 - isDeleted(winner);
}

/** Duplicates may differ in what is no part of their identity (a short document name): the lesser text is kept, whatever came first. */
function onePerChange(kept: readonly KeptRejection[]): readonly KeptRejection[] {
  if (kept.length < 2) return kept;
  const byId = new Map<string, KeptRejection>();
  for (const rejection of kept) {
    const other = byId.get(rejection.id);
    if (other === undefined || compareBytes(rejection.payload, other.payload) < 0) byId.set(rejection.id, rejection);
  }
  return [...byId.values()].sort((a, b) => compareBytes(a.id, b.id));
}

function isLater(candidate: ValidChange, winner: ValidChange | null): boolean {
  return winner === null || compareChanges(candidate, winner) > 0;
}

/** A change without rejection as what it is: path, time and operation are known. */
export function validChange({ path, timestamp, eventId, operation, data }: LoggedChange): ValidChange {
  return { path, timestamp, eventId, operation, data } as ValidChange;
}
