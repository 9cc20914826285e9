import { resolve } from "node:path";
import { contractsAt, workingContracts } from "./contract-files";
import { replayContracts } from "./contracts-replay";
import type { ExitCode, Output } from "./output";
import { replayProgress } from "./replay-progress";
import { replayReport } from "./replay-report";
import { SAMPLE_DIRECTORY } from "./sample-directory";

export interface ReplayCommandOptions {
  readonly directory: string;
  /** The git ref whose contracts are the older ones. */
  readonly against: string;
  /** Directory with change logs; absent: the shipped sample. */
  readonly source?: string;
  /** Title of the only contract to replay; absent: every change log whose contract differs. */
  readonly contract?: string;
  readonly format: "text" | "json";
}

/** `medallion contracts replay`: how stored documents fare under the proposal. It informs, and is no verdict: exit 0. */
export async function replayCommand(options: ReplayCommandOptions, output: Output): Promise<ExitCode> {
  const { directory, against, contract, format } = options;
  const source = options.source ?? "the shipped sample";
  const [after, before] = [workingContracts(directory), contractsAt(directory, against)];
  const progress = replayProgress(output.stderr);
  const replays = await replayContracts({
    before,
    after,
    source: options.source === undefined ? SAMPLE_DIRECTORY : resolve(directory, options.source),
    ...(contract !== undefined && { contract }),
    onProgress: progress.changes,
  });
  progress.done();
  output.stdout.write(
    format === "json"
      ? `${JSON.stringify({ against, source, contracts: replays }, null, 2)}\n`
      : replayReport(against, source, replays),
  );
  return 0;
}
