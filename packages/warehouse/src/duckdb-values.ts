import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  type DuckDBResult,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from "@duckdb/node-api";
import type { Row, Value } from "./warehouse";

/** A result that rows cannot carry: which column, and what to write instead. */
export class UnreadableResultError extends Error {
  override readonly name = "UnreadableResultError" as const;
}

/** The rows of a result, streamed, in the forms of `Value`. */
export async function* rows(result: DuckDBResult): AsyncGenerator<Row> {
  const names = result.columnNames();
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new UnreadableResultError(`two columns are named ${twice}: name one of them otherwise`);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    const columns = names.map((name, at) => chunk.getColumnValues(at).map((value) => readValue(value, name)));
    for (let at = 0; at < chunk.rowCount; at++) {
      const row: Record<string, Value> = {};
      for (const [column, name] of names.entries()) row[name] = columns[column]?.[at] ?? null;
      yield row;
    }
  }
}

function readValue(value: DuckDBValue, column: string): Value {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return finite(value, column);
  if (typeof value === "bigint") return safe(value, column);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return timestamp(value.micros, column);
  }
  if (value instanceof DuckDBDateValue) return timestamp(BigInt(value.days) * MICROS_A_DAY, column).slice(0, 10);
  if (value instanceof DuckDBListValue) return value.items.map((item) => text(readValue(item, column), column));
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  throw new UnreadableResultError(`${column}: its type has no form in a row: CAST it to STRING, INT64 or FLOAT64`);
}

function finite(value: number, column: string): number {
  if (Number.isFinite(value)) return value;
  throw new UnreadableResultError(`${column}: is not a finite number: guard the division with NULLIF(divisor, 0)`);
}

function safe(value: bigint, column: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new UnreadableResultError(`${column}: an integer beyond 2^53 would be rounded: CAST it to STRING`);
}

function text(value: Value, column: string): string {
  if (typeof value === "string") return value;
  throw new UnreadableResultError(`${column}: arrays hold texts, dates or timestamps, and no NULL`);
}

const MICROS_A_DAY = 86_400_000_000n;
const YEAR_1 = -62_135_596_800_000_000n;
const YEAR_10000 = 253_402_300_800_000_000n;

/** Canonical text of an instant in microseconds. */
function timestamp(micros: bigint, column: string): string {
  if (micros < YEAR_1 || micros >= YEAR_10000) {
    throw new UnreadableResultError(`${column}: an instant beyond the years 1 to 9999`);
  }
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const whole = new Date(Number((micros - fraction) / 1000n)).toISOString().slice(0, 19);
  return `${whole}.${fraction.toString().padStart(6, "0")}Z`;
}
