import { hash } from "node:crypto";
import { timestampFromIso, wellFormed } from "@junoplus/contracts";
import { OPERATIONS, type Operation } from "./change";

/** The columns of a change log's row that are the same for every collection. */
export interface Envelope {
  /** The document's resource name, or its path alone. */
  readonly name: string;
  /** Canonical commit time (UTC, six decimals). */
  readonly timestamp: string;
  readonly eventId: string;
  readonly operation: string;
  /** JSON text of the document after the change. */
  readonly data: string | null;
}

/** The envelope of a row, or what is wrong with it: pointer and message. */
export function readEnvelope(
  row: Record<string, unknown>,
): { readonly envelope: Envelope } | { readonly faults: readonly (readonly [string, string])[] } {
  const timestamp = typeof row["timestamp"] === "string" ? timestampFromIso(row["timestamp"]) : null;
  const faults = envelopeFaults(row, timestamp);
  if (timestamp === null || faults.length > 0) return { faults };
  const envelope = {
    name: textOf(row, "document_name"),
    timestamp,
    eventId: textOf(row, "event_id"),
    operation: textOf(row, "operation"),
    data: typeof row["data"] === "string" ? wellFormed(row["data"]) : null,
  };
  return { envelope };
}

/** Equal for exact duplicates only: a digest of canonical path, timestamp, operation, event id and data. */
export function changeIdentity(path: string, { timestamp, operation, eventId, data }: Envelope): string {
  // The lengths say where each part ends, so that no two lists of parts make one text.
  const parts = `${path.length} ${eventId.length} ${operation.length} ${path}${timestamp}${operation}${eventId}`;
  return digest(data === null ? `${parts}-` : `${parts}+${data}`);
}

/** 128 bits of SHA-256: two different changes of one document never meet by chance. */
export function digest(text: string): string {
  return hash("sha256", text, "base64url").slice(0, 22);
}

/** The JSON object that a text spells, null when it spells none. */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isOperation(operation: string): operation is Operation {
  return (OPERATIONS as readonly string[]).includes(operation);
}

function envelopeFaults(row: Record<string, unknown>, timestamp: string | null): (readonly [string, string])[] {
  const faults: (readonly [string, string])[] = [];
  if (timestamp === null) faults.push(["/timestamp", "must be an ISO 8601 instant"]);
  for (const column of ["event_id", "document_name", "operation"]) {
    if (typeof row[column] !== "string") faults.push([`/${column}`, "must be string"]);
  }
  const data = row["data"] ?? null;
  if (data !== null && typeof data !== "string") faults.push(["/data", "must be string or null"]);
  return faults;
}

/** A text column of a row that has no fault. */
function textOf(row: Record<string, unknown>, column: string): string {
  return wellFormed(row[column] as string);
}
