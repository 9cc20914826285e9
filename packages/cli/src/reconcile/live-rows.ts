import {
  type FirestorePlace,
  importLine,
  type LiveDocument,
  type Rejection,
  readChange,
} from "@junoplus/bronze-ingest";
import type { FirestoreReader } from "@junoplus/bronze-ingest/firestore-reader";
import { liveRows } from "@junoplus/silver-transforms";
import type { Comparison } from "./comparison";
import type { ReconcileProgress } from "./reconcile-progress";
import { comparedRow, placesAbove, type ReconciledTable } from "./reconciled-table";

/** Why a live document, or an array entry of it, has no row. Names pointers and rules, never values. */
export interface RejectedDocument extends Rejection {
  readonly table: string;
  readonly document: string;
}

/** How many documents of a collection were read, and what became of them. */
export interface DocumentCounts {
  readonly live: number;
  /** Of them: break their contract. */
  readonly rejected: number;
  /** Of them: written too late to be compared. */
  readonly unsettled: number;
  /** Documents of other parents in the same collection group. */
  readonly skipped: number;
}

/** What decides over the rows that live documents give. */
export interface LiveRowsPlan {
  readonly place: FirestorePlace;
  /** As the run that published silver was told: ages follow from it. */
  readonly asOf: string;
  /** Documents written later than this (canonical) may not have been in the change log that the run read. */
  readonly settledUntil: string;
}

/**
 * Adds the rows that a collection's live documents give to a comparison. Each document is written as a line of the change log
 * and read, validated and transformed by what a run reads, validates and transforms it with.
 */
export async function addLiveRows(
  reader: FirestoreReader,
  table: ReconciledTable,
  plan: LiveRowsPlan,
  comparison: Comparison,
  onRejected: (rejected: RejectedDocument) => void,
  progress: ReconcileProgress,
): Promise<DocumentCounts> {
  const counts = { live: 0, rejected: 0, unsettled: 0, skipped: 0 };
  const { path } = table.from;
  const add = liveDocumentAdder(table, plan, comparison, onRejected);
  progress.documents(path, 0);
  for await (const { documents, skipped } of reader.pages(path)) {
    for (const document of documents) {
      const { isRejected, isSettled } = await add(document);
      if (isRejected) counts.rejected += 1;
      if (!isSettled) counts.unsettled += 1;
    }
    counts.live += documents.length;
    counts.skipped += skipped;
    progress.documents(path, counts.live);
  }
  return counts;
}

function liveDocumentAdder(
  table: ReconciledTable,
  { place, asOf, settledUntil }: LiveRowsPlan,
  comparison: Comparison,
  onRejected: (rejected: RejectedDocument) => void,
): (document: LiveDocument) => Promise<{ readonly isRejected: boolean; readonly isSettled: boolean }> {
  const { table: name } = table.to;
  const compared = comparedRow(table);
  return async (document) => {
    const { path, updatedAt } = document;
    const isSettled = updatedAt <= settledUntil;
    const { rejection, rejectedEntries, data } = readChange(
      table.from,
      importLine(table.from, place, document, updatedAt),
    );
    for (const rejected of rejection === null ? rejectedEntries : [rejection]) {
      onRejected({ ...rejected, table: name, document: path });
    }
    const isRejected = rejection !== null || data === null;
    if (isRejected || !isSettled) {
      for (const uncertain of placesAbove(path)) await comparison.addUncertain(name, uncertain);
    } else {
      await comparison.addDocument(name, path);
    }
    if (isRejected) return { isRejected, isSettled };
    const rows = liveRows(table, { path, changedAt: updatedAt, data }, { asOf });
    for (const [index, row] of rows.entries()) {
      await comparison.addLive(name, { ...compared(row), path, changedAt: updatedAt, index, isSettled });
    }
    return { isRejected, isSettled };
  };
}
