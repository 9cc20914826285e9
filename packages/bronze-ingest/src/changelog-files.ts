import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** One file of a change log. */
export interface ChangelogFile {
  readonly prefix: string;
  readonly path: string;
  readonly bytes: number;
  /** Where reading begins, 0 unless told otherwise: lines that start before have been read. */
  readonly start?: number;
}

/** The source of a run cannot be read; says which and what to do. */
export class ChangelogSourceError extends Error {
  override readonly name = "ChangelogSourceError" as const;
}

/**
 * The files `<prefix>_raw_changelog*.ndjson[.gz]` of a directory, by name, for the given prefixes. A prefix without a file is
 * a collection without changes. Throws ChangelogSourceError when the directory cannot be read or holds no change log at all.
 */
export function changelogFiles(directory: string, prefixes: readonly string[]): readonly ChangelogFile[] {
  const names = listFiles(directory);
  const files = prefixes.flatMap((prefix) =>
    names
      .filter((name) => name.startsWith(`${prefix}_raw_changelog`) && /\.ndjson(\.gz)?$/.test(name))
      .map((name) => ({ prefix, path: join(directory, name), bytes: sizeOf(join(directory, name)) })),
  );
  if (files.length === 0) {
    throw new ChangelogSourceError(
      `${directory} holds no change log. Expected files such as ${prefixes[0] ?? "<prefix>"}_raw_changelog.ndjson (or .ndjson.gz).`,
    );
  }
  return files;
}

function sizeOf(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile()) return stats.size;
  throw new ChangelogSourceError(`${path} is a link that leads to no file. Mend it, or take it out of the directory.`);
}

function listFiles(directory: string): readonly string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const fault =
      code === "ENOENT" ? "is not there" : code === "ENOTDIR" ? "is not a directory" : `cannot be read (${code})`;
    throw new ChangelogSourceError(`The source directory ${directory} ${fault}. Name a directory of change log files.`);
  }
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => entry.name)
    .sort();
}
