import type { MessKind } from "./mess";

export const PREFIXES = [
  "therapy_sessions_data",
  "user_health_data",
  "medications_data",
  "period_tracking_data",
] as const;

/** Prefix of a change log. */
export type Prefix = (typeof PREFIXES)[number];

/** A change of a document before it is delivered. */
export interface PlannedChange {
  /** Commit time; 0 for an IMPORT that is stamped 1970. */
  at: number;
  operation: "CREATE" | "UPDATE" | "DELETE" | "IMPORT";
  /** JSON text of the document after the change, null after a DELETE. */
  data: string | null;
  /** When the row reaches the log. */
  arrival: number;
  mess: MessKind[];
}

/** A change that is delivered at once. */
export function planned(
  operation: PlannedChange["operation"],
  at: number,
  document: object | null,
  mess: readonly MessKind[] = [],
): PlannedChange {
  return { at, operation, data: document === null ? null : JSON.stringify(document), arrival: at, mess: [...mess] };
}
