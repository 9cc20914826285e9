import { type Html, html } from "@junoplus/quality/report/html";
import type { FieldUse } from "../downstream/downstream";
import { anchorOf, fieldName, linkTo, ROWS_ANCHOR } from "./links";
import type { SiteContract, SiteField, SiteVersion } from "./site-contract";
import { sitePage } from "./site-page";

/** More than this many are folded. */
const SHOWN = 4;

/** The page of one contract. */
export function contractPage(contract: SiteContract): string {
  const { title, layer, kind, version, description, file, facts, fields, examples, versions } = contract;
  const isLog = kind === "change log";
  return sitePage(
    title,
    html`<nav><a href="index.html">All contracts</a> / <a href="lineage.html">Lineage</a></nav>
<main id="content">
<h1>${title}</h1>
<p><span class="tag">${layer}</span> <span class="tag">${kind}</span> <span class="tag">version ${version}</span></p>
<p>${description}</p>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${breakable(value)}</dd></div>`)}</dl>
<p class="muted" style="margin-top:1rem">Edited in <code>${file}</code></p>
<h2 id="fields">${isLog ? "Fields" : "Columns"}</h2>
<table class="fields">
<thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">Meaning</th>${isLog ? null : html`<th scope="col">Made from</th>`}<th scope="col">Read by</th></tr></thead>
<tbody>
${fields.map((field) => fieldRow(contract, field))}</tbody>
</table>
${rowsSection(contract)}
${checksSection(fields)}
<h2>Versions</h2>
${versions.map(versionPart)}
<h2>Examples</h2>
<p class="muted">Made up; no person stands behind them.</p>
${examples.map(({ name, text }, i) => html`<details${i === 0 ? html` open` : null}><summary>${name}</summary><pre tabindex="0">${text}</pre></details>\n`)}
</main>`,
  );
}

function fieldRow({ kind }: SiteContract, field: SiteField): Html {
  const { pointer, type, classification, role, rule, description } = field;
  const name =
    kind === "change log" ? pointer.slice(1).replaceAll("/", " / ").replaceAll("*", "each") : pointer.slice(1);
  const tags = [
    ...(classification === null
      ? []
      : [html`<span class="tag ${classification}">${classification.replaceAll("_", " ")}</span> `]),
    ...(role === null ? [] : [html`<span class="tag">${role}</span>`]),
  ];
  return html`<tr id="${anchorOf(pointer)}"><th scope="row">${name}<br>${tags}</th><td data-label="Type">${type}</td>
<td><p>${description}</p>${rule === "" ? null : html`<p class="muted">${rule}</p>`}</td>
${kind === "change log" ? null : html`<td data-label="Made from">${folded(field.sources.map(sourceOf), "source") ?? html`<span class="muted">no field</span>`}</td>\n`}<td data-label="Read by">${folded(field.readers.map(readerOf), "reader") ?? html`<span class="muted">${kind === "change log" ? "nobody" : "no other table"}</span>`}</td></tr>
`;
}

/** A thing to list once, with every place in the code that shows it. */
interface Listed {
  readonly name: string;
  readonly link: string | null;
  readonly place: string;
}

function sourceOf({ contract, pointer, file, line }: FieldUse): Listed {
  const field = pointer === "" ? "which rows there are" : fieldName(pointer);
  return { name: `${contract}: ${field}`, link: linkTo(contract, pointer), place: `${file}:${line}` };
}

function readerOf({ reader, file, line }: FieldUse): Listed {
  const place = `${file}:${line}`;
  if (reader.kind === "step") return { name: `step ${reader.name}`, link: null, place };
  const [table = "", column = ""] = reader.name.split(".");
  return {
    name: `${table}: ${column === "*" ? "which rows there are" : column}`,
    link: linkTo(table, `/${column}`),
    place,
  };
}

/** A name that may break after its word separators, and nowhere else. */
function breakable(name: string): readonly Html[] {
  return name.split(/(?<=[_.])/).map((part, i) => (i === 0 ? html`${part}` : html`<wbr>${part}`));
}

function folded(all: readonly Listed[], word: string): Html | null {
  const byName = new Map<string, Listed[]>();
  for (const listed of all) byName.set(listed.name, [...(byName.get(listed.name) ?? []), listed]);
  const items = [...byName].map(([name, places]) => {
    const where = places.map(({ place }) => place).join(", ");
    const link = places[0]?.link ?? null;
    return html`<li title="${where}">${link === null ? breakable(name) : html`<a href="${link}">${breakable(name)}</a>`}</li>`;
  });
  if (items.length === 0) return null;
  if (items.length <= SHOWN) return html`<ul>${items}</ul>`;
  return html`<details><summary>${items.length} ${word}s</summary><ul>${items}</ul></details>`;
}

function rowsSection({ kind, rowSources, title }: SiteContract): Html {
  const words =
    kind === "change log"
      ? html`<p>Every live document of the log; deleted and rejected ones are left out.</p>`
      : rowSources.length === 0
        ? html`<p>No field decides it: the documents' paths do, or each run writes its own.</p>`
        : html`<p>These fields decide which rows ${title} has, and what goes into each:</p>`;
  return html`<h2 id="${ROWS_ANCHOR}">Which rows there are</h2>
${words}${folded(rowSources.map(sourceOf), "field")}`;
}

function checksSection(fields: readonly SiteField[]): Html {
  const checks = new Map<string, { readonly place: string; readonly fields: Set<string> }>();
  for (const field of fields) {
    for (const { reader, file, line } of field.checks) {
      const known = checks.get(reader.name) ?? { place: `${file}:${line}`, fields: new Set<string>() };
      known.fields.add(field.pointer);
      checks.set(reader.name, known);
    }
  }
  if (checks.size === 0)
    return html`<h2>Checks</h2><p>No check of the warehouse reads it; every document or row is held against the contract itself.</p>`;
  const items = [...checks].map(
    ([name, { place, fields: read }]) =>
      html`<li><code>${name}</code> reads ${[...read].map((pointer, i) => html`${i === 0 ? "" : ", "}<a href="#${anchorOf(pointer)}">${pointer.slice(1)}</a>`)} <span class="muted">${place}</span></li>\n`,
  );
  return html`<h2>Checks</h2>
<details${items.length <= 12 ? html` open` : null}><summary>${items.length} checks guard it</summary><ul class="plain">${items}</ul></details>`;
}

function versionPart({ version, differences }: SiteVersion, i: number): Html {
  const first = i === 0 ? "The first one." : "Only words changed.";
  return html`<h3>${version}</h3>
${
  differences.length === 0
    ? html`<p class="muted">${first}</p>`
    : html`<ul>${differences.map(({ pointer, kind, message, backward }) => html`<li><code>${pointer || "/"}</code> ${kind.replaceAll("_", " ")}, backward ${backward}: ${message}</li>`)}</ul>`
}
`;
}
