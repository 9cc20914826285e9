import { contractsAt, workingContracts } from "./contract-files";
import type { ExitCode, Output } from "./output";
import { replayReport } from "./replay-report";
import { replayWithProgress } from "./replay-with-progress";
import { SAMPLE_WORDS } from "./sample-directory";

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
  const source = options.source ?? SAMPLE_WORDS;
  const [after, before] = [workingContracts(directory), contractsAt(directory, against)];
  const replays = await replayWithProgress(
    { before, after, directory, source: options.source, ...(contract !== undefined && { contract }) },
    output,
  );
  output.stdout.write(
    format === "json"
      ? `${JSON.stringify({ against, source, contracts: replays }, null, 2)}\n`
      : replayReport(against, source, replays),
  );
  return 0;
}
