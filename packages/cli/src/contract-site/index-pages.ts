import { Html, html } from "@junoplus/quality/report/html";
import type { FieldUse } from "../downstream/downstream";
import { type LineageEdge, lineageDrawing, lineageEdges } from "./lineage";
import { fieldName, linkTo, pageOf } from "./links";
import { type SearchEntry, search } from "./search";
import type { SiteContract } from "./site-contract";
import { sitePage } from "./site-page";

const LAYERS: Readonly<Record<SiteContract["layer"], string>> = {
  bronze: "Bronze: what producers write",
  silver: "Silver: current rows and histories",
  gold: "Gold: analytics and training data",
  semantic: "Semantic: for dashboards",
  state: "State: what a run leaves to the next one",
  quality: "Quality: what runs did, and what they found",
};

/** Everything that the search finds. */
export function searchEntries(contracts: readonly SiteContract[]): readonly SearchEntry[] {
  return contracts.flatMap(({ title, description, fields }) => [
    { table: title, field: "", words: description, link: pageOf(title) },
    ...fields.map((field) => ({
      table: title,
      field: fieldName(field.pointer),
      words: field.description,
      link: linkTo(title, field.pointer),
    })),
  ]);
}

/** The first page: search, and every contract by layer. */
export function indexPage(contracts: readonly SiteContract[]): string {
  const entries = JSON.stringify(searchEntries(contracts)).replaceAll("<", "\\u003c");
  const body = html`<main id="content">
<h1>Contracts</h1>
<p>What every change log, table and view holds, what it is made from, and who reads it; made from the contracts and the code. <a href="lineage.html">Lineage, from change log to view</a></p>
<p><label for="query">Find a field or a table, by name or by a word of its description</label><br>
<input id="query" type="search" autocomplete="off" spellcheck="false" aria-controls="results" aria-describedby="found"></p>
<p id="found" class="muted" role="status"></p>
<ul id="results" class="results"></ul>
${Object.entries(LAYERS).map(([layer, words]) =>
  layerPart(
    words,
    contracts.filter((contract) => contract.layer === layer),
  ),
)}
</main>
<script id="entries" type="application/json">${new Html(entries)}</script>`;
  return sitePage("Contracts", body, `const search = ${search.toString()};\n${SEARCH_SCRIPT}`);
}

function layerPart(words: string, contracts: readonly SiteContract[]): Html | null {
  if (contracts.length === 0) return null;
  return html`<h2>${words}</h2>
<ul class="plain">${contracts.map(
    ({ title, kind, version, description, fields }) =>
      html`<li><a href="${pageOf(title)}">${title}</a> <span class="tag">${kind}</span> <span class="muted">${version}, ${fields.length} fields</span><br>${firstSentence(description)}</li>\n`,
  )}</ul>
`;
}

/** Everything up to the first full stop or colon. */
function firstSentence(text: string): string {
  return `${text.split(/[.:] /)[0]?.replace(/\.$/, "") ?? ""}.`;
}

/** The lineage of all tables, as a drawing and as a list. */
export function lineagePage(contracts: readonly SiteContract[], uses: readonly FieldUse[]): string {
  const edges = lineageEdges(uses);
  const alone = contracts.filter(({ title }) => edges.every(({ from, to }) => from !== title && to !== title));
  const body = html`<nav><a href="index.html">All contracts</a></nav>
<main id="content">
<h1>Lineage</h1>
<p>Change logs on the left, views on the right. An arrow: columns of the one are made of fields of the other. Point at a table, or go to it with the Tab key, to see what it is made of and what is made of it; its page says so column by column.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Lineage drawing, scrolls sideways">${lineageDrawing(contracts, edges)}</div>
<h2>The same in words</h2>
<ul class="plain">${contracts.filter((contract) => !alone.includes(contract)).map(({ title }) => lineageLine(title, edges))}</ul>
<p>Made of no other table, and none is made of them: ${alone.map(({ title }, i) => html`${i === 0 ? "" : ", "}<a href="${pageOf(title)}">${title}</a>`)}.</p>
</main>`;
  return sitePage("Lineage", body, LINEAGE_SCRIPT);
}

function lineageLine(title: string, edges: readonly LineageEdge[]): Html {
  const links = (titles: readonly string[]): readonly Html[] =>
    titles.map((other, i) => html`${i === 0 ? "" : ", "}<a href="${pageOf(other)}">${other}</a>`);
  const sources = edges.filter(({ to }) => to === title).map(({ from }) => from);
  const readers = edges.filter(({ from }) => from === title).map(({ to }) => to);
  return html`<li><a href="${pageOf(title)}">${title}</a>${sources.length === 0 ? null : html`<br><span class="muted">made from</span> ${links(sources)}`}${readers.length === 0 ? null : html`<br><span class="muted">read by</span> ${links(readers)}`}</li>\n`;
}

/** Runs in the page; "#q=word" in its address searches at once. */
const SEARCH_SCRIPT = `
const entries = JSON.parse(document.getElementById("entries").textContent);
const query = document.getElementById("query");
const results = document.getElementById("results");
const show = () => {
  const found = search(entries, query.value, 30);
  results.replaceChildren(...found.map((entry) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const name = document.createElement("strong");
    const words = document.createElement("span");
    link.href = entry.link;
    name.textContent = entry.field === "" ? entry.table : entry.field + " in " + entry.table;
    words.textContent = entry.words;
    link.append(name, words);
    item.append(link);
    return item;
  }));
  document.getElementById("found").textContent =
    query.value.trim() === "" ? "" : found.length === 0 ? "Nothing found." : found.length === 30 ? "The first 30." : found.length + " found.";
};
query.addEventListener("input", show);
document.addEventListener("keydown", (event) => {
  const links = [...results.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  if (event.key === "/" && document.activeElement !== query) { event.preventDefault(); query.focus(); }
  else if (event.key === "ArrowDown" && (at >= 0 || document.activeElement === query)) { event.preventDefault(); links[at + 1]?.focus(); }
  else if (event.key === "ArrowUp" && at >= 0) { event.preventDefault(); (links[at - 1] ?? query).focus(); }
});
const given = /^#q=(.*)$/.exec(location.hash);
if (given !== null) query.value = decodeURIComponent(given[1]);
show();
`;

/** Runs in the page: what a table stands on and what stands on it. */
const LINEAGE_SCRIPT = `
const drawing = document.querySelector(".lineage");
const edges = [...drawing.querySelectorAll(".edge")];
const nodes = [...drawing.querySelectorAll(".node")];
const reached = (table, from, to) => {
  const seen = new Set([table]);
  for (const at of seen) for (const edge of edges) if (edge.dataset[from] === at) seen.add(edge.dataset[to]);
  return seen;
};
const choose = (table) => {
  drawing.classList.toggle("chosen", table !== null);
  const below = table === null ? new Set() : reached(table, "from", "to");
  const above = table === null ? new Set() : reached(table, "to", "from");
  for (const node of nodes) node.classList.toggle("on", below.has(node.dataset.table) || above.has(node.dataset.table));
  for (const { classList, dataset } of edges)
    classList.toggle("on", (below.has(dataset.from) && below.has(dataset.to)) || (above.has(dataset.from) && above.has(dataset.to)));
};
for (const node of nodes) {
  for (const name of ["mouseenter", "focus"]) node.addEventListener(name, () => choose(node.dataset.table));
  for (const name of ["mouseleave", "blur"]) node.addEventListener(name, () => choose(null));
}
`;
