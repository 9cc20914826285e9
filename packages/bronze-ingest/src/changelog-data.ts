import { type DocumentData, DocumentReference } from "@google-cloud/firestore";

/**
 * The fields of a live document as the JSON text that the extension writes into a change log's `data`: a Timestamp is
 * `{_seconds, _nanoseconds}`, a GeoPoint `{_latitude, _longitude}`, a reference its path, NaN and infinities null, and bytes
 * are left out. One difference is known: where bytes stand in an array, or in a field named by a number, the extension's
 * writer (2.2.1) loses or keeps their neighbours by chance; here the bytes go and nothing else.
 */
export function changelogData(fields: DocumentData): string {
  return JSON.stringify(fields, changelogValue);
}

function changelogValue(this: Record<string, unknown>, field: string, value: unknown): unknown {
  // As it stands in the document: JSON has asked Buffer's toJSON already when it asks here.
  const original = this[field];
  if (Buffer.isBuffer(original)) return undefined;
  if (original instanceof DocumentReference) return original.path;
  // In an array, undefined would become null.
  return Array.isArray(value) ? value.filter((element) => !Buffer.isBuffer(element)) : value;
}
