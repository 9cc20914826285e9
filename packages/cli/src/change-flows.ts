import { type Counters, writtenCounter } from "@junoplus/beam-runtime";
import { changeCounter } from "@junoplus/bronze-ingest";
import { runs } from "@junoplus/contracts";
import { addFlows, type ChangelogFlow } from "@junoplus/quality";
import { rowCounter, type SilverTable } from "@junoplus/silver-transforms";
import type { Row, Warehouse } from "@junoplus/warehouse";

/** Where every change of a silver table's log went, from the pipeline's counters. A counter that never moved is zero. */
export function changelogFlow(
  { from, to }: Pick<SilverTable<never, never>, "from" | "to">,
  counters: Counters,
): ChangelogFlow {
  const count = (name: string): number => counters[name] ?? 0;
  const change = (what: Parameters<typeof changeCounter>[1]): number => count(changeCounter(from.prefix, what));
  return {
    changelog: from.prefix,
    table: to.table,
    read: change("read"),
    duplicates: change("duplicates"),
    superseded: change("superseded"),
    deleted: change("deleted"),
    rejected: change("rejected"),
    live: change("live"),
    rejectedEntries: change("rejected_entries"),
    snapshots: count(rowCounter(to.table, "snapshots")),
    displaced: count(rowCounter(to.table, "displaced")),
    unchanged: count(rowCounter(to.table, "unchanged")),
    written: count(writtenCounter(to.table)),
  };
}

/** The counts of this run's changes and of all that the given run and those before it read, by the ledger. */
export async function flowsInAll(
  warehouse: Warehouse,
  runId: string,
  flows: readonly ChangelogFlow[],
): Promise<readonly ChangelogFlow[]> {
  const rows = await ledgerCounts(warehouse, runId);
  return flows.map((flow) => {
    const row = rows.find(({ changelog }) => changelog === flow.changelog);
    if (row === undefined) throw new Error(`the ledger has no ${flow.changelog} of run ${runId}`);
    return addFlows(flow, {
      read: Number(row["changes_read"]),
      duplicates: Number(row["duplicates"]),
      superseded: Number(row["superseded"]),
      deleted: Number(row["deleted"]),
      rejected: Number(row["rejected"]),
      live: Number(row["current_documents"]),
      rejectedEntries: Number(row["rejected_entries"]),
    });
  });
}

/** What the ledger says of a run's change logs. */
export function ledgerCounts(warehouse: Warehouse, runId: string): Promise<readonly Row[]> {
  return warehouse.query(
    `SELECT changelog, changes_read, duplicates, superseded, deleted, rejected, current_documents, rejected_entries
    FROM ${warehouse.tableName(runs)} WHERE run_id = ${warehouse.literal(runId)} AND changelog IS NOT NULL`,
  );
}
