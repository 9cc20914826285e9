import { type Counters, DirectRunner, PrismRunner } from "@junoplus/beam-runtime";
import type { Warehouse } from "@junoplus/warehouse";
import { exportEarlierRows } from "./earlier-rows";
import type { Reading } from "./last-run";
import { medallion, type PipelinePlan, touched } from "./medallion-pipeline";
import type { Progress } from "./progress";
import type { RunnerName } from "./run-options";

/** What reading came to: shards in the staging directory, and the pipeline's counters. */
export interface ReadOutcome {
  readonly counters: Counters;
  /** Users all of whose rows were made anew; null when those of all users were. */
  readonly users: number | null;
}

/** What is read, and by what. */
export interface ReadInput {
  readonly plan: Omit<PipelinePlan, "files" | "earlier">;
  readonly reading: Reading;
  readonly runner: RunnerName;
}

/**
 * Reads changes and writes shards of all tables of the plan. New changes are read twice: first for the documents that they
 * touch, then, when what an earlier run left of these has been looked up, for what comes of both.
 */
export async function readChanges(
  warehouse: Warehouse,
  { plan, reading, runner }: ReadInput,
  progress: Progress,
): Promise<ReadOutcome> {
  const { files } = reading;
  const Runner = runner === "prism" ? PrismRunner : DirectRunner;
  const run = async (pipeline: ReturnType<typeof medallion>): Promise<Counters> => {
    const result = await new Runner({ onProgress: (counters) => progress.counters(counters) }).run(pipeline);
    return (await result.counters()) as Counters;
  };
  if (reading.kind === "whole") {
    progress.stage("read", `${files.length} files`);
    return { counters: await run(medallion({ ...plan, files, earlier: null })), users: null };
  }
  const { lastRun } = reading;
  progress.stage("read", `what ${files.length} files have beyond run ${lastRun.run_id}`);
  await run(touched({ ...plan, files, earlier: null }));
  const { runId, asOf, stagingDirectory: directory } = plan;
  const earlier = await exportEarlierRows(warehouse, { runId, asOf, lastRun, directory });
  return { counters: await run(medallion({ ...plan, files, earlier })), users: earlier.users };
}
