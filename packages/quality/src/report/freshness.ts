import { dataFreshness } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import { STALE_AFTER_HOURS } from "../freshness-checks";
import { sqlText } from "../sql-text";
import { contractRows } from "./contract-rows";
import { tableMarkup } from "./data-table";
import { type Html, html } from "./html";
import { identifier } from "./identifier";
import type { ReportedRun } from "./reported-run";
import { statusMark } from "./status-mark";
import { hours, minute } from "./wording";

/** How old the newest change behind each table was when the run looked. */
export async function freshness(warehouse: Warehouse, run: ReportedRun): Promise<Html> {
  const measured = await contractRows(
    warehouse,
    dataFreshness,
    `WHERE run_id = ${sqlText(run.runId)} ORDER BY layer DESC, table_name`,
  );
  return html`<section aria-labelledby="freshness"><h2 id="freshness">Freshness</h2>
${
  measured.length === 0
    ? html`<p>No freshness was kept for this run.</p>`
    : html`${tableMarkup({
        caption: "Newest source change per table",
        columns: ["Table", "Status", "#Age", "Newest change"],
        rows: measured.map(({ table_name, status, last_updated, hours_stale }) => [
          identifier(table_name),
          statusMark(status),
          hours_stale === null ? "–" : hours(hours_stale),
          last_updated === null ? "no data" : html`<time datetime="${last_updated}">${minute(last_updated)}</time>`,
        ]),
      })}
<p class="note">Stale after ${STALE_AFTER_HOURS} h; stale data is published all the same.</p>`
}</section>`;
}
