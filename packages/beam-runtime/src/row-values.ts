import { canonicalJson, fromCanonicalJson } from "./json-coder";
import type { ByteReader, ByteWriter } from "./row-bytes";

/** DATE and TIMESTAMP are texts in a row; JSON is any JSON-like value. */
export type RowColumnType = "STRING" | "DATE" | "TIMESTAMP" | "INT64" | "FLOAT64" | "BOOL" | "BYTES" | "JSON";

/** One column of a row; a warehouse's column is one. */
export interface RowColumn {
  readonly name: string;
  readonly type: RowColumnType;
  readonly mode: "REQUIRED" | "NULLABLE" | "REPEATED";
}

/** A value is none of its column, or bytes are no row of the columns; names columns, never values. */
export class RowCodingError extends TypeError {
  override readonly name = "RowCodingError" as const;
}

interface ValueCoding {
  write(value: unknown, bytes: ByteWriter): void;
  read(bytes: ByteReader): unknown;
}

const MOST_INT64 = 2n ** 63n - 1n;

/** How the values of a column are written and read, null aside. */
export function valueCoding({ name, type, mode }: RowColumn): ValueCoding {
  const coding = codings[type];
  if (coding === undefined) throw new RowCodingError(`column ${name}: there is no type ${type}`);
  const write = (value: unknown, bytes: ByteWriter): void => {
    if (!coding.takes(value)) throw new RowCodingError(`column ${name}: ${kindOf(value)} is no ${type}`);
    coding.write(value as never, bytes);
  };
  if (mode !== "REPEATED") return { write, read: coding.read };
  return {
    write(values, bytes) {
      if (!Array.isArray(values)) throw new RowCodingError(`column ${name}: ${kindOf(values)} is no list`);
      bytes.varint(values.length);
      for (const value of values) write(value, bytes);
    },
    read(bytes) {
      const values: unknown[] = [];
      for (let left = bytes.varint(); left > 0; left--) values.push(coding.read(bytes));
      return values;
    },
  };
}

interface TypeCoding {
  takes(value: unknown): boolean;
  /** Is given only what `takes` has said yes to. */
  write(value: never, bytes: ByteWriter): void;
  read(bytes: ByteReader): unknown;
}

const text: TypeCoding = {
  takes: (value) => typeof value === "string",
  write: (value: string, bytes) => bytes.text(value),
  read: (bytes) => bytes.text(),
};

/**
 * Safe integers are numbers, others bigint, so that each whole number is one value and has one form of bytes; -0 is 0.
 * Below 2^51 a varint: one more than the double of the number, or than the double of its distance from -1 and one more. All
 * others are a 0 and eight bytes.
 */
const int64: TypeCoding = {
  takes: (value) =>
    Number.isSafeInteger(value) ||
    (typeof value === "bigint" && !isSafe(value) && value <= MOST_INT64 && value >= -MOST_INT64 - 1n),
  write(value: number | bigint, bytes) {
    if (typeof value === "number" && Math.abs(value) < 2 ** 51) {
      // 0 is kept free for the long form.
      bytes.varint(1 + (value < 0 ? -2 * value - 1 : 2 * value));
      return;
    }
    bytes.varint(0);
    const unsigned = BigInt.asUintN(64, BigInt(value));
    bytes.uint32(Number(unsigned & 0xffffffffn));
    bytes.uint32(Number(unsigned >> 32n));
  },
  read(bytes) {
    const code = bytes.varint() - 1;
    if (code >= 0) return code % 2 === 1 ? -(code + 1) / 2 : code / 2;
    const low = BigInt(bytes.uint32());
    const value = BigInt.asIntN(64, low | (BigInt(bytes.uint32()) << 32n));
    return isSafe(value) ? Number(value) : value;
  },
};

function isSafe(value: bigint): boolean {
  return BigInt.asIntN(54, value) === value && value !== -(2n ** 53n);
}

const codings: Readonly<Record<RowColumnType, TypeCoding>> = {
  STRING: text,
  DATE: text,
  TIMESTAMP: text,
  INT64: int64,
  FLOAT64: {
    takes: (value) => typeof value === "number",
    write: (value: number, bytes) => bytes.float64(value),
    read: (bytes) => bytes.float64(),
  },
  BOOL: {
    takes: (value) => typeof value === "boolean",
    write: (value: boolean, bytes) => bytes.byte(value ? 1 : 0),
    read: (bytes) => bytes.byte() === 1,
  },
  BYTES: {
    takes: (value) => value instanceof Uint8Array,
    write: (value: Uint8Array, bytes) => bytes.bytes(value),
    read: (bytes) => bytes.bytes(),
  },
  JSON: {
    takes: () => true,
    write: (value: unknown, bytes) => bytes.text(canonicalJson(value)),
    read: (bytes) => fromCanonicalJson(bytes.text()),
  },
};

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "undefined (absent is null)";
  if (Array.isArray(value)) return "a list";
  if (Number.isSafeInteger(value)) return "a whole number";
  if (Number.isInteger(value)) return "a number beyond 2^53 (give a bigint)";
  if (typeof value === "number") return "a fraction, NaN or infinity";
  if (typeof value === "bigint")
    return isSafe(value) ? "a bigint below 2^53 (give a number)" : "a bigint beyond 64 bits";
  return `a ${typeof value}`;
}
