import { blockingFailures, type CheckResult } from "@junoplus/quality";
import type { CallPlan, Warehouse } from "@junoplus/warehouse";
import { type ChangelogSource, openSource, type PlannedRead } from "./changelog-source";
import { openToPlan, openToWrite } from "./open-store";
import { type PipelineJob, pipelineJob } from "./pipeline-job";
import type { Progress } from "./progress";
import type { RunOptions } from "./run-options";

/** What a run acts with. A dry run goes the same way with means that change nothing. */
export interface RunMeans {
  readonly openSource: typeof openSource;
  readonly openWarehouse: (options: RunOptions) => Promise<Warehouse>;
  readonly pipeline: (options: RunOptions, progress: Progress) => PipelineJob;
  /** The URL beside whose file shards lie until they are loaded. */
  readonly stagingBeside: (options: RunOptions) => string;
  readonly blockingFailures: (checks: readonly CheckResult[]) => readonly CheckResult[];
}

/** The means of a run that is to happen. */
export const RUN_MEANS: RunMeans = {
  openSource,
  openWarehouse: (options) => openToWrite(options, options.policyTags),
  pipeline: pipelineJob,
  stagingBeside: ({ warehouse }) => warehouse,
  blockingFailures,
};

/** What a dry run found, filled while it goes. */
export interface DryRunFindings {
  readonly reads: PlannedRead[];
  readonly plan: CallPlan;
}

/**
 * Means that look and take down: the source is opened as a run does it and not read, no pipeline runs, the warehouse keeps a
 * plan. Checks of tables that nobody made say nothing, so none blocks.
 */
export function dryRunMeans({ reads, plan }: DryRunFindings): RunMeans {
  return {
    openSource: async (...from) => {
      const source = await openSource(...from);
      reads.push(...source.reads);
      return unread(source);
    },
    openWarehouse: (options) => openToPlan(options, options.policyTags, plan),
    pipeline: () => ({ run: async () => ({}), cancel: async () => {} }),
    stagingBeside: () => "duckdb::memory:",
    blockingFailures: () => [],
  };
}

function unread(source: ChangelogSource): ChangelogSource {
  return { ...source, whole: async () => ({ files: [], rows: new Map(), fetched: null, positions: null }) };
}
