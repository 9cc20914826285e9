import { timestampFromFirestore, timestampFromIso } from "./timestamps";
import { wellFormed } from "./well-formed";

/** The part of a contract's schema that decoding reads. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
}

type Decode = (value: unknown) => unknown;

/**
 * Compiles a contract's schema to the function that decodes one Firestore value: named fields only, null left out,
 * Timestamps (`{_seconds,_nanoseconds}` or ISO 8601 text) as canonical text, other text as UTF-8 can hold it. What cannot
 * be decoded is kept as it is, for validation to name it. Source of the encodings: firestore-bigquery-export's change
 * tracker.
 */
export function compileDecoder(node: SchemaNode): Decode {
  if (node.format === "firestore-timestamp") return decodeTimestamp;
  if (node.format === "iso-instant") return decodeIsoInstant;
  if (node.properties !== undefined) return objectDecoder(node.properties);
  if (node.items !== undefined) return arrayDecoder(compileDecoder(node.items));
  return keep;
}

function keep(value: unknown): unknown {
  return typeof value === "string" ? wellFormed(value) : value;
}

function decodeIsoInstant(value: unknown): unknown {
  return typeof value === "string" ? (timestampFromIso(value) ?? value) : value;
}

function decodeTimestamp(value: unknown): unknown {
  if (typeof value === "string") return timestampFromIso(value) ?? value;
  if (typeof value !== "object" || value === null) return value;
  const { _seconds: seconds, _nanoseconds: nanoseconds } = value as Record<string, unknown>;
  if (!Number.isInteger(seconds) || !Number.isInteger(nanoseconds)) return value;
  const nanos = nanoseconds as number;
  if (nanos < 0 || nanos > 999_999_999) return value;
  return timestampFromFirestore(seconds as number, nanos) ?? value;
}

function objectDecoder(properties: Readonly<Record<string, SchemaNode>>): Decode {
  const fields = Object.entries(properties).map(([name, node]) => ({ name, decode: compileDecoder(node) }));
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const raw = value as Record<string, unknown>;
    const decoded: Record<string, unknown> = {};
    for (const { name, decode } of fields) {
      // `hasOwn`, so that a document cannot reach Object.prototype through a field's name.
      const field = Object.hasOwn(raw, name) ? raw[name] : null;
      if (field !== null && field !== undefined) decoded[name] = decode(field);
    }
    return decoded;
  };
}

function arrayDecoder(decode: Decode): Decode {
  return (value) => (Array.isArray(value) ? value.map(decode) : keep(value));
}
