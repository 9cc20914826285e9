import { type DocumentData, type Firestore, GeoPoint, Timestamp } from "@google-cloud/firestore";
import { compareChanges, type StoredDocument, storedDocument } from "@junoplus/bronze-ingest";
import { compareBytes } from "@junoplus/contracts";
import { SAMPLE_PREFIXES, sampleLines } from "./sample";

/**
 * Writes every document of the recorded sample that its newest change leaves alive, one after the other in the order of
 * those changes, so that of two documents that give one row the same one is the later in Firestore. Gives how many.
 */
export async function writeSampleDocuments(firestore: Firestore): Promise<number> {
  let written = 0;
  for (const prefix of SAMPLE_PREFIXES) {
    const latest = new Map<string, StoredDocument>();
    for (const line of sampleLines(prefix)) {
      const change = storedDocument(line);
      if (change === null) continue;
      const held = latest.get(change.path);
      if (held === undefined || compareChanges(ordered(change), ordered(held)) > 0) latest.set(change.path, change);
    }
    const live = [...latest.values()].filter(({ document }) => document !== null);
    live.sort((a, b) => compareBytes(`${a.timestamp} ${a.path}`, `${b.timestamp} ${b.path}`));
    for (const { path, document } of live) await firestore.doc(path).set(firestoreValue(document) as DocumentData);
    written += live.length;
  }
  return written;
}

function ordered({ timestamp, operation, eventId, document }: StoredDocument) {
  return { timestamp, operation, eventId, data: JSON.stringify(document) };
}

/** A value of a change log's `data` as Firestore has it. */
function firestoreValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(firestoreValue);
  if (typeof value !== "object" || value === null) return value;
  const { _seconds, _nanoseconds, _latitude, _longitude } = value as Record<string, number>;
  if (_seconds !== undefined && _nanoseconds !== undefined) return new Timestamp(_seconds, _nanoseconds);
  if (_latitude !== undefined && _longitude !== undefined) return new GeoPoint(_latitude, _longitude);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, firestoreValue(field)]));
}
