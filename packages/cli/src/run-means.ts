import { blockingFailures, type CheckResult } from "@junoplus/quality";
import type { Warehouse } from "@junoplus/warehouse";
import { flowsInAll, ledgerCounts } from "./change-flows";
import { openSource } from "./changelog-source";
import type { DryRunFindings } from "./dry-run-findings";
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
  /** Counts of a run's changes and of all that were read before. */
  readonly flowsInAll: typeof flowsInAll;
  readonly blockingFailures: (checks: readonly CheckResult[]) => readonly CheckResult[];
}

/** The means of a run that is to happen. */
export const RUN_MEANS: RunMeans = {
  openSource,
  openWarehouse: (options) => openToWrite(options, options.policyTags),
  pipeline: pipelineJob,
  stagingBeside: ({ warehouse }) => warehouse,
  flowsInAll,
  blockingFailures,
};

/**
 * Means that look and take down: the source is opened as a run does it and not read, no pipeline runs, the warehouse keeps a
 * plan. Checks of tables that nobody made say nothing, so none blocks.
 */
export function dryRunMeans(findings: DryRunFindings): RunMeans {
  return {
    openSource: (options, prefixes, at, opening) => openSource(options, prefixes, at, { ...opening, findings }),
    openWarehouse: (options) => openToPlan(options, options.policyTags, findings.plan),
    pipeline: () => ({ run: async () => ({}), cancel: async () => {} }),
    stagingBeside: () => "duckdb::memory:",
    flowsInAll: async (warehouse, runId, flows) => {
      await ledgerCounts(warehouse, runId);
      return flows;
    },
    blockingFailures: () => [],
  };
}
