import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { requireForSerialization } from "apache-beam/serialization";
import { type Grouped, groupBy } from "./keyed";
import { type PCollection, type PTransform, withName } from "./sdk";

/** A part of a file, in bytes: the lines that start in [start, end). */
export interface FileRange {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** A file to be read as lines; a name that ends in `.gz` is decompressed, and then read as one range. */
export interface LinesFile {
  readonly path: string;
  readonly bytes: number;
  /** Where reading begins, 0 unless told otherwise: lines that start before are left out. */
  readonly start?: number;
}

const RANGE_BYTES = 8 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 10;

/** Splits files into byte ranges of about `rangeBytes` (default 8 MiB), so that one file is many elements. */
export function fileRanges(files: readonly LinesFile[], rangeBytes: number = RANGE_BYTES): readonly FileRange[] {
  return files.flatMap(({ path, bytes, start: first = 0 }) => {
    if (path.endsWith(".gz")) return [{ path, start: 0, end: Number.MAX_SAFE_INTEGER }];
    const ranges: FileRange[] = [];
    for (let start = first; start < bytes; start += rangeBytes) {
      ranges.push({ path, start, end: Math.min(start + rangeBytes, bytes) });
    }
    return ranges;
  });
}

/** Spreads ranges over workers, so that they are read in parallel; each comes in a group, whose lines `linesOfRanges` gives. */
export function spreadRanges(): PTransform<PCollection<FileRange>, PCollection<Grouped<FileRange>>> {
  return withName("spreadRanges", groupBy(rangeName));
}

/** Key of a range: each is a group of its own. */
export function rangeName(range: FileRange): string {
  return `${range.path}:${range.start}`;
}

/**
 * Worker function: the lines of a group of ranges, without their line breaks. A DoFn that parses lines calls it itself: a
 * step of its own for raw lines would cost more than reading them.
 */
export function* linesOfRanges({ value }: Grouped<FileRange>): Generator<string> {
  for (const range of value) yield* linesOf(range);
}

/** The lines that start in a range; the last one is read to its end, even beyond the range. A last line without a break counts. */
export function* linesOf({ path, start, end }: FileRange): Generator<string> {
  if (path.endsWith(".gz")) {
    yield* linesOfBuffer(gunzipSync(readFileSync(path)));
    return;
  }
  const file = openSync(path, "r");
  try {
    yield* linesOfFile(file, start, end);
  } finally {
    closeSync(file);
  }
}

function* linesOfFile(file: number, start: number, end: number): Generator<string> {
  if (start >= end) return;
  // A line starts in the range when the byte before it is a line break, so reading begins one byte early.
  let position = start === 0 ? 0 : start - 1;
  let skipping = start !== 0;
  let pieces: Buffer[] = [];
  for (;;) {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    const chunk = buffer.subarray(0, readSync(file, buffer, 0, CHUNK_BYTES, position));
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      if (!skipping)
        yield pieces.length === 0 ? textOf(chunk, from, at) : textOfPieces([...pieces, chunk.subarray(0, at)]);
      skipping = false;
      pieces = [];
      from = at + 1;
      if (position + from >= end) return;
    }
    position += chunk.length;
    if (!skipping && from < chunk.length) pieces.push(chunk.subarray(from));
    if (skipping && position >= end) return;
    if (chunk.length === 0) {
      if (pieces.length > 0) yield textOfPieces(pieces);
      return;
    }
  }
}

function* linesOfBuffer(buffer: Buffer): Generator<string> {
  let from = 0;
  for (let at = buffer.indexOf(NEWLINE); at !== -1; at = buffer.indexOf(NEWLINE, from)) {
    yield textOf(buffer, from, at);
    from = at + 1;
  }
  if (from < buffer.length) yield textOf(buffer, from, buffer.length);
}

function textOfPieces(pieces: readonly Buffer[]): string {
  const line = Buffer.concat(pieces);
  return textOf(line, 0, line.length);
}

function textOf(buffer: Buffer, from: number, to: number): string {
  const end = to > from && buffer[to - 1] === 13 ? to - 1 : to;
  return buffer.toString("utf8", from, end);
}

requireForSerialization("@junoplus/beam-runtime/file-ranges", exports);
