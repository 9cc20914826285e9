import { type RecordBatch, RecordBatchReader } from "apache-arrow";
import { canonicalMicros } from "./canonical-micros";

/** So many rows become text at once: a message may hold a hundred thousand. */
const ROWS_AT_ONCE = 1000;

/** Some lines as one text, each with its line end. */
export interface ChangelogLines {
  readonly lines: string;
  readonly count: number;
}

/**
 * The rows of one Arrow message (with its schema before it) as lines of a change log file, some at a
 * time: the columns in the order given, NULL as null, the timestamp as canonical text, and `old_data` null, as the rejected are
 * kept. Rows for which `isTaken` says no are left out.
 */
export function* changelogLines(
  columns: readonly string[],
  schema: Uint8Array,
  batch: Uint8Array,
  isTaken: (line: string, timestamp: string | null) => boolean = () => true,
): Generator<ChangelogLines> {
  for (const rows of RecordBatchReader.from(Buffer.concat([schema, batch]))) {
    const read = columns.map((name) => [name, columnOf(rows, name)] as const);
    let lines = "";
    let count = 0;
    for (let row = 0; row < rows.numRows; row++) {
      const change: Record<string, string | null> = {};
      for (const [name, value] of read) {
        change[name] = value(row);
        // Where the extension has it, so that a rejected change is kept as the same text as one of a file.
        if (name === "data") change["old_data"] = null;
      }
      const line = JSON.stringify(change);
      if (isTaken(line, change["timestamp"] ?? null)) {
        lines += `${line}\n`;
        count++;
      }
      if ((row + 1) % ROWS_AT_ONCE > 0 && row + 1 < rows.numRows) continue;
      if (count > 0) yield { lines, count };
      lines = "";
      count = 0;
    }
  }
}

function columnOf(rows: RecordBatch, name: string): (row: number) => string | null {
  const column = rows.getChild(name);
  if (column === null) throw new TypeError(`the rows read have no column ${name}`);
  if (name !== "timestamp") return (row) => column.get(row) as string | null;
  // Arrow's own reading divides to milliseconds and loses digits far from 1970; the column holds microseconds.
  const micros = column.data[0]?.values as BigInt64Array;
  return (row) => (column.isValid(row) ? canonicalMicros(micros[row] ?? 0n) : null);
}
