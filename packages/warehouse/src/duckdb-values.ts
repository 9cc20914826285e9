import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  type DuckDBResult,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from "@duckdb/node-api";
import {
  dayText,
  distinctNames,
  elementText,
  finiteNumber,
  safeInteger,
  timestampText,
  unreadableType,
} from "./result-values";
import type { Row, Value } from "./warehouse";

/** The rows of a result, streamed, in the forms of `Value`. */
export async function* rows(result: DuckDBResult): AsyncGenerator<Row> {
  const names = result.columnNames();
  distinctNames(names);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    const page: Record<string, Value>[] = Array.from({ length: chunk.rowCount }, () => ({}));
    // Column by column: DuckDB lays them out so, and all rows keep one shape.
    for (const [at, name] of names.entries()) {
      chunk.visitColumnValues(at, (value, row) => {
        const target = page[row];
        if (target !== undefined) target[name] = readValue(value, name);
      });
    }
    yield* page;
  }
}

function readValue(value: DuckDBValue, column: string): Value {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return finiteNumber(value, column);
  if (typeof value === "bigint") return safeInteger(value, column);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return timestampText(value.micros, column);
  }
  if (value instanceof DuckDBDateValue) return dayText(value.days, column);
  if (value instanceof DuckDBListValue) return value.items.map((item) => elementText(readValue(item, column), column));
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  throw unreadableType(column);
}
