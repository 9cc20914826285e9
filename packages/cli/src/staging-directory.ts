import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Where a run's shards lie until they are loaded: beside an embedded warehouse's file, where space and rights are known to
 * be, in the system's folder for one in memory or in a cloud. Folders that killed runs left beside a file are removed: the
 * warehouse is open, so no other run is at work.
 */
export function createStagingDirectory(warehouseUrl: string, runId: string): string {
  const parent = folderBesideFile(warehouseUrl);
  if (parent === null) return mkdtempSync(join(tmpdir(), "medallion-"));
  if (existsSync(parent)) for (const left of readdirSync(parent)) rmSync(join(parent, left), { recursive: true });
  const directory = join(parent, runId);
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** Removes a run's shards, and the folder that held them when it is empty. */
export function removeStagingDirectory(directory: string, warehouseUrl: string): void {
  rmSync(directory, { recursive: true, force: true });
  const parent = folderBesideFile(warehouseUrl);
  if (parent !== null && existsSync(parent) && readdirSync(parent).length === 0) rmSync(parent, { recursive: true });
}

function folderBesideFile(warehouseUrl: string): string | null {
  const path = /^duckdb:(.+)$/s.exec(warehouseUrl)?.[1];
  return path === undefined || path === ":memory:" ? null : `${path}.staging`;
}

/** The shard files of one table; none when it has no row. */
export function shardsOf(directory: string, table: string): readonly string[] {
  const folder = join(directory, table);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ndjson"))
    .sort()
    .map((name) => join(folder, name));
}
