import type { Runs } from "@junoplus/contracts";
import { quantity, whole } from "../quantity";
import { changeFlowChart } from "./change-flow-chart";
import { chartMarkup } from "./chart";
import { type Cell, tableMarkup } from "./data-table";
import { FATES, type Flow } from "./fates";
import { type Html, html } from "./html";
import { identifier } from "./identifier";
import type { ReportedRun } from "./reported-run";

/** What was read, and where each change went. */
export function changeFlow(run: ReportedRun): Html {
  const flows = run.tables.flatMap(flowOf);
  return html`<section aria-labelledby="flow"><h2 id="flow">Where each change went</h2>
${flows.length === 0 ? html`<p>No change log was counted in this run.</p>` : flowMarkup(flows)}</section>`;
}

function flowMarkup(flows: readonly Flow[]): Html {
  const lost = flows.filter((flow) => flow.read !== accounted(flow));
  return html`<p>Every change that was read is exactly one of these: ${FATES.map(
    ({ label, meaning }, index) => html`${index === 0 ? null : "; "}<b>${label.toLowerCase()}</b>, ${meaning}`,
  )}.
${
  lost.length === 0
    ? html`They add up in ${flows.length === 1 ? "the change log" : `all ${quantity(flows.length, "change log")}`}.`
    : html`<strong class="alarm">They do not add up in ${lost.map((flow) => flow.changelog).join(", ")}.</strong>`
}</p>
<figure>
<ul class="legend">${FATES.map(({ key, label }) => html`<li><span class="swatch ${key}"></span>${label}</li>`)}</ul>
${chartMarkup(changeFlowChart(flows))}
<figcaption>Share of the changes read, per change log. Shares too small to label are in the table.</figcaption>
</figure>
${tableMarkup({
  caption: "Changes per change log",
  columns: ["Change log", "#Read", ...FATES.map(({ label }) => `#${label}`), "Adds up", "#Entries rejected"],
  rows: flows.map((flow) => cells(identifier(flow.changelog), flow)),
  ...(flows.length > 1 && { total: cells("All", total(flows)) }),
})}
<p class="note">Entries are single elements of an array, such as one medication of a list: they are rejected alone, and
the rest of the change stands.</p>`;
}

function cells(name: Cell, flow: Flow): Cell[] {
  const difference = accounted(flow) - flow.read;
  return [
    name,
    whole(flow.read),
    ...FATES.map(({ key }) => whole(flow[key])),
    difference === 0 ? "✓ yes" : `✗ ${whole(Math.abs(difference))} ${difference < 0 ? "lost" : "too many"}`,
    whole(flow.entries),
  ];
}

function accounted(flow: Flow): number {
  return FATES.reduce((sum, { key }) => sum + flow[key], 0);
}

function total(flows: readonly Flow[]): Flow {
  const sum = (column: Exclude<keyof Flow, "changelog">) => flows.reduce((all, flow) => all + flow[column], 0);
  return {
    changelog: "",
    read: sum("read"),
    duplicates: sum("duplicates"),
    superseded: sum("superseded"),
    deleted: sum("deleted"),
    rejected: sum("rejected"),
    live: sum("live"),
    entries: sum("entries"),
  };
}

function flowOf(table: Runs): Flow[] {
  if (table.changelog === null || table.changes_read === null) return [];
  return [
    {
      changelog: table.changelog,
      read: table.changes_read,
      duplicates: table.duplicates ?? 0,
      superseded: table.superseded ?? 0,
      deleted: table.deleted ?? 0,
      rejected: table.rejected ?? 0,
      live: table.current_documents ?? 0,
      entries: table.rejected_entries ?? 0,
    },
  ];
}
