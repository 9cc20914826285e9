import { fromSecondsAndNanos, type Micros, parseIsoText } from "./instants.js";

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object: a Firestore document or a map inside it. */
export type JsonObject = { readonly [field: string]: Json };

/** Whether a value is a JSON object (an array is none). */
export function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path of field names; null when any step is absent, because null equals absent. */
export function field(document: JsonObject, ...path: readonly string[]): Json {
  let value: Json = document;
  for (const name of path) {
    if (!isObject(value)) return null;
    value = value[name] ?? null;
  }
  return value;
}

/** The text of a field, else null. */
export function asText(value: Json): string | null {
  return typeof value === "string" ? value : null;
}

/** The whole number of a field, else null; -0 becomes 0. */
export function asInt(value: Json): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? value + 0 : null;
}

/** The boolean of a field, else null. */
export function asBool(value: Json): boolean | null {
  return typeof value === "boolean" ? value : null;
}

/** The array of a field, empty when absent. */
export function asArray(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** The instant of a Timestamp field: the object {_seconds,_nanoseconds} or ISO 8601 text; else null. */
export function asInstant(value: Json): Micros | null {
  if (typeof value === "string") return parseIsoText(value);
  if (!isObject(value)) return null;
  const seconds = asInt(value._seconds ?? null);
  const nanoseconds = asInt(value._nanoseconds ?? null);
  if (seconds === null || nanoseconds === null || nanoseconds < 0 || nanoseconds > 999_999_999) return null;
  return fromSecondsAndNanos(seconds, nanoseconds);
}

const FLOW_WORDS: readonly string[] = ["none", "spotting", "light", "medium", "heavy", "very heavy"];

/** flow_intensity 0-5 from a number or one of the six words; null when absent or neither. */
export function asFlow(value: Json): number | null {
  if (typeof value === "string") {
    // Another spelling is an unknown word: types are not guessed.
    const level = FLOW_WORDS.indexOf(value);
    return level === -1 ? null : level;
  }
  const level = asInt(value);
  return level !== null && level >= 0 && level <= 5 ? level : null;
}
