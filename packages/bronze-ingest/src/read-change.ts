import { hash } from "node:crypto";
import {
  type ChangelogContract,
  type Fault,
  type RejectReason,
  timestampFromIso,
  wellFormed,
} from "@junoplus/contracts";
import { type LoggedChange, OPERATIONS, type Operation, type Rejection } from "./change";
import { faultsOfDocument } from "./document";
import { canonicalPath, documentPath } from "./document-path";

/**
 * Reads one line of a change log: the change, valid or with the reasons why not. Never throws: a line that is not JSON is a
 * rejected change as well.
 */
export function readChange(contract: ChangelogContract, line: string): LoggedChange {
  const row = parseObject(line);
  if (row === null)
    return unreadable(line, withoutOldData(line), reject("invalid_json", [["", "is not a JSON object"]]));
  const timestamp = typeof row["timestamp"] === "string" ? timestampFromIso(row["timestamp"]) : null;
  const faults = envelopeFaults(row, timestamp);
  if (timestamp === null || faults.length > 0) {
    return unreadable(line, payloadOf(row), reject("breaks_contract", faults));
  }
  const name = textOf(row, "document_name");
  const eventId = textOf(row, "event_id");
  const operation = textOf(row, "operation");
  const data = typeof row["data"] === "string" ? wellFormed(row["data"]) : null;
  const path = documentPath(contract.path, name);
  const id = identity(path ?? canonicalPath(name), timestamp, operation, eventId, data);
  const verdict = judge(contract, path, operation, data);
  return {
    key: path ?? `\n${id}`,
    path,
    timestamp,
    eventId,
    operation,
    data,
    id,
    ...verdict,
    payload: verdict.rejection === null && verdict.rejectedEntries.length === 0 ? null : payloadOf(row),
  };
}

/** A text column of a row that has no fault. */
function textOf(row: Record<string, unknown>, column: string): string {
  return wellFormed(row[column] as string);
}

type Verdict = Pick<LoggedChange, "rejection" | "rejectedEntries">;

const VALID: Verdict = { rejection: null, rejectedEntries: [] };

function judge(contract: ChangelogContract, path: string | null, operation: string, data: string | null): Verdict {
  if (path === null) return rejected("missing_key", "/document_name", `is no document of ${contract.path}`);
  if (!isOperation(operation))
    return rejected("unknown_operation", "/operation", `is none of ${OPERATIONS.join(", ")}`);
  if (operation === "DELETE") return VALID;
  if (data === null) return rejected("breaks_contract", "", "has no data");
  let document: unknown;
  try {
    document = JSON.parse(data);
  } catch {
    return rejected("invalid_json", "", "is not JSON");
  }
  if (!isObject(document)) return rejected("breaks_contract", "", "must be an object");
  const faults = faultsOfDocument(contract, document);
  if (faults.document.length === 0 && faults.entries.length === 0) return VALID;
  if (faults.document.length > 0) return { rejection: rejectionOf(faults.document, false), rejectedEntries: [] };
  return { rejection: null, rejectedEntries: faults.entries.map((entry) => rejectionOf(entry.faults, true)) };
}

/** One rejection for all faults: what is merely absent is named only when nothing is wrong with what is there. */
function rejectionOf(faults: readonly Fault[], isEntry: boolean): Rejection {
  const broken = faults.filter((fault) => fault.reason === "breaks_contract");
  const named = broken.length > 0 ? broken : faults;
  const reason = named[0]?.reason ?? "breaks_contract";
  return reject(
    reason,
    named.map(({ pointer, message }) => [pointer, message]),
    isEntry,
  );
}

function rejected(reason: RejectReason, pointer: string, message: string): Verdict {
  return { rejection: reject(reason, [[pointer, message]]), rejectedEntries: [] };
}

function reject(reason: RejectReason, faults: readonly (readonly [string, string])[], isEntry = false): Rejection {
  return {
    reason,
    detail: faults.map(([pointer, message]) => `${pointer}: ${message}`).join("; "),
    pointers: [...new Set(faults.map(([pointer]) => pointer))],
    isEntry,
  };
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

function unreadable(line: string, payload: string, rejection: Rejection): LoggedChange {
  const id = digest(line);
  return {
    key: `\n${id}`,
    path: null,
    timestamp: null,
    eventId: null,
    operation: null,
    data: null,
    id,
    rejection,
    rejectedEntries: [],
    payload,
  };
}

/** An `old_data` column in a line that cannot be parsed. Inside `data` each quote has a backslash, so that nothing of it matches. */
const OLD_DATA = /"old_data"\s*:\s*/g;

/** old_data keeps what was erased: it is cut out of a line that cannot be parsed, too. */
function withoutOldData(line: string): string {
  let kept = "";
  let from = 0;
  for (const { 0: column, index } of line.matchAll(OLD_DATA)) {
    const value = index + column.length;
    if (value < from || line.startsWith("null", value)) continue;
    kept += `${line.slice(from, index)}"old_data":null`;
    // What is neither text nor null has no end that can be told here, so it goes with all that follows.
    from = line[value] === '"' ? endOfText(line, value + 1) : line.length;
  }
  return kept + line.slice(from);
}

/** Where a JSON text that was opened before `from` is closed; the end of the line when it is not. */
function endOfText(line: string, from: number): number {
  for (let i = from; i < line.length; i++) {
    if (line[i] === "\\") i++;
    else if (line[i] === '"') return i + 1;
  }
  return line.length;
}

function payloadOf(row: Record<string, unknown>): string {
  return JSON.stringify({ ...row, old_data: null });
}

function identity(path: string, timestamp: string, operation: string, eventId: string, data: string | null): string {
  // The lengths say where each part ends, so that no two lists of parts make one text.
  const parts = `${path.length} ${eventId.length} ${operation.length} ${path}${timestamp}${operation}${eventId}`;
  return digest(data === null ? `${parts}-` : `${parts}+${data}`);
}

/** 128 bits of SHA-256: two different changes of one document never meet by chance. */
function digest(text: string): string {
  return hash("sha256", text, "base64url").slice(0, 22);
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOperation(operation: string): operation is Operation {
  return (OPERATIONS as readonly string[]).includes(operation);
}
