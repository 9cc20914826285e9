import {
  filePositions,
  type LastRun,
  lastRun,
  recentChanges,
  type TableContract,
  tablePositions,
} from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import type { LeftPositions } from "./changelog-source";
import type { Reading } from "./last-run";
import type { RunIdentity } from "./ledger";
import { STATE_TABLES } from "./medallion-tables";
import { rulesDigest } from "./rules-digest";

/** Rows of a state table that the launcher writes. */
export type StateRows = readonly [TableContract, readonly unknown[]];

/** What the launcher leaves to the next run beside what the pipeline does. */
export function leftState(
  { runId, asOf }: RunIdentity,
  reading: Reading,
  { files, tables, recent }: LeftPositions,
): readonly StateRows[] {
  // Only a run of the same rules is gone on from.
  const { run_ids, rules } = reading.kind === "new" ? reading.lastRun : { run_ids: [], rules: rulesDigest() };
  const run: LastRun = { run_id: runId, as_of: asOf, rules, run_ids: [...run_ids, runId] };
  return [
    [filePositions, files],
    [tablePositions, tables],
    [recentChanges, recent],
    [lastRun, [run]],
  ];
}

/**
 * The state tables without rows, where an earlier run left some: a run that leaves no state makes tables that cannot be gone
 * on from, and no documents stay behind.
 */
export async function emptiedState(warehouse: Warehouse): Promise<readonly StateRows[]> {
  const [row] = await warehouse.query(`SELECT COUNT(*) AS left_total FROM ${warehouse.tableName(lastRun)}`);
  if (Number(row?.["left_total"] ?? 0) === 0) return [];
  return [...STATE_TABLES, filePositions, tablePositions, recentChanges, lastRun].map(
    (contract) => [contract, []] as const,
  );
}
