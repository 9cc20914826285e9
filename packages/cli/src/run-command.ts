import { randomUUID } from "node:crypto";
import { dryRunCommand } from "./dry-run-command";
import type { ExitCode, Output } from "./output";
import { jsonProgress, textProgress } from "./progress";
import { runMedallion, systemClock } from "./run";
import type { RunOptions } from "./run-options";
import { summary } from "./summary";

/** `medallion run`: a whole run, its summary on stdout; or what it would do. */
export async function runCommand(options: RunOptions, output: Output): Promise<ExitCode> {
  if (options.dryRun !== null) return dryRunCommand(options, options.dryRun, output);
  const progress = (options.log === "json" ? jsonProgress : textProgress)(output.stderr, Date.now);
  const outcome = await runMedallion(options, systemClock(randomUUID), progress);
  output.stdout.write(`${summary(outcome)}\n`);
  return outcome.published ? 0 : 1;
}
