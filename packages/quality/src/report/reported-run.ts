import { type Runs, runs } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import { sqlText } from "../sql-text";
import { contractRows } from "./contract-rows";

const LAYERS: readonly Runs["layer"][] = ["bronze", "silver", "gold", "semantic"];

/** A run that the ledger does not know. */
export class UnknownRunError extends Error {
  override readonly name = "UnknownRunError" as const;
  constructor(
    readonly runId: string,
    readonly lastRunId: string | null,
  ) {
    const last = lastRunId === null ? "no run is" : `the last one there is ${lastRunId}`;
    super(`run ${runId} is not in the ledger; ${last}. Leave the run id out to report on the last run.`);
  }
}

/** One run as its ledger rows tell it. */
export interface ReportedRun {
  readonly runId: string;
  readonly status: Runs["status"];
  readonly asOf: string;
  readonly source: string;
  readonly runner: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Why it failed; empty when it did not. */
  readonly messages: readonly string[];
  readonly tables: readonly Runs[];
  /** The run whose tables readers see now; null when none was ever published. */
  readonly visible: { readonly runId: string; readonly asOf: string; readonly finishedAt: string } | null;
}

/** The run of that id, or the last one; null when there was none yet. */
export async function reportedRun(warehouse: Warehouse, runId?: string): Promise<ReportedRun | null> {
  const [last] = await contractRows(warehouse, runs, `ORDER BY checked_at DESC, run_id DESC LIMIT 1`);
  const wanted = runId ?? last?.run_id;
  if (wanted === undefined) return null;
  const rows = await contractRows(warehouse, runs, `WHERE run_id = ${sqlText(wanted)} ORDER BY table_name`);
  const tables = rows.toSorted((a, b) => LAYERS.indexOf(a.layer) - LAYERS.indexOf(b.layer));
  const [first] = tables;
  if (first === undefined) throw new UnknownRunError(wanted, last?.run_id ?? null);
  const [visible] = await contractRows(
    warehouse,
    runs,
    `WHERE status = 'published' ORDER BY checked_at DESC, run_id DESC LIMIT 1`,
  );
  return {
    runId: wanted,
    // One table that was not published makes a failed run.
    status: tables.some((table) => table.status === "failed") ? "failed" : "published",
    asOf: first.as_of,
    source: first.source,
    runner: first.runner,
    startedAt: first.started_at,
    finishedAt: first.checked_at,
    messages: [...new Set(tables.flatMap(({ message }) => (message === null ? [] : [message])))],
    tables,
    visible:
      visible === undefined ? null : { runId: visible.run_id, asOf: visible.as_of, finishedAt: visible.checked_at },
  };
}
