import type { RejectReason } from "@junoplus/contracts";

export const OPERATIONS = ["CREATE", "UPDATE", "DELETE", "IMPORT"] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Why a change, or one array entry of it, is rejected. Names pointers and rules, never values. */
export interface Rejection {
  readonly reason: RejectReason;
  /** `<pointer>: <message>` of every fault, joined by "; ". */
  readonly detail: string;
  readonly pointers: readonly string[];
  /** True when one array entry is rejected and the rest of the document stands. */
  readonly isEntry: boolean;
}

/** One change of a change log as it was read, valid or not. */
export interface LoggedChange {
  /** What changes of one document share: its path; for a change without a usable path, its own identity. */
  readonly key: string;
  /** Canonical document path, null when the change has none that fits the collection. */
  readonly path: string | null;
  /** Canonical commit time (UTC, six decimals); null when it cannot be read. */
  readonly timestamp: string | null;
  readonly eventId: string | null;
  readonly operation: string | null;
  /** JSON text of the document after the change. */
  readonly data: string | null;
  /** Equal for exact duplicates only: a digest of path, timestamp, operation, event id and data. */
  readonly id: string;
  /** Why the whole change is rejected; null when it is valid. */
  readonly rejection: Rejection | null;
  /** Array entries that are rejected alone. */
  readonly rejectedEntries: readonly Rejection[];
  /** The change as it came, without old_data; kept only where something is rejected. */
  readonly payload: string | null;
}

/** A change that is readable and keeps its contract. */
export interface ValidChange {
  readonly path: string;
  readonly timestamp: string;
  readonly eventId: string;
  readonly operation: Operation;
  readonly data: string | null;
}

/** A change that is rejected, or of which array entries are, kept whole. */
export interface RejectedChange {
  /** Prefix of the change log. */
  readonly changelog: string;
  readonly contractVersion: string;
  readonly id: string;
  readonly path: string | null;
  readonly timestamp: string | null;
  readonly eventId: string | null;
  readonly operation: string | null;
  readonly rejections: readonly Rejection[];
  /** The change as it came, without old_data. */
  readonly payload: string;
}

/** The state of one live document: its winning change. */
export interface CurrentDocument {
  readonly path: string;
  readonly changedAt: string;
  readonly data: string;
}

/** All valid states of one document in order, one an instant; a state without data is a deletion. */
export interface DocumentHistory {
  readonly path: string;
  readonly states: readonly { readonly changedAt: string; readonly data: string | null }[];
}
