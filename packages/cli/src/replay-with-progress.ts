import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openSource, type SourceOptions } from "./changelog-source";
import { type ContractReplay, type ReplayOptions, replayContracts, replayedChangelogs } from "./contracts-replay";
import type { Output } from "./output";
import { textProgress } from "./progress";
import { replayProgress } from "./replay-progress";
import { SAMPLE_DIRECTORY } from "./sample-directory";

/** Which stored documents a replay reads: the shipped sample where no source is named. */
export interface ReplaySourceOptions extends Omit<SourceOptions, "source"> {
  readonly source?: string | undefined;
}

type Replay = Omit<ReplayOptions, "source" | "onProgress"> & ReplaySourceOptions & { readonly directory: string };

/**
 * A replay over a directory or over BigQuery, with its progress on stderr. What has to be fetched lies in a folder for nobody
 * else while it is read.
 */
export async function replayWithProgress(replay: Replay, output: Output): Promise<readonly ContractReplay[]> {
  const { directory, source, bigQueryEndpoint, bigQueryStorageEndpoint, ...options } = replay;
  if (source?.startsWith("bigquery:")) {
    return replayDataset(options, { source, bigQueryEndpoint, bigQueryStorageEndpoint }, output);
  }
  return toldReplay(
    { ...options, source: source === undefined ? SAMPLE_DIRECTORY : resolve(directory, source) },
    output,
  );
}

async function toldReplay(options: ReplayOptions, output: Output): Promise<readonly ContractReplay[]> {
  const progress = replayProgress(output.stderr);
  try {
    return await replayContracts({ ...options, onProgress: progress.changes });
  } finally {
    // What follows, an error too, begins a line of its own.
    progress.done();
  }
}

/** Only the tables whose contract is replayed are read; a collection that is new has no table yet. */
async function replayDataset(
  options: Omit<ReplayOptions, "source">,
  from: SourceOptions,
  output: Output,
): Promise<readonly ContractReplay[]> {
  const changelogs = replayedChangelogs(options);
  const prefixes = changelogs.map(({ prefix }) => prefix);
  if (prefixes.length === 0) return [];
  const mayBeMissing = new Set(changelogs.flatMap(({ prefix, isNew }) => (isNew ? [prefix] : [])));
  const source = await openSource(from, prefixes, new Date().toISOString(), { mayBeMissing });
  const folder = mkdtempSync(join(tmpdir(), "medallion-replay-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const interrupt = (): void => {
    remove();
    process.exit(130);
  };
  process.once("SIGINT", interrupt);
  const progress = textProgress(output.stderr, Date.now);
  try {
    const fetch = await source.whole();
    const { files, rows } = await fetch(folder, progress);
    progress.done();
    const replays = await toldReplay({ ...options, source: files }, output);
    for (const { contract, prefix } of changelogs) {
      const read = replays.find((replay) => replay.contract === contract)?.changes;
      const fetched = rows.get(prefix) ?? 0;
      if (read !== fetched) throw new Error(`${prefix}: ${fetched} changes were fetched, and ${read} were read`);
    }
    return replays;
  } finally {
    process.removeListener("SIGINT", interrupt);
    remove();
    await source.close();
  }
}
