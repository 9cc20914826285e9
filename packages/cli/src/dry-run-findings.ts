import type { OpenTables } from "@junoplus/bronze-ingest/dataset-reader";
import type { TableQuery } from "@junoplus/bronze-ingest/table-positions";
import type { CallPlan } from "@junoplus/warehouse";
import type { BigQueryClient } from "@junoplus/warehouse/bigquery-client";
import { planQueryJob } from "@junoplus/warehouse/bigquery-dry-run";

/** A file, or a table of which a read session is open. */
export interface PlannedRead {
  readonly kind: "file" | "read session";
  readonly name: string;
  /** Where it begins: a byte of a file, a canonical instant of a table; null where all of it is read. */
  readonly from: number | string | null;
  /** Of a session BigQuery's estimate for the columns that are read; null where there is none. */
  readonly bytes: number | null;
}

/** What a dry run found, filled while it goes. */
export interface DryRunFindings {
  readonly reads: PlannedRead[];
  readonly plan: CallPlan;
}

/** Takes down what reading open tables would send. */
export async function findTables(
  { reads, plan }: DryRunFindings,
  { sessions, queries }: OpenTables<unknown>,
  clientOf: (region: string | null) => BigQueryClient,
): Promise<void> {
  reads.push(
    ...sessions.map(({ table, from, bytes }) => ({ kind: "read session" as const, name: table, from, bytes })),
  );
  await findQueries(plan, queries, clientOf);
}

/** Takes down queries of change log tables; `isAsked` where the dry run asks them, too. */
export async function findQueries(
  plan: CallPlan,
  queries: readonly TableQuery[],
  clientOf: (region: string | null) => BigQueryClient,
  isAsked = false,
): Promise<void> {
  for (const { table, sql } of queries) {
    const target = `${table.dataset}.${table.table}`;
    await planQueryJob(clientOf(table.region), plan, { target, query: sql, statements: [sql], isAsked });
  }
}
