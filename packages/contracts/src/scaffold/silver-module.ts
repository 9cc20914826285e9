import { camel, pascal } from "../generate/render";
import type { ContractSchema } from "../generate/schema-file";
import type { NewColumn } from "./new-silver-table";

/** The module of a silver table that has one row per live document. */
export function silverModule(table: string, source: ContractSchema, columns: readonly NewColumn[]): string {
  const [Document, Row] = [pascal(source.title), pascal(`silver_${table}`)];
  return `import { type ${Document}, ${camel(source.title)}, type ${Row}, ${camel(`silver_${table}`)} } from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";
import type { CurrentTable, RowSource, RunInstant } from "./silver-table";

/** silver_${table}: one row per live document. */
export const ${camel(table)}: CurrentTable<${Document}, ${Row}> = {
  kind: "current",
  from: ${camel(source.title)},
  to: ${camel(`silver_${table}`)},
  toRows,
  pathColumns: { ${columns.flatMap(({ name, source: from }) => ("wildcard" in from ? [`${from.wildcard}: "${name}"`] : [])).join(", ")} },
};

/** One document as its row. */
export function toRows(
  document: ${Document},
  { params, changedAt }: RowSource,
  { asOf }: RunInstant,
): readonly ${Row}[] {
  return [
    {
${columns.map(({ name, source: from }) => `      ${name}: ${expression(from)},`).join("\n")}
      changed_at: changedAt,
      processed_at: asOf,
    },
  ];
}

requireForSerialization("@junoplus/silver-transforms/${table.replaceAll("_", "-")}", exports);
`;
}

/** Its test: what was not written is NULL, and a deleted document has no row. */
export function silverModuleTest(
  table: string,
  wildcards: readonly string[],
  path: string,
  columns: readonly NewColumn[],
): string {
  const name = camel(table);
  const documentPath = wildcards.reduce((text, wildcard) => text.replace(`{${wildcard}}`, `${wildcard}1`), path);
  const ids = wildcards.map((wildcard) =>
    columns.find(({ source }) => "wildcard" in source && source.wildcard === wildcard),
  );
  return `import { expect, test } from "vitest";
import { AS_OF, runSilver, second } from "./testing/run-silver";
import { ${name} } from "./${table.replaceAll("_", "-")}";

const PATH = "${documentPath}";

test("a document gives one row; what was not written is NULL", async () => {
  const { rows, rejected } = await runSilver(${name}, [{ at: 1, path: PATH, data: {} }]);
  expect(rejected).toEqual([]);
  expect(rows).toEqual([
    {
${ids.map((column, i) => `      ${column?.name}: "${wildcards[i]}1",`).join("\n")}
${columns
  .filter(({ source }) => "field" in source)
  .map(({ name: column }) => `      ${column}: null,`)
  .join("\n")}
      changed_at: second(1),
      processed_at: AS_OF,
    },
  ]);
});

test("a deleted document has no row", async () => {
  const { rows } = await runSilver(${name}, [
    { at: 1, path: PATH, data: {} },
    { at: 2, path: PATH, data: null },
  ]);
  expect(rows).toEqual([]);
});
`;
}

function expression(source: NewColumn["source"]): string {
  if ("wildcard" in source) return `params["${source.wildcard}"] ?? ""`;
  const [first = "", ...rest] = source.field;
  return `${[`document${access(first)}`, ...rest.map((name) => `?${optional(name)}`)].join("")} ?? null`;
}

function access(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function optional(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `.[${JSON.stringify(name)}]`;
}
