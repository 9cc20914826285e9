import { PALETTE } from "@junoplus/quality/report/palette";

function variables(colours: Readonly<Record<string, string>>): string {
  return Object.entries(colours)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(" ");
}

/** The look of every page: light and dark, on screens and phones. */
export const SITE_STYLE = `
:root { color-scheme: light dark; ${variables(PALETTE.light)} }
@media (prefers-color-scheme: dark) { :root { ${variables(PALETTE.dark)} } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 76rem; background: var(--surface); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: .25rem 0 .5rem; font-size: 1.75rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.25rem; line-height: 1.3; }
h3 { margin: 1.25rem 0 .25rem; font-size: 1rem; }
p { margin: 0 0 .75rem; max-width: 48rem; }
a { color: var(--strong); text-decoration-thickness: 1px; text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible, input:focus-visible, .scroll:focus-visible { outline: 2px solid var(--strong); outline-offset: 2px; border-radius: 2px; }
code, pre { font: .875em/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { margin: .5rem 0 1rem; padding: .75rem 1rem; background: var(--sunken); border-radius: .5rem; overflow-x: auto; }
nav { color: var(--muted); font-size: .9375rem; }
.muted { color: var(--muted); }
.skip { position: absolute; left: -99rem; } .skip:focus { position: static; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: .75rem 1.5rem; margin: 1.25rem 0 0; }
.facts dt { color: var(--muted); font-size: .875rem; } .facts dd { margin: 0; overflow-wrap: break-word; }
.tag { display: inline-block; padding: .0625rem .4375rem; border-radius: .25rem; font-size: .8125rem; white-space: nowrap; background: var(--sunken); color: var(--muted); }
.tag.direct_identifier { background: var(--bad-back); color: var(--bad); font-weight: 600; }
.tag.health { background: var(--warn-back); color: var(--warn); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td { padding: .5rem .75rem .5rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { color: var(--muted); font-size: .8125rem; font-weight: 400; }
tbody th { font-weight: 600; min-width: 11rem; max-width: 17rem; overflow-wrap: anywhere; }
tr:target { background: var(--sunken); box-shadow: -0.5rem 0 0 var(--sunken); }
tbody th .tag { font-weight: 400; margin-top: .125rem; }
td p { margin: 0; } td ul, li ul { margin: 0; padding: 0; list-style: none; }
.fields td:nth-child(4), .fields td:nth-child(5) { min-width: 13rem; overflow-wrap: break-word; }
summary { cursor: pointer; }
ul.plain { padding: 0; list-style: none; } ul.plain li { padding: .25rem 0; border-bottom: 1px solid var(--line); }
input[type=search] { width: 100%; max-width: 40rem; padding: .625rem .875rem; font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--muted); border-radius: .5rem; }
.results { max-width: 48rem; margin: .5rem 0 0; padding: 0; list-style: none; }
.results a { display: block; padding: .5rem .75rem; border-radius: .375rem; color: inherit; text-decoration: none; }
.results a:hover, .results a:focus-visible { background: var(--sunken); }
.results strong { overflow-wrap: anywhere; }
.results span { display: block; color: var(--muted); font-size: .875rem; }
.lineage { display: block; height: auto; min-width: 62rem; max-width: none; width: 100%; }
.lineage text { fill: var(--text); font: 600 13px system-ui, sans-serif; text-anchor: middle; }
.lineage text.small { fill: var(--muted); font-weight: 400; font-size: 11px; }
.lineage rect { fill: var(--sunken); stroke: var(--line); }
.lineage rect.gold { stroke: var(--duplicates); } .lineage rect.silver { stroke: var(--quiet); }
.lineage rect.bronze { stroke: var(--rejected); } .lineage rect.semantic { stroke: var(--good); }
.lineage .edge { fill: none; stroke: var(--quiet); stroke-width: 1.25; } .lineage marker path { fill: var(--quiet); }
.lineage .node:hover rect, .lineage .node:focus-visible rect { stroke: var(--strong); stroke-width: 2.5; }
.lineage.chosen .edge { opacity: .15; } .lineage.chosen .node { opacity: .3; }
.lineage.chosen .edge.on { opacity: 1; stroke: var(--strong); stroke-width: 2; } .lineage.chosen .node.on { opacity: 1; }
@media (max-width: 47rem) {
  .fields thead { display: none; }
  .fields tr, .fields th, .fields td { display: block; max-width: none; border: 0; padding: .125rem 0; }
  .fields tr { padding: .75rem 0; border-bottom: 1px solid var(--line); }
  .fields td:empty { display: none; }
  .fields td[data-label]::before { content: attr(data-label) ": "; color: var(--muted); font-size: .875rem; }
  .fields td:nth-child(4), .fields td:nth-child(5) { min-width: 0; }
}
@media (prefers-reduced-motion: no-preference) { .lineage .edge, .lineage .node { transition: opacity .12s; } }
`;
