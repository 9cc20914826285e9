import type { CustomSeriesRenderItem } from "echarts";
import { quantity } from "../quantity";
import { AXIS } from "./axis";
import type { Chart } from "./chart";
import { labelAbove } from "./label-above";
import { ink } from "./palette";
import { percent } from "./wording";

/** The effectiveness rate of one device, and the interval in which the true one may lie. */
export interface DeviceRate {
  readonly device: string;
  readonly rated: number;
  readonly effective: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

const BAND = 58;

/** One line a device: the rate as a dot, the interval as a whisker. */
export function deviceEffectivenessChart(rates: readonly DeviceRate[]): Chart {
  return {
    id: "device-chart",
    title: "Effectiveness rate by device, with 95 % confidence interval",
    description: rates.map((rate) => `${rate.device}: ${figuresOf(rate)}`).join("; "),
    draw: (width) => ({
      height: rates.length * BAND + 32,
      option: {
        grid: { left: 12, right: 22, top: 2, bottom: 28, outerBoundsMode: "none" },
        xAxis: {
          type: "value",
          min: 0,
          max: 1,
          interval: 0.25,
          ...AXIS,
          // Each device has its own track, so that no line runs through its name.
          splitLine: { show: false },
          axisLabel: { ...AXIS.axisLabel, formatter: (value: number) => percent(value, 0) },
        },
        yAxis: {
          type: "category",
          inverse: true,
          data: rates.map((rate) => labelOf(rate, width)),
          axisLine: { show: false },
          axisTick: { show: false },
          axisLabel: labelAbove(10),
        },
        series: [
          {
            type: "custom",
            silent: true,
            renderItem: whisker,
            encode: { x: [0, 1, 2], y: 3 },
            data: rates.map(({ low, rate, high }, index) => [low, rate, high, index]),
          },
        ],
      },
    }),
  };
}

function labelOf(rate: DeviceRate, width: number): string {
  if (width >= 500) return `${shortened(rate.device, 60)}: ${figuresOf(rate)}`;
  return `${shortened(rate.device, 20)}: ${percent(rate.rate, 0)} of ${quantity(rate.rated, "session")}`;
}

function figuresOf({ rate, low, high, rated }: DeviceRate): string {
  return `${percent(rate, 0)} (${percent(low, 0)} to ${percent(high, 0)}) of ${quantity(rated, "rated session")}`;
}

function shortened(name: string, length: number): string {
  return name.length > length ? `${name.slice(0, length - 1)}…` : name;
}

const BELOW_NAME = 9;

const whisker: CustomSeriesRenderItem = (_params, api) => {
  const x = (share: number) => api.coord([share, api.value(3)])[0] ?? 0;
  const y = (api.coord([0, api.value(3)])[1] ?? 0) + BELOW_NAME;
  const line = (x1: number, y1: number, x2: number, y2: number, stroke: string, lineWidth: number) => ({
    type: "line" as const,
    shape: { x1, y1, x2, y2 },
    style: { stroke, lineWidth, fill: "none" },
  });
  const [low, rate, high] = [0, 1, 2].map((column) => x(Number(api.value(column))));
  if (low === undefined || rate === undefined || high === undefined) return null;
  return {
    type: "group",
    children: [
      line(x(0), y, x(1), y, ink("line"), 2),
      ...[0, 0.25, 0.5, 0.75, 1].map((quarter) => line(x(quarter), y - 4, x(quarter), y + 4, ink("line"), 1)),
      line(low, y, high, y, ink("strong"), 3),
      ...[low, high].map((end) => line(end, y - 6, end, y + 6, ink("strong"), 2)),
      {
        type: "circle",
        shape: { cx: rate, cy: y, r: 6 },
        style: { fill: ink("strong"), stroke: ink("surface"), lineWidth: 2 },
      },
    ],
  };
};
