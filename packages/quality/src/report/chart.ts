import { type EChartsOption, init } from "echarts";
import { Html, html } from "./html";

/** What a chart shows at one width. */
export interface Drawing {
  readonly height: number;
  readonly option: EChartsOption;
}

/** A chart that is drawn for screens and again for phones; the style sheet shows the one that fits. */
export interface Chart {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** What a reader sees in it, for those who do not see it. */
  readonly description: string;
  readonly draw: (width: number) => Drawing;
}

const WIDE = 960;
const NARROW = 350;

/** The chart as static markup, without script. */
export function chartMarkup(chart: Chart): Html {
  return html`<div class="wide">${svgMarkup(chart, WIDE, "wide")}</div>
<div class="narrow">${svgMarkup(chart, NARROW, "narrow")}</div>`;
}

/** One drawing of a chart as an SVG element with its name and description. */
export function svgMarkup({ id, title, description, draw }: Chart, width: number, variant: string): Html {
  const { height, option } = draw(width);
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: "system-ui, sans-serif" }, ...option });
    return named(chart.renderToSVGString(), `${id}-${variant}`, title, description);
  } finally {
    // Or its timers keep the process alive.
    chart.dispose();
  }
}

function named(svg: string, id: string, title: string, description: string): Html {
  const names = html`<title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>`;
  return new Html(
    svg
      // Hover rules and data are for scripts. Clip paths are not needed, and their ids are new each time.
      .replace(/<(style|defs)[\s\S]*?<\/\1>/g, "")
      .replace(/ (class="zr[^"]*"|ecmeta_\w+="[^"]*"|pointer-events="visible"|clip-path="[^"]*")/g, "")
      .replace(/<rect [^>]*fill="none"[^>]*><\/rect>\n?/, "")
      .replace(/^<svg /, `<svg role="img" aria-labelledby="${id}-title ${id}-desc" `)
      .replace(/>/, `>${names.markup}`),
  );
}
