import { dayOf } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import { changeFlow } from "./change-flow";
import { checksSection, readChecks } from "./checks";
import { deviceEffectiveness } from "./device-effectiveness";
import { freshness } from "./freshness";
import { type Html, html } from "./html";
import { pageMarkup } from "./page";
import { painReduction } from "./pain-reduction";
import { rejected } from "./rejected";
import { type ReportedRun, reportedRun } from "./reported-run";
import { sessionsPerDay } from "./sessions-per-day";
import { verdict } from "./verdict";
import { minute } from "./wording";
import { writtenTables } from "./written-tables";

/** Which run the report is about: the last one unless told otherwise. */
export interface ReportOptions {
  readonly runId?: string;
}

/** One run as a page of HTML that needs neither network nor script, made from the warehouse alone. */
export async function renderReport(warehouse: Warehouse, { runId }: ReportOptions = {}): Promise<string> {
  const run = await reportedRun(warehouse, runId);
  if (run === null) return pageMarkup("No run yet", html`<p>The ledger of this warehouse has no run.</p>`);
  const checks = await readChecks(warehouse, run.runId);
  return pageMarkup(
    `Run of ${minute(run.startedAt)}`,
    html`${verdict(run, checks)}
${changeFlow(run)}
${await rejected(warehouse, run)}
${await writtenTables(warehouse, run)}
${checksSection(checks)}
${await freshness(warehouse, run)}
${await contents(warehouse, run)}`,
  );
}

/** What the published tables hold. */
async function contents(warehouse: Warehouse, { runId, visible }: ReportedRun): Promise<Html> {
  if (visible === null) return html`<p class="aside">There are no published tables to draw from.</p>`;
  return html`${
    visible.runId === runId
      ? null
      : html`<p class="aside">The plots below are drawn from the tables as readers see them, those of run
<code>${visible.runId}</code> of ${minute(visible.finishedAt)}, and not from this run.</p>`
  }
${await sessionsPerDay(warehouse, dayOf(visible.asOf))}
${await painReduction(warehouse)}
${await deviceEffectiveness(warehouse)}`;
}
