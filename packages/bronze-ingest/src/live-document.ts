/** A document as Firestore holds it now. */
export interface LiveDocument {
  /** Canonical document path. */
  readonly path: string;
  /** Commit time of its last write, canonical. */
  readonly updatedAt: string;
  /** An instant at which it was so, canonical: every later change of it has a later commit time. */
  readonly readAt: string;
  /** JSON text as a change log keeps it. */
  readonly data: string;
}
