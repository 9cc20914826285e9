import { resolve } from "node:path";
import { type ContractReplay, type ReplayOptions, replayContracts } from "./contracts-replay";
import type { Output } from "./output";
import { replayProgress } from "./replay-progress";
import { SAMPLE_DIRECTORY } from "./sample-directory";

/** A replay over a directory, the shipped sample where none is named, with its progress on stderr. */
export async function replayWithProgress(
  {
    directory,
    source,
    ...options
  }: Omit<ReplayOptions, "source" | "onProgress"> & {
    readonly directory: string;
    readonly source?: string | undefined;
  },
  output: Output,
): Promise<readonly ContractReplay[]> {
  const progress = replayProgress(output.stderr);
  try {
    const folder = source === undefined ? SAMPLE_DIRECTORY : resolve(directory, source);
    return await replayContracts({ ...options, source: folder, onProgress: progress.changes });
  } finally {
    // What follows, an error too, begins a line of its own.
    progress.done();
  }
}
