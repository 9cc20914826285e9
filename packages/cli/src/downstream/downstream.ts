import { join } from "node:path";
import { type ContractFolder, readContracts } from "@junoplus/contracts/generate/schema-file";
import { CONTRACTS_PACKAGE, projectRoot } from "../contract-files";
import { checkUses } from "./check-uses";
import type { FieldUse, Reader } from "./field-use";
import type { Label } from "./flow/abstract-value";
import { Evaluator } from "./flow/evaluator";
import { placeOf, sourceProgram } from "./source-program";
import { functionAround, unproven } from "./steps";
import { columnLabels } from "./table-functions";
import { viewUses } from "./view-uses";

export type { FieldUse, Reader } from "./field-use";

/**
 * Every direct use of a field of a contract in the repository that a directory lies in, found in the sources as they are
 * now. Throws OptionsError outside of a checkout of this project.
 */
export function fieldUses(directory: string): readonly FieldUse[] {
  return fieldUsesIn(projectRoot(directory));
}

/** The same of a folder that holds the repository's packages, in git or not. */
export function fieldUsesIn(root: string): readonly FieldUse[] {
  const program = sourceProgram(root);
  const contracts = readContracts(join(root, CONTRACTS_PACKAGE));
  const flow = new Evaluator(program.checker);
  const rows = contracts.map(({ schema, layer }) => ({
    title: schema.title,
    schema,
    key: schema.warehouse?.key ?? [],
    isState: layer === "state",
  }));
  const tables = columnLabels(program, rows, flow);
  const use = (label: Label, reader: Reader): FieldUse => {
    const { contract, pointer, node } = label;
    return { contract, pointer, reader, ...placeOf(root, node) };
  };
  const landed = new Set<Label>();
  const uses: FieldUse[] = [];
  for (const [table, columns] of tables) {
    for (const [column, labels] of columns) {
      for (const label of labels) {
        landed.add(label);
        uses.push(use(label, { kind: "column", name: `${table}.${column}` }));
      }
    }
  }
  for (const label of unproven(flow.labels.all(), landed)) {
    uses.push(use(label, { kind: "step", name: functionAround(label.node) }));
  }
  return distinct([...uses, ...viewUses(root, contracts), ...checkUses(program, contracts)], contracts);
}

/**
 * The uses of a field, of all fields below it, and of whatever is made of them: the readers of columns that read it, and
 * so on. `pointer` "" is the whole document or row.
 */
export function downstreamOf(uses: readonly FieldUse[], contract: string, pointer: string): readonly FieldUse[] {
  const found = new Set<FieldUse>();
  const asked = new Set<string>();
  const open: (readonly [contract: string, pointer: string])[] = [[contract, pointer.replace(/(\/\*)+$/, "")]];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const [of, at] = next;
    if (asked.has(`${of} ${at}`)) continue;
    asked.add(`${of} ${at}`);
    for (const use of uses) {
      if (use.contract !== of || !(at === "" || use.pointer === at || use.pointer.startsWith(`${at}/`))) continue;
      found.add(use);
      const { kind, name } = use.reader;
      const [table = "", column = ""] = name.split(".");
      if (kind === "column" || kind === "view") open.push([table, column === "*" ? "" : `/${column}`]);
    }
  }
  return [...found];
}

/** Each use once, by contract in layer order, then by pointer, reader and place. */
function distinct(uses: readonly FieldUse[], contracts: readonly ContractFolder[]): readonly FieldUse[] {
  const rank = new Map(contracts.map(({ schema }, i) => [schema.title, i]));
  const keyOf = ({ contract, pointer, reader, file, line }: FieldUse): string =>
    [
      String(rank.get(contract) ?? 999).padStart(3, "0"),
      pointer,
      reader.kind,
      reader.name,
      file,
      String(line).padStart(6, "0"),
    ].join("\n");
  const byKey = new Map(uses.map((use) => [keyOf(use), use]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, use]) => use);
}
