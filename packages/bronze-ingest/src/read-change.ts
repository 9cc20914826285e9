import type { ChangelogContract, Fault, RejectReason } from "@junoplus/contracts";
import { type LoggedChange, OPERATIONS, type Rejection } from "./change";
import { changeIdentity, digest, isObject, isOperation, parseObject, readEnvelope } from "./change-envelope";
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
  const read = readEnvelope(row);
  if ("faults" in read) return unreadable(line, payloadOf(row), reject("breaks_contract", read.faults));
  const { name, timestamp, eventId, operation, data } = read.envelope;
  const path = documentPath(contract.path, name);
  const id = changeIdentity(path ?? canonicalPath(name), read.envelope);
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
