import { compareBytes } from "@junoplus/contracts";
import type { CombineFn } from "apache-beam";
import type { LoggedChange, RejectedChange, ValidChange } from "./change";
import { compareChanges } from "./change-order";

/** What became of the changes of one document; the sum of the last five is `read`. */
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
  readonly counts: ChangeCounts;
}

interface Accumulator {
  /** Identities of all valid changes, duplicates too: told apart once, at the end. */
  validIds: string[];
  rejectedIds: readonly string[];
  winner: ValidChange | null;
  kept: readonly KeptRejection[];
}

/** Shared by all accumulators, never written to: most documents have no rejected change. */
const NONE: readonly never[] = [];

/**
 * The newest valid change of a document and what became of all others. Any order, duplication and grouping of the same
 * changes gives the same result; only the newest change's data is held.
 */
export const resolveChanges: CombineFn<LoggedChange, Accumulator, ResolvedDocument> = {
  createAccumulator: () => ({ validIds: [], rejectedIds: NONE, winner: null, kept: NONE }),
  addInput: addChange,
  mergeAccumulators: mergeChanges,
  extractOutput: resolved,
};

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
  for (const { validIds, rejectedIds, winner, kept } of accumulators) {
    for (const id of validIds) merged.validIds.push(id);
    for (const id of rejectedIds) merged.rejectedIds = added(merged.rejectedIds, id);
    for (const rejection of kept) merged.kept = added(merged.kept, rejection);
    if (winner !== null && isLater(winner, merged.winner)) merged.winner = winner;
  }
  return merged;
}

function added<T>(list: readonly T[], value: T): readonly T[] {
  if (list === NONE) return [value];
  (list as T[]).push(value);
  return list;
}

function resolved({ validIds, rejectedIds, winner, kept }: Accumulator): ResolvedDocument {
  const valid = distinct(validIds);
  const rejected = distinct(rejectedIds);
  const read = validIds.length + rejectedIds.length;
  const deleted = winner?.operation === "DELETE" ? 1 : 0;
  const live = winner === null ? 0 : 1 - deleted;
  const counts = {
    read,
    duplicates: read - valid - rejected,
    rejected,
    superseded: valid - deleted - live,
    deleted,
    live,
  };
  return { winner, kept: onePerChange(kept), counts };
}

function distinct(ids: readonly string[]): number {
  return ids.length < 2 ? ids.length : new Set(ids).size;
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
