import { whole } from "../quantity";
import { svgMarkup } from "./chart";
import { type Html, html } from "./html";
import { ink } from "./palette";

const WIDTH = 128;
const HEIGHT = 28;

/** Row counts of consecutive runs as a line the height of a text line, its end marked. */
export function sparkline(name: string, counts: readonly number[]): Html {
  const [first] = counts;
  const last = counts.at(-1);
  if (first === undefined || last === undefined) return html`<span class="note">none so far</span>`;
  if (counts.length === 1) return html`<span class="note">one so far</span>`;
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const chart = {
    id: `spark-${name}`,
    title: `Rows of ${name} over ${counts.length} runs`,
    description: `From ${whole(first)} to ${whole(last)}, at least ${whole(least)} and at most ${whole(most)}.`,
    draw: () => ({
      height: HEIGHT,
      option: {
        grid: { left: 3, right: 5, top: 5, bottom: 5 },
        xAxis: { type: "category" as const, show: false, boundaryGap: false },
        // Not from zero: the table beside it has the size, the line the shape. A flat history stays flat.
        yAxis: { type: "value" as const, show: false, ...bounds(least, most) },
        series: [
          {
            type: "line" as const,
            data: counts.map((value, index) => ({ value, symbol: index === counts.length - 1 ? "circle" : "none" })),
            symbolSize: 6,
            silent: true,
            lineStyle: { color: ink("muted"), width: 1.5 },
            itemStyle: { color: ink("strong") },
          },
        ],
      },
    }),
  };
  return svgMarkup(chart, WIDTH, "small");
}

function bounds(low: number, high: number): { min: number; max: number } {
  // A tenth of the size at least, or noise would look like a landslide.
  const room = Math.max(high - low, high / 10, 1) / 2;
  return { min: (low + high) / 2 - room, max: (low + high) / 2 + room };
}
