import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { OptionsError } from "./options-error";
import type { ExitCode, Output } from "./output";
import { reportCommand } from "./report-command";
import { runCommand } from "./run-command";
import { runOptions } from "./run-options";
import { SAMPLE_DIRECTORY } from "./sample-directory";

/** The day after the sample's last change, so that ages and freshness are those of the recording. */
export const SAMPLE_AS_OF = "2025-01-01T00:00:00.000000Z";

/** `medallion demo`: the main job on the shipped sample, into `medallion.duckdb` of the current directory, and its report. */
export async function demoCommand(output: Output, directory: string): Promise<ExitCode> {
  if (!existsSync(SAMPLE_DIRECTORY)) {
    throw new OptionsError([`the sample is not at ${SAMPLE_DIRECTORY}; run the demo from a checkout of the project`]);
  }
  const warehouse = `duckdb:${join(directory, "medallion.duckdb")}`;
  const options = runOptions({ source: SAMPLE_DIRECTORY, warehouse, asOf: SAMPLE_AS_OF }, SAMPLE_AS_OF);
  const code = await runCommand(options, output);
  if (code !== 0) return code;
  output.stdout.write(`tables: ${resolve(directory, "medallion.duckdb")}\n`);
  return reportCommand({ warehouse, prefix: options.prefix, out: join(directory, "medallion-report.html") }, output);
}
