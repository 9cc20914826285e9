import { type DataQualityMetrics, dataQualityMetrics } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import { quantity, whole } from "../quantity";
import { sqlText } from "../sql-text";
import { contractRows } from "./contract-rows";
import { type Cell, tableMarkup } from "./data-table";
import { type Html, html } from "./html";
import { identifier } from "./identifier";
import { statusMark } from "./status-mark";
import { decimal } from "./wording";

/** The checks of a run, by table and name. */
export async function readChecks(warehouse: Warehouse, runId: string): Promise<readonly DataQualityMetrics[]> {
  const own = `WHERE run_id = ${sqlText(runId)} ORDER BY table_name, metric_name`;
  return contractRows(warehouse, dataQualityMetrics, own);
}

/** The checks: what is wrong in full, failures first; what is right behind a fold per table. */
export function checksSection(checks: readonly DataQualityMetrics[]): Html {
  const failed = checks.filter((check) => check.status === "FAIL");
  const warned = checks.filter((check) => check.status === "WARN");
  const passed = checks.filter((check) => check.status === "PASS");
  return html`<section aria-labelledby="checks"><h2 id="checks">Checks</h2>
${checks.length === 0 ? html`<p>No check was run.</p>` : wrongMarkup([...failed, ...warned], checks.length)}
${passed.length === 0 ? null : passedMarkup(passed)}</section>`;
}

function wrongMarkup(wrong: readonly DataQualityMetrics[], total: number): Html {
  if (wrong.length === 0) return html`<p>${statusMark("PASS")} All ${quantity(total, "check")} passed.</p>`;
  return tableMarkup({
    caption: "Failed checks, and those to look at",
    columns: ["Table", "Check, and what was found", "#Value", "#Bound"],
    rows: wrong.map((check) => [
      html`${identifier(check.table_name)}<br>${statusMark(check.status)}`,
      ...details(check),
    ]),
  });
}

function passedMarkup(passed: readonly DataQualityMetrics[]): Html {
  const tables = [...new Set(passed.map((check) => check.table_name))];
  const counts = `${quantity(passed.length, "check")} passed, on ${quantity(tables.length, "table")}`;
  return html`<details><summary>${counts}</summary>
${tables.map((table) => {
  const own = passed.filter((check) => check.table_name === table);
  return html`<details><summary>${identifier(table)}: ${whole(own.length)}</summary>
${tableMarkup({
  caption: `Passed checks of ${table}`,
  columns: ["Check, and what was found", "#Value", "#Bound"],
  rows: own.map(details),
})}</details>
`;
})}</details>`;
}

function details(check: DataQualityMetrics): Cell[] {
  return [
    html`<span class="wording"><code>${identifier(check.metric_name)}</code><br>
${check.description}</span>`,
    numberOrDash(check.metric_value),
    numberOrDash(check.threshold),
  ];
}

function numberOrDash(value: number | null): string {
  if (value === null) return "–";
  return Number.isInteger(value) ? whole(value) : decimal(value, 3);
}
