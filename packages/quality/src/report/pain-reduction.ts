import { silverTherapySessions } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import { numberOf } from "../figures";
import { quantity, whole } from "../quantity";
import { chartMarkup } from "./chart";
import { tableMarkup } from "./data-table";
import { type Html, html } from "./html";
import { EFFECTIVE_FROM, painReductionChart, type Reduction } from "./pain-reduction-chart";
import { fixed, percent } from "./wording";

/** How far pain fell in the sessions with both scores. */
export async function painReduction(warehouse: Warehouse): Promise<Html> {
  const { reductions, unrated } = await readReductions(warehouse);
  const rated = reductions.reduce((total, { sessions }) => total + sessions, 0);
  const body =
    rated === 0
      ? html`<p>No session has both pain scores yet; ${quantity(unrated, "session")} without.</p>`
      : html`<figure>
<ul class="legend"><li><span class="swatch strong"></span>Effective, ${EFFECTIVE_FROM} points or more</li>
<li><span class="swatch quiet"></span>Less, or worse</li></ul>
${chartMarkup(painReductionChart(reductions))}
<figcaption>${caption(reductions, rated, unrated)}</figcaption>
</figure>
<details><summary>Pain reduction as a table</summary>${reductionTable(reductions, rated)}</details>`;
  return html`<section aria-labelledby="pain"><h2 id="pain">Pain reduction</h2>
${body}</section>`;
}

function caption(reductions: readonly Reduction[], rated: number, unrated: number): string {
  const sum = reductions.reduce((total, { points, sessions }) => total + points * sessions, 0);
  const effective = reductions.reduce((n, { points, sessions }) => n + (points >= EFFECTIVE_FROM ? sessions : 0), 0);
  return (
    `Pain before less pain after, each 0 to 10, in ${quantity(rated, "rated session")}: ` +
    `${fixed(sum / rated, 2)} points on average, ${whole(effective)} effective (${percent(effective / rated)}). ` +
    `Below zero pain grew. Not drawn: ${quantity(unrated, "session")} without both scores.`
  );
}

function reductionTable(reductions: readonly Reduction[], rated: number): Html {
  return tableMarkup({
    caption: "Sessions by pain reduction",
    columns: ["Points", "#Sessions", "#Share"],
    rows: reductions.map(({ points, sessions }) => [whole(points), whole(sessions), percent(sessions / rated)]),
  });
}

async function readReductions(
  warehouse: Warehouse,
): Promise<{ readonly reductions: readonly Reduction[]; readonly unrated: number }> {
  if (!(await warehouse.exists(silverTherapySessions))) return { reductions: [], unrated: 0 };
  const rows = await warehouse.query(
    `SELECT pain_reduction, COUNT(*) AS session_total
    FROM ${warehouse.tableName(silverTherapySessions)} GROUP BY pain_reduction ORDER BY pain_reduction`,
  );
  const known = rows.filter((row) => row["pain_reduction"] !== null);
  const unknown = rows.find((row) => row["pain_reduction"] === null);
  return {
    reductions: known.map((row) => ({
      points: numberOf(row, "pain_reduction"),
      sessions: numberOf(row, "session_total"),
    })),
    unrated: unknown === undefined ? 0 : numberOf(unknown, "session_total"),
  };
}
