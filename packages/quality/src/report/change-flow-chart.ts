import type { BarSeriesOption } from "echarts";
import { quantity } from "../quantity";
import type { Chart } from "./chart";
import { FATES, type Flow } from "./fates";
import { labelAbove } from "./label-above";
import { ink } from "./palette";
import { percent } from "./wording";

const BAND = 62;
const BAR = 26;

/** One bar a change log, cut into the fates of its changes. */
export function changeFlowChart(flows: readonly Flow[]): Chart {
  return {
    id: "flow-chart",
    title: "Where each change went, as shares of the changes read",
    description: flows
      .map((flow) => `${flow.changelog}: ${FATES.map(({ key, label }) => `${label} ${share(flow, key)}`).join(", ")}.`)
      .join(" "),
    draw: (width) => ({
      height: flows.length * BAND + 8,
      option: {
        grid: { left: 0, right: 0, top: 4, bottom: 4, outerBoundsMode: "none" },
        xAxis: { type: "value", max: 1, show: false },
        yAxis: {
          type: "category",
          inverse: true,
          data: flows.map(({ changelog, read }) => `${changelog}, ${quantity(read, "change")} read`),
          axisLine: { show: false },
          axisTick: { show: false },
          axisLabel: labelAbove(BAR / 2 + 10),
        },
        series: FATES.map(({ key, label }) => fateSeries(flows, key, label, width)),
      },
    }),
  };
}

function fateSeries(
  flows: readonly Flow[],
  key: (typeof FATES)[number]["key"],
  label: string,
  width: number,
): BarSeriesOption {
  return {
    type: "bar",
    name: label,
    stack: "fates",
    barWidth: BAR,
    silent: true,
    itemStyle: { color: ink(key), borderColor: ink("surface"), borderWidth: 1 },
    data: flows.map((flow) => {
      const value = flow.read === 0 ? 0 : flow[key] / flow.read;
      const text = labelThatFits(value * width, label, percent(value, 0));
      return { value, label: { show: text !== "", formatter: text, color: ink(`on-${key}`), fontSize: 12 } };
    }),
  };
}

function labelThatFits(width: number, name: string, value: string): string {
  const long = `${name} ${value}`;
  return [long, value].find((text) => text.length * 7 + 8 < width) ?? "";
}

function share(flow: Flow, key: (typeof FATES)[number]["key"]): string {
  return flow.read === 0 ? "none" : percent(flow[key] / flow.read);
}
