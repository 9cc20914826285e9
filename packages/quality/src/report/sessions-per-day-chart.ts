import { quantity, whole } from "../quantity";
import type { Chart } from "./chart";
import type { SeriesDay } from "./day-series";
import { AXIS } from "./axis";
import { ink } from "./palette";
import { fixed } from "./wording";

const LEFT = 44;
const RIGHT = 12;
/** Thinner bars run into each other: then the days are one stepped area. */
const THINNEST_BAR = 1.8;
const MONTH_LABEL = 64;

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
            axisLabel: { ...AXIS.axisLabel, interval: monthStarts(days, dayWidth), formatter: monthName },
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
              lineStyle: { color: ink("strong"), width: 2 },
              data: days.map(({ mean: value }) => value),
            },
          ],
        },
      };
    },
  };
}

/** Labels the first shown day of every month, or of every so many months that the labels stay apart. */
function monthStarts(days: readonly SeriesDay[], dayWidth: number): (index: number) => boolean {
  const every = [1, 2, 3, 6, 12].find((months) => months * 30 * dayWidth >= MONTH_LABEL) ?? 12;
  const start = (index: number) => {
    const day = days[index]?.day ?? "";
    return day.endsWith("-01") && (Number(day.slice(5, 7)) - 1) % every === 0;
  };
  // A few days within a month: the first of them stands for all.
  return days.some((_, index) => start(index)) ? start : (index) => index === 0;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function monthName(day: string): string {
  const month = MONTHS[Number(day.slice(5, 7)) - 1] ?? "";
  return day.endsWith("-01") ? `${month} ${day.slice(0, 4)}` : day;
}
