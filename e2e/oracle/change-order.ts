import { compareBytes, compareNullable, sortedBy, sortedDistinct } from "./byte-order.js";
import { type Contract, type Fault, PATHS, type Prefix, type Reason } from "./contracts.js";
import { field, isObject, type Json, type JsonObject } from "./document-fields.js";
import { formatInstant, type Micros, parseChangeTime } from "./instants.js";

/** One valid change of one document. */
export interface Change {
  readonly path: string;
  readonly micros: Micros;
  readonly timestamp: string;
  readonly eventId: string;
  readonly operation: string;
  /** The raw `data` column: the last tie break of the order. */
  readonly data: string | null;
  /** The parsed document, null for a DELETE. */
  readonly document: JsonObject | null;
  /** The 1-based lines of all copies of this change. */
  readonly lines: number[];
}

/** A rejected change, or one rejected array entry of a valid change (`entry`). */
export interface Rejected {
  prefix: string;
  path: string | null;
  timestamp: string | null;
  event_id: string | null;
  reason: Reason;
  pointers: string[];
  entry: boolean;
}

/** What became of every change of a collection: read = all the others except rejectedEntries. */
export interface Conservation {
  read: number;
  duplicates: number;
  rejected: number;
  superseded: number;
  live: number;
  deleted: number;
  rejectedEntries: number;
}

/** The change that decides a document; `none` when no change of it is valid. */
export interface Winner {
  state: "live" | "deleted" | "none";
  timestamp: string | null;
  event_id: string | null;
  operation: string | null;
}

/** A collection read and put into order. */
export interface ChangeHistory {
  /** Valid changes of each document, oldest first, the last one wins; empty when none is valid. */
  readonly documents: ReadonlyMap<string, readonly Change[]>;
  readonly rejected: readonly Rejected[];
  readonly conservation: Conservation;
}

/** A live document: its path and the change that decides it. */
export interface LiveDocument {
  readonly path: string;
  readonly change: Change;
  readonly document: JsonObject;
}

const OPERATIONS: readonly string[] = ["CREATE", "UPDATE", "DELETE", "IMPORT"];

function parseJson(text: string): { readonly value: Json } | null {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return null;
  }
}

