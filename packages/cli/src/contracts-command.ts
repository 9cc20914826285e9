import { readFileSync } from "node:fs";
import { join } from "node:path";
import { contractsAt, projectRoot, schemaFile, workingContracts } from "./contract-files";
import { contractDiffs } from "./contracts-diff";
import { faultReport, textReport } from "./contracts-report";
import type { ExitCode, Output } from "./output";
import { contractsIn } from "./parsed-contracts";
import type { ReplaySourceOptions } from "./replay-with-progress";
import { annotations } from "./review/annotations";
import { codeOwners } from "./review/code-owners";
import { assumedFields, type ContractsReview, contractsReview, type ReadersOf } from "./review/contracts-review";
import { reviewComment, reviewPage } from "./review/review-page";
import { SAMPLE_WORDS } from "./sample-directory";

export interface ContractsOptions extends ReplaySourceOptions {
  readonly directory: string;
  /** The git ref whose contracts are the older ones. */
  readonly against: string;
  /** Prefix of the datasets in the statements. */
  readonly prefix: string;
  /** Whether stored documents are read at all. */
  readonly replay: boolean;
}

export type ContractsFormat = "markdown" | "json" | "text" | "github";

/** `medallion contracts diff`: what a change of contracts does to everyone. Exit 1 when it may not be merged. */
export async function diffContracts(
  options: ContractsOptions & { readonly format: ContractsFormat; readonly links?: string },
  output: Output,
): Promise<ExitCode> {
  const { format, against, links } = options;
  const review = await reviewOf(options, output, { withReaders: true });
  const command = `npx medallion contracts diff --against ${against} --format markdown`;
  const page = { ...(links !== undefined && { links }), command };
  switch (format) {
    case "json":
      output.stdout.write(`${JSON.stringify(review, null, 2)}\n`);
      break;
    case "markdown":
      output.stdout.write(reviewPage(review, page));
      break;
    case "github": {
      const root = projectRoot(options.directory);
      const lines = annotations(review, (path) => readFileSync(join(root, path), "utf8"));
      output.stderr.write(lines.map((line) => `${line}\n`).join(""));
      output.stdout.write(reviewComment(review, page));
      break;
    }
    default:
      output.stdout.write(textReport(review));
  }
  return review.isRefused ? 1 : 0;
}

/** `medallion contracts check`: the same verdict, and only what stands against it; who reads what changes is not looked for. */
export async function checkContracts(options: ContractsOptions, output: Output): Promise<ExitCode> {
  const review = await reviewOf(options, output, { withReaders: false });
  output.stdout.write(faultReport(review));
  return review.isRefused ? 1 : 0;
}

/** Documents and sources are read, and what reads them is loaded, only where a contract differs. */
async function reviewOf(
  options: ContractsOptions,
  output: Output,
  { withReaders }: { readonly withReaders: boolean },
): Promise<ContractsReview> {
  const { directory, against, prefix, source, replay, bigQueryEndpoint, bigQueryStorageEndpoint } = options;
  const after = workingContracts(directory);
  const before = contractsAt(directory, against);
  const diffs = contractDiffs(before, after, prefix);
  const replays =
    replay && diffs.length > 0
      ? await (await import("./replay-with-progress.js")).replayWithProgress(
          {
            before,
            after,
            directory,
            source,
            bigQueryEndpoint,
            bigQueryStorageEndpoint,
            countCarried: new Map(diffs.map((diff) => [diff.table, assumedFields(diff)])),
          },
          output,
        )
      : [];
  const isMoreThanWords = diffs.some(({ differences }) => differences.some(({ bump }) => bump !== "patch"));
  const readersOf: ReadersOf =
    withReaders && isMoreThanWords ? (await import("./review/readers.js")).readersIn(directory, against) : () => [];
  const schemaFiles = new Map(contractsIn(after).map((contract) => [contract.schema.title, schemaFile(contract)]));
  return contractsReview({
    against,
    diffs,
    replayed: replay ? (source ?? SAMPLE_WORDS) : null,
    replays,
    readersOf,
    ownersOf: codeOwners(projectRoot(directory)),
    schemaFileOf: (table) => schemaFiles.get(table),
  });
}
