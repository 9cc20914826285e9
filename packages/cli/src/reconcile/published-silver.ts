import { runs } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import { OptionsError } from "../options-error";
import type { Comparison } from "./comparison";
import type { ReconcileProgress } from "./reconcile-progress";
import { comparedRow, isCurrent, type ReconciledTable } from "./reconciled-table";

/** The run that published a table as it is. */
export interface Publication {
  readonly runId: string;
  /** Where it read the change log. */
  readonly source: string;
  /** Canonical timestamps: what dates ages, and when it began to read. */
  readonly asOf: string;
  readonly startedAt: string;
  readonly contractVersion: string;
}

/** Silver was published anew while it was read. */
export class PublishedMeanwhileError extends Error {
  override readonly name = "PublishedMeanwhileError" as const;
  constructor(readonly url: string) {
    super(`${url}: a run published while silver was read, so what was read is of two runs. Reconcile again.`);
  }
}

/**
 * Adds the current rows of the tables to a comparison, and says which run published each. Throws OptionsError where a table has not been
 * published, PublishedMeanwhileError where one is while it is read.
 */
export async function addPublishedRows(
  warehouse: Warehouse,
  tables: readonly ReconciledTable[],
  comparison: Comparison,
  progress: ReconcileProgress,
): Promise<ReadonlyMap<string, Publication>> {
  const published = await publications(warehouse, tables);
  for (const table of tables) {
    const compared = comparedRow(table);
    const { table: name } = table.to;
    let rows = 0;
    for await (const row of warehouse.read(table.to)) {
      rows += 1;
      if (rows % 1000 === 0) progress.rows(name, rows);
      if (!isCurrent(table, row)) continue;
      await comparison.addSilver(name, { ...compared(row), changedAt: String(row["changed_at"]) });
    }
    progress.rows(name, rows);
    const { runId, contractVersion } = published.get(name) as Publication;
    if (contractVersion !== table.to.version) {
      progress.warn(
        `${name} was published by run ${runId} under version ${contractVersion} of its contract, and this is ${table.to.version}: ` +
          "rows may be stale for that alone. Run first, and reconcile then.",
      );
    }
  }
  const still = await publications(warehouse, tables);
  for (const [name, { runId }] of published) {
    if (still.get(name)?.runId !== runId) throw new PublishedMeanwhileError(warehouse.url);
  }
  return published;
}

/** The last run that published each table. */
async function publications(
  warehouse: Warehouse,
  tables: readonly ReconciledTable[],
): Promise<ReadonlyMap<string, Publication>> {
  const published = new Map<string, Publication>();
  if (await warehouse.exists(runs)) {
    const names = tables.map(({ to }) => warehouse.literal(to.table)).join(", ");
    const ledger = await warehouse.query(
      "SELECT table_name, run_id, source, as_of, started_at, contract_version FROM (" +
        "SELECT *, ROW_NUMBER() OVER (PARTITION BY table_name ORDER BY checked_at DESC, run_id DESC) AS place " +
        `FROM ${warehouse.tableName(runs)} WHERE status = 'published' AND table_name IN (${names})) AS ranked WHERE place = 1`,
    );
    for (const { table_name, run_id, source, as_of, started_at, contract_version } of ledger) {
      const instants = { asOf: String(as_of), startedAt: String(started_at) };
      const said = { runId: String(run_id), source: String(source), contractVersion: String(contract_version) };
      published.set(String(table_name), { ...said, ...instants });
    }
  }
  const missing = tables.map(({ to }) => to.table).filter((name) => !published.has(name));
  if (missing.length === 0) return published;
  throw new OptionsError(missing.map((name) => `${warehouse.url} has no published ${name}: medallion run makes it`));
}
