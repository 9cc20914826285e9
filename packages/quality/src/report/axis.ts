import { ink } from "./palette";

/** Axis marks that stay behind the data. */
export const AXIS = {
  axisLine: { show: true, lineStyle: { color: ink("muted") } },
  axisTick: { show: false },
  axisLabel: { color: ink("muted"), fontSize: 12 },
  splitLine: { lineStyle: { color: ink("line") } },
} as const;
