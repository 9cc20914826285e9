import { rejectedChanges, type TableContract } from "@junoplus/contracts";
import {
  type ChangelogFlow,
  type CheckResult,
  conservationChecks,
  consistencyChecks,
  contractChecks,
  emptiedChecks,
  type Freshness,
  freshnessChecks,
  measureFreshness,
  previousRowCounts,
  privacyChecks,
  rowsWrittenChecks,
  type TableNames,
  type Volume,
  volume,
  volumeChecks,
} from "@junoplus/quality";
import type { Warehouse } from "@junoplus/warehouse";

/** A table that a run has staged: rows in staging, and rows that the pipeline says it wrote. */
export interface StagedTable {
  readonly contract: TableContract;
  readonly rows: number;
  readonly written: number;
}

/** What the audit of staging found. */
export interface Audit {
  readonly checks: readonly CheckResult[];
  readonly freshness: readonly Freshness[];
  readonly volumes: readonly Volume[];
}

/** What is audited. */
export interface AuditInput {
  readonly runId: string;
  readonly staged: readonly StagedTable[];
  readonly flows: readonly ChangelogFlow[];
  /** Canonical instant against which freshness is measured. */
  readonly checkedAt: string;
  readonly allowEmpty: boolean;
}

/** Checks everything that a run staged before anything of it is visible. */
export async function auditStagedTables(warehouse: Warehouse, input: AuditInput): Promise<Audit> {
  const { runId, staged, flows, checkedAt, allowEmpty } = input;
  const isStaged = (contract: TableContract): boolean =>
    staged.some(({ contract: { table } }) => table === contract.table);
  const nameOf: TableNames = (contract) => (isStaged(contract) ? warehouse.stagingName(contract, runId) : null);
  const derived = staged.filter(({ contract }) => contract.write === "replace");
  const previous = await previousRowCounts(warehouse);
  const volumes = derived.map(({ contract: { table }, rows }) =>
    volume({ table, rows, previous: previous.get(table) ?? null }),
  );
  const freshness = await measureFreshness(warehouse, nameOf, checkedAt);
  const checks: CheckResult[] = [];
  for (const { contract } of staged) {
    checks.push(...(await contractChecks(warehouse, contract, warehouse.stagingName(contract, runId))));
  }
  const rejections = await rejectedCounts(warehouse, warehouse.stagingName(rejectedChanges, runId));
  for (const flow of flows) {
    const table = staged.find(({ contract }) => contract.table === flow.table);
    checks.push(
      ...conservationChecks(flow, {
        rows: table?.rows ?? null,
        rejectedRows: rejections.changes.get(flow.changelog) ?? 0,
        rejectedEntryRows: rejections.entries.get(flow.changelog) ?? 0,
      }),
    );
  }
  const withoutFlow = staged.filter(({ contract }) => !flows.some(({ table }) => table === contract.table));
  checks.push(
    ...rowsWrittenChecks(
      withoutFlow.map(({ contract: { table }, rows, written }) => ({ table, written, staged: rows })),
    ),
    ...(await consistencyChecks(warehouse, nameOf)),
    ...privacyChecks(staged.map(({ contract }) => contract)),
    ...freshnessChecks(freshness),
    ...volumeChecks(volumes),
    ...emptiedChecks(volumes, allowEmpty),
  );
  return { checks, freshness, volumes };
}

/** Rejected changes and rejected array entries by change log, as staging has them. */
async function rejectedCounts(warehouse: Warehouse, from: string) {
  const rows = await warehouse.query(
    `SELECT table_name, is_entry, COUNT(*) AS rejected FROM ${from} GROUP BY table_name, is_entry`,
  );
  const counts = { changes: new Map<string, number>(), entries: new Map<string, number>() };
  for (const row of rows) {
    const target = row["is_entry"] === true ? counts.entries : counts.changes;
    target.set(String(row["table_name"]), Number(row["rejected"]));
  }
  return counts;
}
