import { documentStates, rejectedChanges, type TableContract } from "@junoplus/contracts";
import {
  type ChangelogFlow,
  type CheckResult,
  conservationChecks,
  consistencyChecks,
  contractChecks,
  emptiedChecks,
  type Freshness,
  foreseenCheck,
  freshnessChecks,
  leftStateChecks,
  type Measurement,
  measuredChecks,
  measureFreshness,
  previousRowCounts,
  privacyChecks,
  rowsWrittenChecks,
  type TableNames,
  type Volume,
  volume,
  volumeChecks,
} from "@junoplus/quality";
import type { PartOfTable, Warehouse } from "@junoplus/warehouse";
import { touchedDocuments } from "./run-lists";
import { resultingTable } from "./table-parts";

/** A table that a run has staged: rows in staging, and rows that the pipeline says it wrote. */
export interface StagedTable {
  readonly contract: TableContract;
  readonly rows: number;
  readonly written: number;
  /** What of the table they replace. */
  readonly part: TableContract | PartOfTable;
  /** Rows that the table will have. */
  readonly total: number;
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
  /** Counts of the changes that this run read, and of all that were ever read. */
  readonly flows: readonly ChangelogFlow[];
  readonly flowsInAll: readonly ChangelogFlow[];
  /** Canonical instant against which freshness is measured. */
  readonly checkedAt: string;
  readonly allowEmpty: boolean;
}

/** Checks everything that a run staged before anything of it is visible. */
export async function auditStagedTables(warehouse: Warehouse, input: AuditInput): Promise<Audit> {
  const { runId, staged, flows, checkedAt, allowEmpty } = input;
  // What tables owe each other they owe as they will be, not as the part of them that this run made.
  const nameOf: TableNames = ({ table }, of) => {
    const found = staged.find(({ contract }) => contract.table === table);
    return found === undefined ? null : resultingTable(warehouse, runId, found.part, of);
  };
  const derived = staged.filter(({ contract: { write, layer } }) => write === "replace" && layer !== "state");
  const states = nameOf(documentStates);
  // Queries are asked at once, and what can be is asked in one: in BigQuery each is a job, and most of its time is waiting.
  const [previous, freshness, [ofContracts = [], foreseen = [], ofTables = []], rejections, left] = await Promise.all([
    previousRowCounts(warehouse),
    measureFreshness(warehouse, nameOf, checkedAt),
    measuredChecks(warehouse, [
      staged.flatMap(({ contract }) => contractChecks(contract, warehouse.stagingName(contract, runId))),
      foreseenChecks(warehouse, runId, staged),
      consistencyChecks(nameOf),
    ]),
    rejectedCounts(warehouse, warehouse.stagingName(rejectedChanges, runId)),
    states === null ? [] : leftStates(warehouse, states, input.flowsInAll),
  ]);
  const volumes = derived.map(({ contract: { table }, total: rows }) =>
    volume({ table, rows, previous: previous.get(table) ?? null }),
  );
  const checks = [...ofContracts];
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
  checks.push(...left, ...foreseen);
  const withoutFlow = staged.filter(({ contract }) => !flows.some(({ table }) => table === contract.table));
  checks.push(
    ...rowsWrittenChecks(
      withoutFlow.map(({ contract: { table }, rows, written }) => ({ table, written, staged: rows })),
    ),
    ...ofTables,
    ...privacyChecks(staged.map(({ contract }) => contract)),
    ...freshnessChecks(freshness),
    ...volumeChecks(volumes),
    ...emptiedChecks(volumes, allowEmpty),
  );
  return { checks, freshness, volumes };
}

async function leftStates(
  warehouse: Warehouse,
  from: string,
  flows: readonly ChangelogFlow[],
): Promise<readonly CheckResult[]> {
  const rows = await warehouse.query(
    `SELECT changelog, SUM(changes_read) AS read_total, COUNT(CASE WHEN operation = 'DELETE' THEN 1 END) AS deleted_total,
      COUNT(CASE WHEN operation <> 'DELETE' THEN 1 END) AS live_total FROM ${from} AS states GROUP BY changelog`,
  );
  return flows.flatMap((flow) => {
    const row = rows.find(({ changelog }) => changelog === flow.changelog);
    const count = (column: string): number => Number(row?.[column] ?? 0);
    return leftStateChecks(flow, {
      read: count("read_total"),
      deleted: count("deleted_total"),
      live: count("live_total"),
    });
  });
}

/** Rows of parts are of the users, days and documents that were listed before. */
function foreseenChecks(warehouse: Warehouse, runId: string, staged: readonly StagedTable[]): readonly Measurement[] {
  return staged.flatMap(({ contract, part }) => {
    if (!("contract" in part)) return [];
    // States replace those of their own keys, and what was looked up of them was listed.
    const list = contract.table === documentStates.table ? touchedDocuments : part.valuesIn;
    if (list.table === contract.table) return [];
    const same = part.columns.map((column) => `listed.${column} = made.${column}`).join(" AND ");
    return [
      {
        columns: { unforeseen: "COUNT(*)" },
        from:
          `${warehouse.stagingName(contract, runId)} AS made ` +
          `WHERE NOT EXISTS (SELECT 1 FROM ${warehouse.stagingName(list, runId)} AS listed WHERE ${same})`,
        results: (count) => [foreseenCheck(contract.table, count("unforeseen"))],
      },
    ];
  });
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
