import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  dataFreshness,
  dataQualityMetrics,
  type Runs,
  rowCountTracking,
  runs,
  type TableContract,
} from "@junoplus/contracts";
import { freshnessRows, metricRows, rowCountRows } from "@junoplus/quality";
import type { PartOfTable, Warehouse } from "@junoplus/warehouse";
import type { Audit } from "./staged-audit";
import { checkedLine } from "./table-writer";

/** What a run leaves behind beside its tables. */
export interface RunHistory {
  readonly runId: string;
  /** End of the run, canonical. */
  readonly checkedAt: string;
  readonly directory: string;
  readonly ledger: readonly Runs[];
  readonly checks: Audit["checks"];
  /** Of a run that published: a failed run's freshness and counts are of rows that nobody sees. */
  readonly freshness: Audit["freshness"];
  readonly volumes: Audit["volumes"];
  /** Rows of tables beside the history that the launcher itself writes; each replaces its table. */
  readonly state: readonly (readonly [TableContract, readonly unknown[]])[];
}

/** Publishes staged tables together with the run's own history: in one transaction, so that neither is there without the other. */
export async function publishWithHistory(
  warehouse: Warehouse,
  staged: readonly (TableContract | PartOfTable)[],
  history: RunHistory,
): Promise<void> {
  const stamp = { runId: history.runId, checkedAt: history.checkedAt };
  const tables: readonly (readonly [TableContract, readonly unknown[]])[] = [
    [runs, history.ledger],
    [dataQualityMetrics, metricRows(history.checks, stamp)],
    [dataFreshness, freshnessRows(history.freshness, stamp)],
    [rowCountTracking, rowCountRows(history.volumes, stamp)],
    ...history.state,
  ];
  // At once: in BigQuery each is a job, and most of its time is waiting.
  await Promise.all(
    tables.map(([contract, rows]) =>
      warehouse.stage(history.runId, contract, [writeRows(history.directory, contract, rows)]),
    ),
  );
  await warehouse.publish(history.runId, [...staged, ...tables.map(([contract]) => contract)]);
}

function writeRows(directory: string, contract: TableContract, rows: readonly unknown[]): string {
  const folder = join(directory, contract.table);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "history.ndjson");
  writeFileSync(path, rows.map((row) => `${checkedLine(row, { contract })}\n`).join(""));
  return path;
}
