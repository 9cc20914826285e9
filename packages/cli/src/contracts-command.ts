import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  CONTRACTS_PACKAGE,
  type ContractFiles,
  contractsAt,
  projectRoot,
  workingContracts,
  writePackagesAt,
} from "./contract-files";
import { contractDiffs, contractIn } from "./contracts-diff";
import { replayContracts } from "./contracts-replay";
import { faultReport, textReport } from "./contracts-report";
import { downstreamOf, type FieldUse, fieldUses, fieldUsesIn } from "./downstream/downstream";
import type { ExitCode, Output } from "./output";
import { replayProgress } from "./replay-progress";
import { annotations } from "./review/annotations";
import { codeOwners } from "./review/code-owners";
import { assumedFields, type ContractsReview, contractsReview, type ReadersOf } from "./review/contracts-review";
import { reviewComment, reviewPage } from "./review/review-page";
import { SAMPLE_DIRECTORY } from "./sample-directory";

export interface ContractsOptions {
  readonly directory: string;
  /** The git ref whose contracts are the older ones. */
  readonly against: string;
  /** Prefix of the datasets in the statements. */
  readonly prefix: string;
  /** Directory with change logs to replay over; absent: the shipped sample. */
  readonly source?: string;
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
  const review = await reviewOf(options, output, readersIn(options.directory, against));
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
  const review = await reviewOf(options, output, () => []);
  output.stdout.write(faultReport(review));
  return review.isRefused ? 1 : 0;
}

/** Who reads a field, found in the sources; they are parsed only where something changes in more than words. */
function readersIn(directory: string, against: string): ReadersOf {
  const now = once(() => fieldUses(directory));
  const before = once(() => usesAt(directory, against));
  return (contract, field, isGone) => downstreamOf(isGone ? before() : now(), contract, field);
}

/** The uses in the sources as they were at a git ref. */
function usesAt(directory: string, ref: string): readonly FieldUse[] {
  const folder = mkdtempSync(join(tmpdir(), "medallion-sources-"));
  try {
    writePackagesAt(directory, ref, folder);
    return fieldUsesIn(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

async function reviewOf(options: ContractsOptions, output: Output, readersOf: ReadersOf): Promise<ContractsReview> {
  const { directory, against, prefix, source, replay } = options;
  const after = workingContracts(directory);
  const before = contractsAt(directory, against);
  const diffs = contractDiffs(before, after, prefix);
  const progress = replayProgress(output.stderr);
  const replays = replay
    ? await replayContracts({
        before,
        after,
        source: source === undefined ? SAMPLE_DIRECTORY : resolve(directory, source),
        countCarried: new Map(diffs.map((diff) => [diff.table, assumedFields(diff)])),
        onProgress: progress.changes,
      })
    : [];
  progress.done();
  const folders = contractFolders(after);
  return contractsReview({
    against,
    diffs,
    replayed: replay ? (source ?? "the shipped sample") : null,
    replays,
    readersOf,
    ownersOf: codeOwners(projectRoot(directory)),
    folderOf: (table) => folders.get(table),
  });
}

/** The folder of each contract, relative to the repository, by its title. */
function contractFolders(files: ContractFiles): ReadonlyMap<string, string> {
  return new Map(
    [...files.keys()]
      .filter((path) => path.endsWith("/schema.json"))
      .flatMap((path) => {
        const contract = contractIn(files, path.slice(0, -"/schema.json".length), "schema");
        return contract === undefined
          ? []
          : [[contract.schema.title, `${CONTRACTS_PACKAGE}/${contract.path}`] as const];
      }),
  );
}
