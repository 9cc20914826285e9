import { PALETTE } from "./palette";

function variables(colours: Readonly<Record<string, string>>): string {
  return Object.entries(colours)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(" ");
}

function swatches(): string {
  return ["live", "superseded", "deleted", "duplicates", "rejected", "quiet", "strong", "text"]
    .map((name) => `.swatch.${name} { background: var(--${name}); }`)
    .join(" ");
}

/** The page's look, light and dark, on screens, phones and paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; ${variables(PALETTE.light)} }
@media (prefers-color-scheme: dark) { :root { ${variables(PALETTE.dark)} } }
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 62rem;
  background: var(--surface); color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
}
h1 { margin: 0; font-size: 1.75rem; line-height: 1.25; }
h2 { margin: 0 0 .5rem; font-size: 1.25rem; line-height: 1.3; }
p { margin: 0 0 .75rem; max-width: 46rem; }
a { color: inherit; }
section { margin-top: 2.75rem; }
code { font: .875em ui-monospace, monospace; overflow-wrap: anywhere; }
time { white-space: nowrap; }
.brand { margin: 0; color: var(--muted); }
.note, figcaption { color: var(--muted); font-size: .875rem; max-width: 46rem; }
.note { margin-top: .5rem; }
.aside { margin-top: 2.75rem; padding: .75rem 1rem; background: var(--sunken); border-radius: .5rem; max-width: none; }
.alarm { color: var(--bad); }
.verdict { margin-top: 1rem; padding: 1rem 1.25rem; border-radius: .5rem; border-left: .375rem solid; }
.verdict h2 { font-size: 1.375rem; }
.verdict > :last-child { margin-bottom: 0; }
.verdict ul { margin: 0; padding-left: 1.25rem; }
.verdict.published { background: var(--good-back); border-color: var(--good); }
.verdict.published h2 { color: var(--good); }
.verdict.failed { background: var(--bad-back); border-color: var(--bad); }
.verdict.failed h2 { color: var(--bad); }
.facts {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .875rem 1.5rem; margin: 1.25rem 0 0;
}
.facts .long { grid-column: span 2; }
.facts dt { color: var(--muted); font-size: .875rem; }
.facts dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; margin: .75rem 0; }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--strong); outline-offset: 2px; }
table { border-collapse: collapse; min-width: 100%; font-size: .9375rem; }
caption { text-align: left; font-weight: 600; padding-bottom: .375rem; }
th, td { padding: .375rem .75rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th:first-child { padding-left: 0; }
th { font-weight: 400; }
thead th { color: var(--muted); font-size: .8125rem; vertical-align: bottom; white-space: nowrap; }
tfoot th, tfoot td { font-weight: 600; border-bottom: 0; }
td code, th code { overflow-wrap: normal; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.wording { display: block; min-width: 17rem; }
td svg { display: block; }
.status {
  padding: .0625rem .4375rem; border-radius: .25rem; font-size: .8125rem; font-weight: 600; white-space: nowrap;
}
.status.pass { color: var(--good); background: var(--good-back); }
.status.warn { color: var(--warn); background: var(--warn-back); }
.status.fail { color: var(--bad); background: var(--bad-back); }
details { border-bottom: 1px solid var(--line); }
details details { margin-left: 1.25rem; }
details details:last-child { border-bottom: 0; }
summary { padding: .375rem 0; cursor: pointer; }
figure { margin: .75rem 0; }
figure svg { display: block; width: 100%; height: auto; }
.legend {
  display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0 0 .5rem; padding: 0;
  font-size: .875rem; list-style: none;
}
.swatch {
  display: inline-block; width: .875rem; height: .875rem; margin-right: .4375rem; border-radius: .125rem;
  vertical-align: -.0625rem;
}
.swatch.line { height: .1875rem; vertical-align: .25rem; }
${swatches()}
.narrow { display: none; max-width: 30rem; }
footer { margin-top: 3rem; color: var(--muted); font-size: .875rem; }
@media (max-width: 47rem) {
  .wide { display: none; }
  .narrow { display: block; }
  th:first-child { position: sticky; left: 0; min-width: 8rem; background: var(--surface); }
  th, td { padding-left: .5rem; padding-right: .5rem; }
  .wording { min-width: 15rem; }
  .facts { grid-template-columns: 1fr 1fr; }
  .facts time { white-space: normal; }
  details details { margin-left: .5rem; }
}
@media print { body { max-width: none; } .scroll { overflow: visible; } }
`;
