import { contractsAt, workingContracts } from "./contract-files";
import { contractDiffs } from "./contracts-diff";
import { faultReport, markdownReport, textReport } from "./contracts-report";
import type { ExitCode, Output } from "./output";

export interface ContractsOptions {
  readonly directory: string;
  /** The git ref whose contracts are the older ones. */
  readonly against: string;
  /** Prefix of the datasets in the statements. */
  readonly prefix: string;
}

export type ContractsFormat = "markdown" | "json" | "text";

/** `medallion contracts diff`: what a change of contracts does to everyone. Exit 1 when it may not be merged. */
export function diffContracts(
  options: ContractsOptions & { readonly format: ContractsFormat },
  output: Output,
): ExitCode {
  const { against, format } = options;
  const diffs = diffsOf(options);
  const isRefused = diffs.some(({ faults }) => faults.length > 0);
  if (format === "json") {
    output.stdout.write(`${JSON.stringify({ against, isRefused, contracts: diffs }, null, 2)}\n`);
  } else {
    output.stdout.write(format === "markdown" ? markdownReport(against, diffs) : textReport(against, diffs));
  }
  return isRefused ? 1 : 0;
}

/** `medallion contracts check`: the same verdict, and only what stands against it. */
export function checkContracts(options: ContractsOptions, output: Output): ExitCode {
  const diffs = diffsOf(options);
  output.stdout.write(faultReport(options.against, diffs));
  return diffs.some(({ faults }) => faults.length > 0) ? 1 : 0;
}

function diffsOf({ directory, against, prefix }: ContractsOptions): ReturnType<typeof contractDiffs> {
  const after = workingContracts(directory);
  return contractDiffs(contractsAt(directory, against), after, prefix);
}
