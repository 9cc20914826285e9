import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import type { FilePositions } from "@junoplus/contracts";
import type { ChangelogFile } from "./changelog-files";

/** How many bytes at each end of what was read tell whether a file is still what it was. */
const FINGERPRINT_BYTES = 64 * 1024;
const NEWLINE = 10;

/** Files that are no longer what an earlier run read, so that it cannot be gone on from; names every one of them. */
export class PositionError extends Error {
  override readonly name = "PositionError" as const;
  constructor(readonly faults: readonly string[]) {
    super(
      "The change logs are not those of the last run with more added:\n" +
        faults.map((fault) => `  ${fault}\n`).join("") +
        "Nothing was read. Put the files back as they were, or read the whole log: medallion run --full.",
    );
  }
}

/** Where a run that reads a whole file, as large as it was listed, leaves it. */
export function filePosition({ path, prefix, bytes }: ChangelogFile): FilePositions {
  return withFile(path, (file) => ({
    file_name: basename(path),
    changelog: prefix,
    bytes_read: bytes,
    is_line_ended: isCompressed(path) || bytes === 0 || byteAt(file, bytes - 1) === NEWLINE,
    fingerprint: fingerprint(file, bytes),
  }));
}

/**
 * What was added to the change logs since the positions were taken: new files whole, grown ones from where they ended. Log
 * files only grow, and compressed ones never change: whatever else happened to one is a fault. Throws PositionError.
 */
export function filesSince(
  files: readonly ChangelogFile[],
  positions: readonly FilePositions[],
): readonly ChangelogFile[] {
  const known = new Map(positions.map((position) => [position.file_name, position]));
  const faults: string[] = [];
  const added: ChangelogFile[] = [];
  for (const file of files) {
    const name = basename(file.path);
    const position = known.get(name);
    known.delete(name);
    if (position === undefined) {
      added.push(file);
      continue;
    }
    const fault = faultOf(file, position);
    if (fault !== null) faults.push(`${name}: ${fault}`);
    else if (file.bytes > position.bytes_read) added.push({ ...file, start: position.bytes_read });
  }
  for (const name of known.keys()) faults.push(`${name}: is gone`);
  if (faults.length > 0) throw new PositionError(faults);
  return added;
}

function faultOf({ path, bytes }: ChangelogFile, position: FilePositions): string | null {
  const read = position.bytes_read;
  if (bytes < read) return `has ${bytes} bytes, and had ${read} when it was read`;
  return withFile(path, (file) => {
    if (fingerprint(file, read) !== position.fingerprint) return "begins otherwise than when it was read";
    if (bytes === read) return null;
    if (isCompressed(path)) return "has grown; a compressed file is read whole, add another one instead";
    if (position.is_line_ended || byteAt(file, read) === NEWLINE) return null;
    return "ended within a line when it was read, and that line has gone on since";
  });
}

/** Of the first and the last bytes that were read: a log that is replaced or cut shows there. */
function fingerprint(file: number, bytes: number): string {
  const size = Math.min(bytes, FINGERPRINT_BYTES);
  return createHash("sha256")
    .update(bytesAt(file, 0, size))
    .update(bytesAt(file, bytes - size, size))
    .digest("hex");
}

function byteAt(file: number, position: number): number | undefined {
  return bytesAt(file, position, 1)[0];
}

function bytesAt(file: number, position: number, length: number): Uint8Array {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(file, buffer, filled, length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

function withFile<T>(path: string, use: (file: number) => T): T {
  const file = openSync(path, "r");
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

function isCompressed(path: string): boolean {
  return path.endsWith(".gz");
}
