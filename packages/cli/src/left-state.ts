import { type ChangelogFile, filePosition } from "@junoplus/bronze-ingest";
import { type FilePositions, filePositions, type LastRun, lastRun, type TableContract } from "@junoplus/contracts";
import type { Reading } from "./last-run";
import type { RunIdentity } from "./ledger";
import { STATE_TABLES } from "./medallion-pipeline";
import { rulesDigest } from "./rules-digest";

/** Rows of a state table that the launcher writes. */
export type StateRows = readonly [TableContract, readonly unknown[]];

/**
 * Where the files stand that a run is about to read, all of them, whatever it reads of each. Taken before it reads: what is
 * added meanwhile is the next run's.
 */
export function positionsOf(files: readonly ChangelogFile[]): readonly FilePositions[] {
  return files.map(filePosition);
}

/** What the launcher leaves to the next run beside what the pipeline does. */
export function leftState(
  { runId, asOf }: RunIdentity,
  reading: Reading,
  positions: readonly FilePositions[],
): readonly StateRows[] {
  const earlier = reading.kind === "new" ? reading.lastRun.run_ids : [];
  const run: LastRun = { run_id: runId, as_of: asOf, rules: rulesDigest(), run_ids: [...earlier, runId] };
  return [
    [filePositions, positions],
    [lastRun, [run]],
  ];
}

/** What a run leaves that does not build all tables: nothing that one could go on from, and no documents of old. */
export function noState(): readonly StateRows[] {
  return [...STATE_TABLES, filePositions, lastRun].map((contract) => [contract, []] as const);
}
