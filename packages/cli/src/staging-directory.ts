import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The folder of a run's shards cannot be made: where, why, what to do. */
export class StagingDirectoryError extends Error {
  override readonly name = "StagingDirectoryError" as const;
  constructor(
    readonly directory: string,
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(
      `${directory}: no folder can be made here (${code}), and a run keeps its rows there until they are loaded. ` +
        "Make it a folder that this account may write to, or move the DuckDB file; for BigQuery, name one in TMPDIR.",
      options,
    );
  }
}

/**
 * Where a run's shards lie until they are loaded: beside an embedded warehouse's file, where space and rights are known to
 * be, in the system's folder for one in memory or in a cloud. Folders that killed runs left beside a file are removed: the
 * warehouse is open, so no other run is at work. Throws StagingDirectoryError.
 */
export function createStagingDirectory(warehouseUrl: string, runId: string): string {
  const beside = folderBesideFile(warehouseUrl);
  try {
    if (beside === null) return mkdtempSync(join(tmpdir(), "medallion-"));
    if (existsSync(beside)) for (const left of readdirSync(beside)) rmSync(join(beside, left), { recursive: true });
    const directory = join(beside, runId);
    mkdirSync(directory, { recursive: true });
    return directory;
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new StagingDirectoryError(beside ?? tmpdir(), code, { cause: error });
  }
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
