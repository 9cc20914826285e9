import { readdirSync } from "node:fs";
import { join } from "node:path";
import { linesOf } from "@junoplus/beam-runtime/file-ranges";

/**
 * The least that any program in this language does with a change log: reads the files, parses every line once, keeps the
 * newest change of every document name, parses the document of each that survives. Gives lines and surviving documents.
 */
export function floor(directory: string, prefix: string): { lines: number; documents: number } {
  const newest = new Map<string, { timestamp: string; data: string | null }>();
  let lines = 0;
  for (const name of readdirSync(directory).filter((file) => file.startsWith(prefix))) {
    const path = join(directory, name);
    for (const line of linesOf({ path, start: 0, end: Number.MAX_SAFE_INTEGER })) {
      const row = parse(line);
      if (row === null) continue;
      lines += 1;
      const known = newest.get(row.document_name);
      if (known === undefined || known.timestamp <= row.timestamp) {
        newest.set(row.document_name, { timestamp: row.timestamp, data: row.data });
      }
    }
  }
  let documents = 0;
  for (const { data } of newest.values()) if (data !== null && parse(data) !== null) documents += 1;
  return { lines, documents };
}

interface Row {
  readonly document_name: string;
  readonly timestamp: string;
  readonly data: string | null;
}

function parse(text: string): Row | null {
  try {
    return JSON.parse(text) as Row;
  } catch {
    return null;
  }
}
