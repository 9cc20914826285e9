import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let made = 0;

/** A folder for one test file; `remove` it afterwards. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "warehouse-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes rows as one shard file and gives its path. */
export function shard(folder: string, rows: readonly object[]): string {
  return shardOfText(folder, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

/** Writes a shard file of any text. */
export function shardOfText(folder: string, text: string): string {
  made += 1;
  const path = join(folder, `shard-${made}.ndjson`);
  writeFileSync(path, text);
  return path;
}
