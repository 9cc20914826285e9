import type { JobMetadata } from "@google-cloud/bigquery";
import type { BigQueryClient } from "./bigquery-client";
import { bigQueryFault } from "./bigquery-fault";
import type { CallKind, CallPlan, Scan } from "./call-plan";

/** BigQuery bills at least so many bytes for each table of a query that reads anything (10 MB, counted in 2^20). */
const LEAST_BYTES_A_TABLE = 10 * 2 ** 20;

/** A change of the catalog, as the API names it. */
export interface CatalogChange {
  readonly call: Extract<CallKind, "datasets.insert" | "tables.insert" | "tables.patch" | "tables.delete">;
  readonly target: string;
  /** When it has no effect. */
  readonly only?: string;
}

/** Makes a change; in a dry run it is taken down instead, and null is given. */
export async function change<T>(
  { plan }: BigQueryClient,
  { call, target, only = "" }: CatalogChange,
  work: () => Promise<T>,
): Promise<T | null> {
  if (plan === undefined) return work();
  plan.add(call, target, only === "" ? {} : { only });
  return null;
}

/** A query job of one or more statements. */
export interface PlannedQueryJob {
  readonly target: string;
  readonly query: string;
  readonly statements: readonly string[];
  /** Whether the dry run asks it, too. */
  readonly isAsked?: boolean;
}

/** Takes down a query job, and asks BigQuery what each of its statements would read. */
export async function planQueryJob(client: BigQueryClient, plan: CallPlan, job: PlannedQueryJob): Promise<void> {
  const scans: Scan[] = [];
  for (const statement of job.statements) scans.push(await scanOf(client, plan, statement));
  plan.add("query job", job.target || tablesOf(job.query), {
    statement: job.query,
    scan: sumOf(scans),
    isAsked: job.isAsked ?? false,
  });
}

async function scanOf(client: BigQueryClient, plan: CallPlan, statement: string): Promise<Scan> {
  const { sql, isStoodIn } = plan.overPublished(statement);
  try {
    const [{ metadata }] = await client.api.createQueryJob({ query: sql, dryRun: true });
    const { totalBytesProcessed, query } = (metadata as JobMetadata).statistics ?? {};
    const bytes = Number(totalBytesProcessed ?? query?.totalBytesProcessed ?? 0);
    const basis = isStoodIn ? "published tables stand in for staged ones" : "BigQuery's dry run";
    return { bytes, billed: billedBytes(bytes, query?.referencedTables?.length ?? 1), basis };
  } catch (error) {
    const { kind } = bigQueryFault(error);
    // A table or column that is missing is what the run would make first; what else is refused would be refused then too.
    // Of a dataset that is missing BigQuery says that it is not in this location; one that lies elsewhere is refused before.
    if (kind === "not_found" || kind === "location") return unknown("not known before the first run");
    if (kind === "other" || kind === "schema")
      return unknown("not known before its tables have their contracts' columns");
    throw error;
  }
}

/** The tables that a query names, those in staging by the table that they become. */
function tablesOf(sql: string): string {
  const paths = sql.matchAll(/`[^`]+`\.`([^`]+)`\.`([^`]+)`/g);
  const names = [...paths].map(([, dataset = "", table = ""]) =>
    table.includes("__") ? `staged ${table.slice(table.indexOf("__") + 2).replace("__", ".")}` : `${dataset}.${table}`,
  );
  return [...new Set(names)].join(", ");
}

/** Bytes that a query is billed for, at least: of several tables only the sum is known. What reads nothing is free. */
export function billedBytes(bytes: number, tables: number): number {
  return bytes === 0 ? 0 : Math.max(bytes, LEAST_BYTES_A_TABLE * Math.max(tables, 1));
}

function unknown(basis: string): Scan {
  return { bytes: null, billed: null, basis };
}

/** Of the statements of one job; one that is not known makes the sum not known. */
function sumOf(scans: readonly Scan[]): Scan | null {
  if (scans.length === 0) return null;
  const missing = scans.find(({ bytes }) => bytes === null);
  if (missing !== undefined) return missing;
  const sum = (of: (scan: Scan) => number | null): number => scans.reduce((total, scan) => total + (of(scan) ?? 0), 0);
  const basis = scans.find((scan) => /stand in/.test(scan.basis))?.basis ?? scans[0]?.basis ?? "";
  return { bytes: sum(({ bytes }) => bytes), billed: sum(({ billed }) => billed), basis };
}
