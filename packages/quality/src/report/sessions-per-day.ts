import { dailyMetricsV1 } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import { numberOf } from "../figures";
import { quantity, whole } from "../quantity";
import { chartMarkup } from "./chart";
import { tableMarkup } from "./data-table";
import { type DayCount, daySeries, type SeriesDay } from "./day-series";
import { type Html, html } from "./html";
import { sessionsPerDayChart } from "./sessions-per-day-chart";
import { fixed } from "./wording";

const DAYS_SHOWN = 400;

/** Sessions per day, up to the day that the tables stand for. */
export async function sessionsPerDay(warehouse: Warehouse, asOfDay: string): Promise<Html> {
  const counts = await readDays(warehouse);
  // A clock that is years ahead would squeeze all other days into a corner.
  const past = counts.filter(({ day }) => day <= asOfDay);
  const series = daySeries(past);
  const shown = series.slice(-DAYS_SHOWN);
  const body =
    shown.length === 0
      ? html`<p>There is no session with a date yet.</p>`
      : html`<figure>
<ul class="legend"><li><span class="swatch quiet"></span>Sessions of the day</li>
<li><span class="swatch text line"></span>Mean of the seven days up to it</li></ul>
${chartMarkup(sessionsPerDayChart(shown))}
<figcaption>${caption(shown, sum(counts) - sum(past), sum(past) - sum(shown))}</figcaption>
</figure>
<details><summary>Sessions per month as a table</summary>${monthTable(shown)}</details>`;
  return html`<section aria-labelledby="per-day"><h2 id="per-day">Sessions per day</h2>
${body}</section>`;
}

function caption(shown: readonly SeriesDay[], future: number, earlier: number): string {
  const total = sum(shown);
  const days = `${quantity(shown.length, "day")}, ${shown[0]?.day} to ${shown.at(-1)?.day}`;
  return [
    `${quantity(total, "session")} on ${days}: ${fixed(total / shown.length, 1)} a day.`,
    ...(earlier > 0
      ? [`${quantity(earlier, "session")} of earlier days ${earlier === 1 ? "is" : "are"} not shown.`]
      : []),
    ...(future > 0
      ? [`${quantity(future, "session")} dated after the data's as-of day ${future === 1 ? "is" : "are"} not shown.`]
      : []),
    "Days are UTC; sessions without a start time have none.",
  ].join(" ");
}

function monthTable(shown: readonly SeriesDay[]): Html {
  const months = new Map<string, SeriesDay[]>();
  for (const day of shown) months.set(day.day.slice(0, 7), [...(months.get(day.day.slice(0, 7)) ?? []), day]);
  return tableMarkup({
    caption: "Sessions per month",
    columns: ["Month", "#Sessions", "#Days", "#Sessions a day"],
    rows: [...months].map(([month, days]) => [
      month,
      whole(sum(days)),
      whole(days.length),
      fixed(sum(days) / days.length, 1),
    ]),
  });
}

function sum(counts: readonly DayCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}

async function readDays(warehouse: Warehouse): Promise<DayCount[]> {
  if (!(await warehouse.exists(dailyMetricsV1))) return [];
  const rows = await warehouse.query(
    `SELECT session_date, session_count FROM ${warehouse.tableName(dailyMetricsV1)} ORDER BY session_date`,
  );
  return rows.map((row) => ({ day: String(row["session_date"]), count: numberOf(row, "session_count") }));
}
