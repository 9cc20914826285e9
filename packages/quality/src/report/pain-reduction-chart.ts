import { quantity, whole } from "../quantity";
import { AXIS } from "./axis";
import type { Chart } from "./chart";
import { ink } from "./palette";

/** Points from which a session counts as effective. */
export const EFFECTIVE_FROM = 2;

/** Sessions with one and the same reduction. */
export interface Reduction {
  readonly points: number;
  readonly sessions: number;
}

const LEFT = 48;
const RIGHT = 12;

/** One bar a point of pain reduction, the effective ones marked off. */
export function painReductionChart(reductions: readonly Reduction[]): Chart {
  const counts = new Map(reductions.map(({ points, sessions }) => [points, sessions]));
  const lowest = Math.min(0, ...counts.keys());
  const highest = Math.max(EFFECTIVE_FROM, ...counts.keys());
  const points = Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index);
  return {
    id: "pain-chart",
    title: "Sessions by pain reduction in points",
    description: reductions
      .map(({ points: reduction, sessions }) => `${whole(reduction)}: ${quantity(sessions, "session")}`)
      .join("; "),
    draw: (width) => {
      const widest = Math.max(...counts.values());
      const room = (width - LEFT - RIGHT) / points.length;
      const labelled = whole(widest).length * 7 < room;
      return {
        height: width < 500 ? 240 : 300,
        option: {
          grid: { left: LEFT, right: RIGHT, top: 24, bottom: 48 },
          xAxis: {
            type: "category",
            data: points.map(whole),
            name: "points by which pain fell",
            nameLocation: "middle",
            nameGap: 28,
            nameTextStyle: { color: ink("muted"), fontSize: 12 },
            ...AXIS,
            axisLabel: { ...AXIS.axisLabel, interval: room < 20 ? 1 : 0 },
          },
          yAxis: {
            type: "value",
            minInterval: 1,
            ...AXIS,
            axisLine: { show: false },
            axisLabel: { ...AXIS.axisLabel, formatter: whole },
          },
          series: [
            {
              type: "bar",
              silent: true,
              barCategoryGap: "18%",
              barMaxWidth: 56,
              label: {
                show: labelled,
                position: "top",
                color: ink("text"),
                fontSize: 12,
                formatter: ({ value }) => (value === 0 ? "" : whole(Number(value))),
              },
              data: points.map((reduction) => ({
                value: counts.get(reduction) ?? 0,
                itemStyle: { color: reduction >= EFFECTIVE_FROM ? ink("strong") : ink("quiet") },
              })),
            },
          ],
        },
      };
    },
  };
}
