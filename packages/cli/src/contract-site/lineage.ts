import { Graph, layout } from "@dagrejs/dagre";
import { type Html, html } from "@junoplus/quality/report/html";
import type { FieldUse } from "../downstream/downstream";
import { pageOf } from "./links";
import type { SiteContract } from "./site-contract";

/** One table reads another. */
export interface LineageEdge {
  readonly from: string;
  readonly to: string;
  /** Fields of the one that columns of the other are made of. */
  readonly fields: number;
}

const HEIGHT = 46;
const CHARACTER = 7.6;
const MARGIN = 12;

/** Which tables are made of which, by their columns; oldest layer first. */
export function lineageEdges(uses: readonly FieldUse[]): readonly LineageEdge[] {
  const fields = new Map<string, Set<string>>();
  for (const { contract, pointer, reader } of uses) {
    if (reader.kind !== "column" && reader.kind !== "view") continue;
    const key = `${contract} ${reader.name.split(".")[0]}`;
    const read = fields.get(key) ?? new Set();
    fields.set(key, read);
    if (pointer !== "") read.add(pointer);
  }
  return [...fields].map(([key, read]) => {
    const [from = "", to = ""] = key.split(" ");
    return { from, to, fields: read.size };
  });
}

/** The way from change logs to views as a drawing; every table is a link to its page. */
export function lineageDrawing(contracts: readonly SiteContract[], edges: readonly LineageEdge[]): Html {
  const drawn = contracts.filter(({ title }) => edges.some(({ from, to }) => from === title || to === title));
  const graph = new Graph({ directed: true });
  graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 76, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { title } of drawn) graph.setNode(title, { width: 28 + title.length * CHARACTER, height: HEIGHT });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const title = "Lineage: change logs on the left, views on the right";
  return html`<svg class="lineage" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" width="${Math.ceil(width)}" role="group" aria-label="${title}">
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
${edges.map((edge) => drawnEdge(graph, edge))}
${drawn.map((contract) => drawnNode(graph, contract))}
</svg>`;
}

function drawnEdge(graph: Graph, { from, to, fields }: LineageEdge): Html {
  const { points = [] } = graph.edge(from, to) as {
    readonly points?: readonly { readonly x: number; readonly y: number }[];
  };
  const path = points.map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join(" ");
  return html`<path class="edge" data-from="${from}" data-to="${to}" d="${path}" marker-end="url(#tip)"><title>${to} is made of ${fields} fields of ${from}</title></path>\n`;
}

function drawnNode(graph: Graph, { title, kind, layer, fields }: SiteContract): Html {
  const {
    x = 0,
    y = 0,
    width = 0,
  } = graph.node(title) as { readonly x?: number; readonly y?: number; readonly width?: number };
  const left = (x - width / 2).toFixed(1);
  const top = (y - HEIGHT / 2).toFixed(1);
  const count = `${kind}, ${fields.length} fields`;
  return html`<a class="node" href="${pageOf(title)}" data-table="${title}"><rect class="${layer}" x="${left}" y="${top}" width="${width.toFixed(1)}" height="${HEIGHT}" rx="7"/>
<text x="${x.toFixed(1)}" y="${(y - 3).toFixed(1)}">${title}</text><text class="small" x="${x.toFixed(1)}" y="${(y + 14).toFixed(1)}">${count}</text></a>\n`;
}
