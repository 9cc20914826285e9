/** The changes of one change log and where they went. */
export interface Flow {
  readonly changelog: string;
  readonly read: number;
  readonly duplicates: number;
  readonly superseded: number;
  readonly deleted: number;
  readonly rejected: number;
  readonly live: number;
  /** Array entries rejected alone, counted apart. */
  readonly entries: number;
}

/** What can become of a change, from the winners down. */
export const FATES = [
  { key: "live", label: "Live", meaning: "the newest of a document that exists" },
  { key: "superseded", label: "Superseded", meaning: "older than another of its document" },
  { key: "deleted", label: "Deleted", meaning: "the newest of a document that was deleted" },
  { key: "duplicates", label: "Duplicate", meaning: "delivered once more" },
  { key: "rejected", label: "Rejected", meaning: "unreadable or against the contract" },
] as const satisfies readonly { key: keyof Flow; label: string; meaning: string }[];
