import { createReadStream, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { linesOf } from "@junoplus/beam-runtime/file-ranges";

/** How the floor gets at the lines of a file. */
export type LineReader = (path: string, take: (line: string) => void) => Promise<void>;

/** As Node's own library reads lines. */
export const nodeReader: LineReader = (path, take) =>
  new Promise((resolve, reject) => {
    createInterface({ input: createReadStream(path).on("error", reject) })
      .on("line", take)
      .on("close", resolve);
  });

/** As this project reads lines: a tighter floor. */
export const rangeReader: LineReader = async (path, take) => {
  for (const line of linesOf({ path, start: 0, end: Number.MAX_SAFE_INTEGER })) take(line);
};

/**
 * The least that a program in this language does with a change log: reads the files, parses every line once, keeps the
 * newest change of every document name, parses the document of each that survives. Gives lines and surviving documents.
 */
export async function floor(
  directory: string,
  prefix: string,
  reader: LineReader,
): Promise<{ lines: number; documents: number }> {
  const newest = new Map<string, { timestamp: string; data: string | null }>();
  let lines = 0;
  const take = (line: string): void => {
    const row = parse(line);
    if (row === null) return;
    lines += 1;
    const known = newest.get(row.document_name);
    if (known === undefined || known.timestamp <= row.timestamp) {
      newest.set(row.document_name, { timestamp: row.timestamp, data: row.data });
    }
  };
  for (const name of readdirSync(directory).filter((file) => file.startsWith(prefix))) {
    await reader(join(directory, name), take);
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