/** The canonical path of a document_name, or null when it does not fit the collection's pattern. */
export function canonicalPath(prefix: Prefix, documentName: string): string | null {
  const path = documentName.replace(/^projects\/[^/]+\/databases\/[^/]+\/documents\//, "");
  const segments = path.split("/");
  const pattern = PATHS[prefix].split("/");
  if (segments.length !== pattern.length || segments.includes("")) return null;
  return pattern.every((expected, i) => expected.startsWith("{") || expected === segments[i]) ? path : null;
}

/** The total order of changes of one document: negative when `a` is the older one. */
export function compareChanges(a: Change, b: Change): number {
  if (a.micros !== b.micros) return a.micros < b.micros ? -1 : 1;
  const aDeletes = a.operation === "DELETE";
  const bDeletes = b.operation === "DELETE";
  if (aDeletes !== bDeletes) return aDeletes ? 1 : -1;
  return (
    compareBytes(a.eventId, b.eventId) ||
    compareNullable(a.data, b.data) ||
    // Two writes that differ in nothing but their operation: any fixed rule will do, the document is the same.
    compareBytes(a.operation, b.operation)
  );
}

// A line after reading: what makes it equal to another one, and what it turned out to be.
interface ReadLine {
  readonly identity: string;
  readonly change: Change | null;
  readonly fault: Fault | null;
  readonly entryFaults: readonly Fault[];
  readonly path: string | null;
  readonly timestamp: string | null;
  readonly eventId: string | null;
}

function envelopeFaults(row: JsonObject): string[] {
  const timestamp = field(row, "timestamp");
  const data = field(row, "data");
  const pointers: string[] = [];
  if (typeof timestamp !== "string" || parseChangeTime(timestamp) === null) pointers.push("/timestamp");
  for (const column of ["event_id", "document_name", "operation"]) {
    if (typeof field(row, column) !== "string") pointers.push(`/${column}`);
  }
  if (data !== null && typeof data !== "string") pointers.push("/data");
  return pointers;
}

function dataFault(operation: string, data: string | null): Fault | null {
  if (operation === "DELETE") return null;
  if (data === null) return { reason: "breaks_contract", pointers: [""] };
  const parsed = parseJson(data);
  if (parsed === null) return { reason: "invalid_json", pointers: [""] };
  return isObject(parsed.value) ? null : { reason: "breaks_contract", pointers: [""] };
}

function readLine(prefix: Prefix, line: string, lineNumber: number, contract: Contract | null): ReadLine {
  const rejectedRaw = { identity: JSON.stringify(["line", line]), change: null, entryFaults: [] };
  const row = parseJson(line)?.value ?? null;
  if (!isObject(row)) {
    const fault: Fault = { reason: "invalid_json", pointers: [""] };
    return { ...rejectedRaw, fault, path: null, timestamp: null, eventId: null };
  }

  const documentName = field(row, "document_name");
  const path = typeof documentName === "string" ? canonicalPath(prefix, documentName) : null;
  const timeText = field(row, "timestamp");
  const micros = typeof timeText === "string" ? parseChangeTime(timeText) : null;
  const timestamp = micros === null ? null : formatInstant(micros);
  const idValue = field(row, "event_id");
  const eventId = typeof idValue === "string" ? idValue : null;
  const operation = field(row, "operation");
  const dataValue = field(row, "data");
  const data = typeof dataValue === "string" ? dataValue : null;

  const badColumns = envelopeFaults(row);
  if (badColumns.length > 0 || micros === null || timestamp === null || eventId === null) {
    return { ...rejectedRaw, fault: { reason: "breaks_contract", pointers: badColumns }, path, timestamp, eventId };
  }
  if (typeof operation !== "string") throw new Error("unreachable: envelopeFaults has reported it");

  const named = path === null ? ["name", documentName] : ["path", path];
  const identity = JSON.stringify([...named, timestamp, operation, eventId, data]);
  const rejectedFor = (reason: Reason, pointers: readonly string[]): ReadLine => {
    return { identity, change: null, fault: { reason, pointers }, entryFaults: [], path, timestamp, eventId };
  };
  if (path === null) return rejectedFor("missing_key", ["/document_name"]);
  if (!OPERATIONS.includes(operation)) return rejectedFor("unknown_operation", ["/operation"]);
  const unreadable = dataFault(operation, data);
  if (unreadable !== null) return rejectedFor(unreadable.reason, unreadable.pointers);

  const parsed = operation === "DELETE" || data === null ? null : (parseJson(data)?.value ?? null);
  const document = isObject(parsed) ? parsed : null;
  const verdict = document === null || contract === null ? { fault: null, entryFaults: [] } : contract(document);
  if (verdict.fault !== null) return rejectedFor(verdict.fault.reason, verdict.fault.pointers);
  const change: Change = { path, micros, timestamp, eventId, operation, data, document, lines: [lineNumber] };
  return { identity, change, fault: null, entryFaults: verdict.entryFaults, path, timestamp, eventId };
}

/**
 * Reads the raw lines of a collection: takes out exact duplicates, rejects, orders. With contract `null` only the
 * order is judged: a write whose data is no JSON object never wins, anything else may.
 */
export function readHistory(prefix: Prefix, lines: readonly string[], contract: Contract | null): ChangeHistory {
  const distinct = new Map<string, ReadLine>();
  let read = 0;
  let duplicates = 0;
  lines.forEach((line, index) => {
    if (line.trim() === "") return;
    read += 1;
    const readNow = readLine(prefix, line, index + 1, contract);
    const earlier = distinct.get(readNow.identity);
    if (earlier === undefined) {
      distinct.set(readNow.identity, readNow);
    } else {
      duplicates += 1;
      earlier.change?.lines.push(index + 1);
    }
  });

  const documents = new Map<string, Change[]>();
  const rejected: Rejected[] = [];
  for (const { change, fault, entryFaults, path, timestamp, eventId } of distinct.values()) {
    const reject = (why: Fault, entry: boolean): void => {
      const pointers = sortedDistinct(why.pointers);
      rejected.push({ prefix, path, timestamp, event_id: eventId, reason: why.reason, pointers, entry });
    };
    if (fault !== null) reject(fault, false);
    for (const entryFault of entryFaults) reject(entryFault, true);
    if (path === null) continue;
    // A document whose changes were all rejected is known all the same: it has no winner.
    const changes = documents.get(path) ?? [];
    if (change !== null) changes.push(change);
    documents.set(path, changes);
  }
  for (const changes of documents.values()) changes.sort(compareChanges);

  const winners = [...documents.values()].map((changes) => changes.at(-1)).filter((change) => change !== undefined);
  const valid = [...distinct.values()].filter((line) => line.change !== null).length;
  const deleted = winners.filter((change) => change.operation === "DELETE").length;
  const conservation: Conservation = {
    read,
    duplicates,
    rejected: rejected.filter((one) => !one.entry).length,
    superseded: valid - winners.length,
    live: winners.length - deleted,
    deleted,
    rejectedEntries: rejected.filter((one) => one.entry).length,
  };
  const ordered = sortedBy(rejected, (one) => [one.path, one.timestamp, one.event_id, JSON.stringify(one)]);
  return { documents, rejected: ordered, conservation };
}

/** The winner of every document of a collection, by path. */
export function winnersOf(history: ChangeHistory): Map<string, Winner> {
  const winners = new Map<string, Winner>();
  for (const path of sortedDistinct([...history.documents.keys()])) {
    const change = history.documents.get(path)?.at(-1);
    if (change === undefined) {
      winners.set(path, { state: "none", timestamp: null, event_id: null, operation: null });
    } else {
      const state = change.operation === "DELETE" ? "deleted" : "live";
      const { timestamp, eventId, operation } = change;
      winners.set(path, { state, timestamp, event_id: eventId, operation });
    }
  }
  return winners;
}

/** The live documents of a collection. */
export function liveDocuments(history: ChangeHistory): LiveDocument[] {
  const live: LiveDocument[] = [];
  for (const [path, changes] of history.documents) {
    const change = changes.at(-1);
    if (change !== undefined && change.document !== null) live.push({ path, change, document: change.document });
  }
  return live;
}
