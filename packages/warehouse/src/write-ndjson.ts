import { open } from "node:fs/promises";
import type { ExportedRows } from "./warehouse";

const FLUSH_ROWS = 1000;

/** Writes rows into a new file, one a line, as `stage` reads them. */
export async function writeNdjson(path: string, rows: Iterable<object> | AsyncIterable<object>): Promise<ExportedRows> {
  // Health data: for nobody else on this machine.
  const file = await open(path, "wx", 0o600);
  try {
    let lines: string[] = [];
    let count = 0;
    const flush = async (): Promise<void> => {
      await file.appendFile(lines.join(""));
      lines = [];
    };
    for await (const row of rows) {
      lines.push(`${JSON.stringify(row)}\n`);
      count++;
      if (lines.length === FLUSH_ROWS) await flush();
    }
    await flush();
    return { rows: count, bytes: (await file.stat()).size };
  } finally {
    await file.close();
  }
}
