import "../sdk";
import { type Coder, Context } from "apache-beam/coders/coders";
import { GeneralObjectCoder } from "apache-beam/coders/js_coders";
import { Reader, Writer } from "protobufjs";
import { JsonCoder } from "../json-coder";
import { RowCoder } from "../row-coder";
import type { RowColumn } from "../row-values";

/** Bytes of a row, and nanoseconds to write and to read it. */
export interface CoderFigures {
  readonly bytes: number;
  readonly write: number;
  readonly read: number;
}

/** The coders that a measurement sets side by side, for rows of these columns. */
export function measuredCoders(columns: readonly RowColumn[]): Readonly<Record<string, Coder<unknown>>> {
  return {
    "SDK general": new GeneralObjectCoder<unknown>(),
    JSON: new JsonCoder(),
    row: new RowCoder(columns),
  };
}

/** Writes and reads all rows once. */
export function measureCoder(coder: Coder<unknown>, rows: readonly unknown[]): CoderFigures {
  const start = performance.now();
  const writer = new Writer();
  for (const row of rows) coder.encode(row, writer, Context.needsDelimiters);
  const bytes = writer.finish();
  const written = performance.now();
  const reader = new Reader(bytes);
  while (reader.pos < reader.len) coder.decode(reader, Context.needsDelimiters);
  const read = performance.now();
  const each = (milliseconds: number): number => (milliseconds * 1e6) / rows.length;
  return { bytes: bytes.length / rows.length, write: each(written - start), read: each(read - written) };
}
