import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ContractFolder } from "@junoplus/contracts/generate/schema-file";
import { schemaFile } from "../contract-files";
import type { FieldUse } from "./field-use";
import { wordsOf } from "./words";

/** The columns that views read, from the SQL in their contracts. A column `*` of a view: which rows it has, and their order. */
export function viewUses(root: string, contracts: readonly ContractFolder[]): readonly FieldUse[] {
  return contracts.flatMap((contract) => {
    const { from, query } = contract.schema.warehouse ?? {};
    if (from === undefined) return [];
    const file = schemaFile(contract);
    const lines = readFileSync(join(root, file), "utf8").split("\n");
    const use = (table: string, column: string, name: string, line: number): FieldUse => ({
      contract: table,
      pointer: `/${column}`,
      reader: { kind: "view", name: `${contract.schema.title}.${name}` },
      file,
      line,
    });
    if (query !== undefined) return queryUses(contract, query, contracts, lines, use);
    const columns = columnsOf(contracts, from);
    return Object.entries(contract.schema.properties).flatMap(([name, { sql = name }]) =>
      [...wordsOf(sql)]
        .filter((word) => columns.has(word))
        .map((column) => use(from, column, name, lineOf(lines, JSON.stringify(name)))),
    );
  });
}

function queryUses(
  view: ContractFolder,
  query: string,
  contracts: readonly ContractFolder[],
  lines: readonly string[],
  use: (table: string, column: string, name: string, line: number) => FieldUse,
): readonly FieldUse[] {
  const names = [...query.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = ""]) => name);
  const from = view.schema.warehouse?.from ?? "";
  const tables = new Set(names.map((name) => (name === "table" ? from : name)));
  const line = lineOf(lines, '"query"');
  return [...tables].flatMap((table) => {
    const columns = columnsOf(contracts, table);
    const read = [...wordsOf(query)].filter((word) => columns.has(word));
    // What a query does with a column is not parsed: it may pass it on by its name, and it may choose rows by it.
    return read.flatMap((column) => [
      ...(column in view.schema.properties ? [use(table, column, column, line)] : []),
      use(table, column, "*", line),
    ]);
  });
}

function columnsOf(contracts: readonly ContractFolder[], table: string): ReadonlySet<string> {
  return new Set(Object.keys(contracts.find(({ schema }) => schema.title === table)?.schema.properties ?? {}));
}

function lineOf(lines: readonly string[], text: string): number {
  const index = lines.findIndex((line) => line.trimStart().startsWith(`${text}:`));
  return index < 0 ? 1 : index + 1;
}
