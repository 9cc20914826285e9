import { rejectedChanges } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";

/** Rejections of a run by change log and reason, whole changes and array entries apart. */
export interface RejectionCount {
  readonly changelog: string;
  readonly reason: string;
  readonly isEntry: boolean;
  readonly count: number;
}

/** Counts a run's rejections, most frequent first. */
export async function rejectionCounts(warehouse: Warehouse, runId: string): Promise<readonly RejectionCount[]> {
  const rows = await warehouse.query(
    `SELECT table_name, reason, is_entry, COUNT(*) AS rejected FROM ${warehouse.tableName(rejectedChanges)} ` +
      `WHERE run_id = ${warehouse.literal(runId)} GROUP BY table_name, reason, is_entry ORDER BY rejected DESC, table_name, reason, is_entry`,
  );
  return rows.map((row) => ({
    changelog: String(row["table_name"]),
    reason: String(row["reason"]),
    isEntry: row["is_entry"] === true,
    count: Number(row["rejected"]),
  }));
}
