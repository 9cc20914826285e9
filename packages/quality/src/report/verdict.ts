import type { DataQualityMetrics } from "@junoplus/contracts";
import { quantity, whole } from "../quantity";
import { type Html, html } from "./html";
import { identifier } from "./identifier";
import type { ReportedRun } from "./reported-run";
import { minute, span } from "./wording";

const FAILURES_NAMED = 8;

/** What came of the run, before anything else. */
export function verdict(run: ReportedRun, checks: readonly DataQualityMetrics[]): Html {
  const failed = checks.filter((check) => check.status === "FAIL");
  const warned = checks.filter((check) => check.status === "WARN");
  const sum = (column: "changes_read" | "rejected" | "rows_written") =>
    whole(run.tables.reduce((total, table) => total + (table[column] ?? 0), 0));
  const published = run.status === "published";
  return html`<section class="verdict ${run.status}" aria-labelledby="verdict">
<h2 id="verdict"><span aria-hidden="true">${published ? "✓" : "✗"}</span> ${
    published ? "Published" : "Failed: nothing was published"
  }</h2>
${published ? publishedMarkup(failed.length, warned.length) : failedMarkup(run, failed)}
</section>
<dl class="facts">
${fact("Changes read", sum("changes_read"))}
${fact("Changes rejected", sum("rejected"))}
${fact("Rows published", published ? sum("rows_written") : "none")}
${fact("Took", span(run.startedAt, run.finishedAt))}
${fact("Started", instant(run.startedAt))}
${fact("Data as of", instant(run.asOf))}
${fact("Runner", run.runner)}
${fact("Checks passed", `${whole(checks.length - failed.length - warned.length)} of ${whole(checks.length)}`)}
${fact("Source", run.source, "long")}
${fact("Run", html`<code>${run.runId}</code>`, "long")}
</dl>`;
}

function publishedMarkup(failed: number, warned: number): Html {
  const remarks = [
    ...(failed === 0 ? [] : [`${quantity(failed, "check")} failed that ${failed === 1 ? "does" : "do"} not block`]),
    ...(warned === 0 ? [] : [`${quantity(warned, "check")} to look at`]),
  ];
  return html`<p>All tables of the run are visible to readers. ${
    remarks.length === 0 ? "Every check passed." : html`<a href="#checks">${remarks.join(", ")}</a>.`
  }</p>`;
}

function failedMarkup(run: ReportedRun, failed: readonly DataQualityMetrics[]): Html {
  const more = failed.length - FAILURES_NAMED;
  return html`<p>${
    run.visible === null
      ? "Readers see no tables: no run was ever published."
      : html`Readers still see the old tables, those of run <code>${run.visible.runId}</code>
of ${instant(run.visible.finishedAt)}.`
  }</p>
${run.messages.map((message) => html`<p>${message}</p>`)}
${
  failed.length === 0
    ? html`<p>No check failed: the run broke off before it could be judged, or after.</p>`
    : html`<p><a href="#checks">${quantity(failed.length, "check")} failed</a>:</p><ul>${failed
        .slice(0, FAILURES_NAMED)
        .map(
          (check) =>
            html`<li><code>${identifier(`${check.table_name} ${check.metric_name}`)}</code>: ${check.description}</li>`,
        )}${more > 0 ? html`<li>${quantity(more, "more check")}</li>` : null}</ul>`
}`;
}

function fact(name: string, value: Html | string, width = ""): Html {
  return html`<div class="${width}"><dt>${name}</dt><dd>${value}</dd></div>`;
}

function instant(timestamp: string): Html {
  return html`<time datetime="${timestamp}">${minute(timestamp)}</time>`;
}
