import type { Counters } from "@junoplus/beam-runtime";
import type { Warehouse } from "@junoplus/warehouse";
import type { FetchedChanges } from "./changelog-source";
import { exportEarlierRows } from "./earlier-rows";
import type { Reading } from "./last-run";
import { medallion, type PipelinePlan } from "./medallion-pipeline";
import type { PipelineJob } from "./pipeline-job";
import type { Progress } from "./progress";

/** What reading came to: shards in the staging directory, and the pipeline's counters. */
export interface ReadOutcome extends FetchedChanges {
  /** What was read in the end. */
  readonly reading: Reading;
  readonly counters: Counters;
  /** Users all of whose rows were made anew; null when those of all users were. */
  readonly users: number | null;
  /** Bytes of what an earlier run left and this one looked up; null when it needed none of it. */
  readonly lookedUp: number | null;
}

/** What is read, and by what. */
export interface ReadInput {
  readonly warehouse: Warehouse;
  readonly plan: Omit<PipelinePlan, "files" | "earlier">;
  readonly reading: Reading;
  /** What the source is called. */
  readonly source: string;
  readonly pipeline: PipelineJob;
}

/**
 * Reads changes and writes shards of all tables of the plan. New changes are looked at before, for the documents that they
 * touch: what an earlier run left of these is looked up, and the pipeline makes of both what comes of them.
 */
export async function readChanges(input: ReadInput, progress: Progress): Promise<ReadOutcome> {
  const { warehouse, plan, reading, source, pipeline } = input;
  const { runId, asOf, stagingDirectory: directory } = plan;
  if (reading.kind === "whole") {
    if (reading.because !== null) progress.warn(`the whole log is read: ${reading.because}`);
    const fetched = await reading.fetch(directory, progress);
    const { files } = fetched;
    progress.stage("read", `${files.length} files of ${source}`);
    const counters = await pipeline.run(medallion({ ...plan, files, earlier: null }));
    return { ...fetched, reading, counters, users: null, lookedUp: null };
  }
  const { lastRun } = reading;
  const fetched = await reading.fetch(directory, progress);
  if ("because" in fetched) {
    const whole = { kind: "whole", fetch: await reading.otherwise(), because: fetched.because } as const;
    return readChanges({ ...input, reading: whole }, progress);
  }
  const { files } = fetched;
  progress.stage("read", `what ${files.length} files of ${source} have beyond run ${lastRun.run_id}`);
  const earlier = await exportEarlierRows(warehouse, { runId, asOf, lastRun, directory, files });
  const counters = await pipeline.run(medallion({ ...plan, files, earlier }));
  return { ...fetched, reading, counters, users: earlier.users, lookedUp: earlier.bytes };
}
