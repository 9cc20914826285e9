import { quantity, whole } from "../quantity";
import { AXIS } from "./axis";
import type { Chart } from "./chart";
import type { SeriesDay } from "./day-series";
import { ink } from "./palette";
import { fixed } from "./wording";

const LEFT = 44;
const RIGHT = 12;
/** Thinner bars run into each other: then the days are one stepped area. */
const THINNEST_BAR = 1.8;
const LABEL = 64;
/** Fewer days are named one by one, more by their months. */
const DAYS_NAMED = 62;

/** Days as bars, the weekly mean as a line over them. */
export function sessionsPerDayChart(days: readonly SeriesDay[]): Chart {
  const most = days.reduce((best, day) => (day.count > best.count ? day : best));
  const mean = days.at(-1)?.mean ?? null;
  return {
    id: "per-day-chart",
    title: "Sessions per day, with the mean of seven days",
    description:
      `${days[0]?.day} to ${days.at(-1)?.day}. Most on ${most.day}: ${quantity(most.count, "session")}.` +
      (mean === null ? "" : ` Mean of the last seven days: ${fixed(mean, 1)} a day.`),
    draw: (width) => {
      const dayWidth = (width - LEFT - RIGHT) / days.length;
      return {
        height: width < 500 ? 220 : 300,
        option: {
          grid: { left: LEFT, right: RIGHT, top: 10, bottom: 30 },
          xAxis: {
            type: "category",
            data: days.map(({ day }) => day),
            ...AXIS,
            axisLabel: { ...AXIS.axisLabel, ...dateLabels(days, dayWidth) },
          },
          yAxis: {
            type: "value",
            minInterval: 1,
            ...AXIS,
            axisLine: { show: false },
            axisLabel: { ...AXIS.axisLabel, formatter: whole },
          },
          series: [
            dayWidth < THINNEST_BAR
              ? {
                  type: "line",
                  step: "middle",
                  symbol: "none",
                  silent: true,
                  lineStyle: { width: 0 },
                  areaStyle: { color: ink("quiet"), opacity: 1 },
                  data: days.map(({ count }) => count),
                }
              : {
                  type: "bar",
                  silent: true,
                  barCategoryGap: dayWidth < 4 ? "12%" : "25%",
                  barMaxWidth: 28,
                  itemStyle: { color: ink("quiet") },
                  data: days.map(({ count }) => count),
                },
            {
              type: "line",
              symbol: "none",
              silent: true,
              lineStyle: { color: ink("text"), width: 2 },
              data: days.map(({ mean: value }) => value),
            },
          ],
        },
      };
    },
  };
}

interface DateLabels {
  readonly interval: (index: number) => boolean;
  readonly formatter: (day: string) => string;
}

/** Names as many days, or first days of months, as there is room for. */
function dateLabels(days: readonly SeriesDay[], dayWidth: number): DateLabels {
  if (days.length <= DAYS_NAMED) {
    const every = Math.ceil(LABEL / dayWidth);
    return { interval: (index) => index % every === 0, formatter: (day) => `${Number(day.slice(8))} ${monthOf(day)}` };
  }
  const every = [1, 2, 3, 6, 12].find((months) => months * 30 * dayWidth >= LABEL) ?? 12;
  return {
    interval: (index) => {
      const day = days[index]?.day ?? "";
      return day.endsWith("-01") && (Number(day.slice(5, 7)) - 1) % every === 0;
    },
    formatter: (day) => `${monthOf(day)} ${day.slice(0, 4)}`,
  };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function monthOf(day: string): string {
  return MONTHS[Number(day.slice(5, 7)) - 1] ?? "";
}
