import { expect, test } from "vitest";
import { chartMarkup, svgMarkup } from "./chart";
import { daySeries } from "./day-series";
import { deviceEffectivenessChart } from "./device-effectiveness-chart";
import { painReductionChart } from "./pain-reduction-chart";
import { sessionsPerDayChart } from "./sessions-per-day-chart";
import { sparkline } from "./sparkline";

/** Days in a row, each with three sessions. */
function days(count: number) {
  const from = Date.parse("2024-01-01T00:00:00Z");
  return daySeries(
    Array.from({ length: count }, (_, index) => ({
      day: new Date(from + index * 86_400_000).toISOString().slice(0, 10),
      count: 3,
    })),
  );
}

const texts = (markup: string) => [...markup.matchAll(/<text [^>]*>([^<]*)/g)].map(([, text]) => text);

test("a few days are named one by one, a year by its months", () => {
  expect(texts(svgMarkup(sessionsPerDayChart(days(5)), 960, "wide").markup)).toContain("3 Jan");
  const year = texts(svgMarkup(sessionsPerDayChart(days(400)), 960, "wide").markup);
  expect(year).toContain("Feb 2024");
  expect(year).not.toContain("3 Jan");
  const narrow = texts(svgMarkup(sessionsPerDayChart(days(400)), 350, "narrow").markup);
  expect(narrow).toContain("Apr 2024");
  expect(narrow).not.toContain("Feb 2024");
});

test("400 days are bars on a screen and one area on a phone", () => {
  const bars = (width: number) =>
    svgMarkup(sessionsPerDayChart(days(400)), width, "any").markup.match(/fill="var\(--quiet\)"/g)?.length;
  expect(bars(960)).toBe(400);
  expect(bars(350)).toBe(1);
});

test("reductions that nobody had have a place on the axis", () => {
  const chart = painReductionChart([
    { points: -2, sessions: 1 },
    { points: 1, sessions: 1234 },
  ]);
  expect(texts(svgMarkup(chart, 960, "wide").markup)).toEqual(
    expect.arrayContaining(["−2", "−1", "0", "1", "2", "1,234", "points by which pain fell"]),
  );
});

test("a device's name and figures are escaped text", () => {
  const rate = { device: "<b>&", rated: 1500, effective: 750, rate: 0.5, low: 0.4, high: 0.6 };
  const { markup } = chartMarkup(deviceEffectivenessChart([rate]));
  expect(markup).toContain("&lt;b&gt;&amp;: 50\u00a0% (40\u00a0% to 60\u00a0%) of 1,500 rated sessions");
  expect(markup).not.toContain("<b>");
});

test("colours are the style sheet's, so that dark screens get theirs", () => {
  const { markup } = chartMarkup(sessionsPerDayChart(days(30)));
  expect(markup).toContain("var(--quiet)");
  expect(markup).not.toMatch(/(fill|stroke)="#/);
});

test("a single count has no history to draw", () => {
  expect(sparkline("daily_metrics_v1", [5]).markup).not.toContain("<svg");
  expect(sparkline("daily_metrics_v1", [5, 5]).markup).toContain("From 5 to 5, at least 5 and at most 5.");
});
