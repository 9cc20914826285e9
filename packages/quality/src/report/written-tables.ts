import { type RowCountTracking, rowCountTracking, runs } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import { whole } from "../quantity";
import { sqlText } from "../sql-text";
import { contractRows } from "./contract-rows";
import { type Cell, tableMarkup } from "./data-table";
import { type Html, html } from "./html";
import { identifier } from "./identifier";
import type { ReportedRun } from "./reported-run";
import { sparkline } from "./sparkline";
import { signedPercent } from "./wording";

const RUNS_SHOWN = 30;

/** The tables of the run: their rows, and how these grew over earlier runs. */
export async function writtenTables(warehouse: Warehouse, run: ReportedRun): Promise<Html> {
  const history = await readHistory(warehouse, run);
  const rows = run.tables.map((table): Cell[] => {
    const counts = history.get(table.table_name) ?? [];
    const now = counts.find((count) => count.run_id === run.runId);
    return [
      identifier(table.table_name),
      wholeOrDash(now?.row_count ?? table.rows_written),
      now?.change_pct == null ? "–" : signedPercent(now.change_pct),
      wholeOrDash(now?.previous_row_count ?? null),
      anomaly(now),
      sparkline(
        table.table_name,
        counts.map((count) => count.row_count),
      ),
      table.layer,
      table.contract_version,
    ];
  });
  const published = run.status === "published";
  return html`<section aria-labelledby="tables"><h2 id="tables">Tables</h2>
${published ? null : html`<p>None of these tables was replaced: readers see the old rows.</p>`}
${tableMarkup({
  caption: published ? "Rows per table" : "Rows per table, not published",
  columns: ["Table", "#Rows", "#Change", "#Run before", "Ordinary", "Last runs", "Layer", "Contract"],
  rows,
})}
<p class="note">Out of the ordinary is a change below −10 % or above +50 % from the last published run before. The line
shows the rows of up to ${RUNS_SHOWN} published runs${published ? ", this one last" : ""}.</p></section>`;
}

function anomaly(count: RowCountTracking | undefined): Cell {
  if (count?.is_anomaly == null) return "–";
  return count.is_anomaly
    ? html`<span class="status warn"><span aria-hidden="true">▲</span> no</span>`
    : html`<span class="status pass"><span aria-hidden="true">✓</span> yes</span>`;
}

function wholeOrDash(count: number | null): string {
  return count === null ? "–" : whole(count);
}

/** Row counts by table, oldest first: of this run and the published ones before it. */
async function readHistory(
  warehouse: Warehouse,
  { runId, finishedAt }: ReportedRun,
): Promise<ReadonlyMap<string, readonly RowCountTracking[]>> {
  const counts = await contractRows(
    warehouse,
    rowCountTracking,
    `WHERE run_id = ${sqlText(runId)}
      OR run_id IN (SELECT run_id FROM ${warehouse.tableName(runs)} WHERE status = 'published')
    ORDER BY checked_at, run_id`,
  );
  const byTable = new Map<string, readonly RowCountTracking[]>();
  for (const count of counts) {
    if (count.run_id !== runId && count.checked_at > finishedAt) continue;
    const earlier = byTable.get(count.table_name) ?? [];
    byTable.set(count.table_name, [...earlier, count].slice(-RUNS_SHOWN));
  }
  return byTable;
}
