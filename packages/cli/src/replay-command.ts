import { contractsAt, workingContracts } from "./contract-files";
import type { ExitCode, Output } from "./output";
import { replayReport } from "./replay-report";
import { type ReplaySourceOptions, replayWithProgress } from "./replay-with-progress";
import { SAMPLE_WORDS } from "./sample-directory";

export interface ReplayCommandOptions extends ReplaySourceOptions {
  readonly directory: string;
  /** The git ref whose contracts are the older ones. */
  readonly against: string;
  /** Title of the only contract to replay; absent: every change log whose contract differs. */
  readonly contract?: string;
  readonly format: "text" | "json";
}

/** `medallion contracts replay`: how stored documents fare under the proposal. It informs, and is no verdict: exit 0. */
export async function replayCommand(options: ReplayCommandOptions, output: Output): Promise<ExitCode> {
  const { against, contract, format, ...from } = options;
  const { directory, source = SAMPLE_WORDS } = from;
  const [after, before] = [workingContracts(directory), contractsAt(directory, against)];
  const replays = await replayWithProgress(
    { before, after, ...from, ...(contract !== undefined && { contract }) },
    output,
  );
  output.stdout.write(
    format === "json"
      ? `${JSON.stringify({ against, source, contracts: replays }, null, 2)}\n`
      : replayReport(against, source, replays),
  );
  return 0;
}
