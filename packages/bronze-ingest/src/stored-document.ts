import type { Operation } from "./change";
import { changeIdentity, isOperation, parseObject, readEnvelope } from "./change-envelope";
import { canonicalPath } from "./document-path";

/** One version of a document as a change log keeps it, before any contract is asked. */
export interface StoredDocument {
  /** Equal for exact duplicates only. */
  readonly id: string;
  readonly path: string;
  readonly timestamp: string;
  readonly eventId: string;
  readonly operation: Operation;
  /** Null for a deletion. */
  readonly document: Readonly<Record<string, unknown>> | null;
}

/** The document of a change log's line; null where there is none that any contract could judge: no JSON object, no usable row. */
export function storedDocument(line: string): StoredDocument | null {
  const row = parseObject(line);
  const read = row === null ? null : readEnvelope(row);
  if (read === null || "faults" in read) return null;
  const { name, timestamp, eventId, operation, data } = read.envelope;
  if (!isOperation(operation)) return null;
  const document = operation === "DELETE" || data === null ? null : parseObject(data);
  if (document === null && operation !== "DELETE") return null;
  const path = canonicalPath(name);
  return { id: changeIdentity(path, read.envelope), path, timestamp, eventId, operation, document };
}
