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
  const wide = 28 + CHARACTER * Math.max(0, ...drawn.map(({ title }) => title.length));
  for (const { title } of drawn) graph.setNode(title, { width: wide, height: HEIGHT });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const title = "Lineage: change logs on the left, views on the right";
  return html`<svg class="lineage" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" width="${Math.ceil(width)}" role="group" aria-label="${title}">
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
${edges.map((edge) => drawnEdge(graph, wide, edge))}
${drawn.map((contract) => drawnNode(graph, wide, contract))}
</svg>`;
}

/** From the right side of one table to the left side of the other. */
function drawnEdge(graph: Graph, width: number, { from, to, fields }: LineageEdge): Html {
  const [left, right] = [centreOf(graph, from), centreOf(graph, to)];
  const [start, end] = [left.x + width / 2, right.x - width / 2];
  const middle = ((start + end) / 2).toFixed(1);
  const path = `M${start.toFixed(1)} ${left.y.toFixed(1)} C${middle} ${left.y.toFixed(1)} ${middle} ${right.y.toFixed(1)} ${end.toFixed(1)} ${right.y.toFixed(1)}`;
  return html`<path class="edge" data-from="${from}" data-to="${to}" d="${path}" marker-end="url(#tip)"><title>${to} is made of ${fields} fields of ${from}</title></path>\n`;
}

function drawnNode(graph: Graph, width: number, { title, kind, layer, fields }: SiteContract): Html {
  const { x, y } = centreOf(graph, title);
  const left = (x - width / 2).toFixed(1);
  const top = (y - HEIGHT / 2).toFixed(1);
  return html`<a class="node" href="${pageOf(title)}" data-table="${title}"><rect class="${layer}" x="${left}" y="${top}" width="${width.toFixed(1)}" height="${HEIGHT}" rx="7"/>
<text x="${x.toFixed(1)}" y="${(y - 3).toFixed(1)}">${title}</text><text class="small" x="${x.toFixed(1)}" y="${(y + 14).toFixed(1)}">${kind}, ${fields.length} fields</text></a>\n`;
}

function centreOf(graph: Graph, title: string): { readonly x: number; readonly y: number } {
  const { x = 0, y = 0 } = graph.node(title) as { readonly x?: number; readonly y?: number };
  return { x, y };
}
