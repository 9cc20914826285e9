import type { Column } from "@junoplus/contracts";
import { columnsOf } from "@junoplus/contracts/generate/columns";
import type { ContractFolder } from "@junoplus/contracts/generate/schema-file";
import ts from "typescript";
import type { FieldUse } from "./field-use";
import { placeOf, type SourceProgram } from "./source-program";
import { wordsOf } from "./words";

const QUALITY = "/packages/quality/src/";
/** How the sources spell a check's name. */
const METRIC = /^[a-z]+(_[a-z0-9]+)+$/;
/** What a check says in words, not in SQL. */
const PROSE = new Set(["promise", "description", "metric", "category", "group"]);

/** A check where it is named: the node whose SQL it measures, and the place from which its table is looked for. */
interface SpelledCheck {
  readonly metric: string;
  readonly at: ts.Node;
  readonly body: ts.Node;
  readonly site: ts.Node;
}

/**
 * The columns that checks read: those that SQL in the sources of quality names beside the check's own name, and those
 * that every contract promises something of (key, required, range, allowed values, age of the newest change).
 */
export function checkUses(program: SourceProgram, contracts: readonly ContractFolder[]): readonly FieldUse[] {
  const files = program.files.filter(
    ({ fileName }) => fileName.includes(QUALITY) && !fileName.includes(`${QUALITY}report/`),
  );
  const tables = contracts.filter(({ schema }) => schema.warehouse !== undefined);
  const byConstant = new Map(tables.map((table) => [constantOf(table.schema.title), table]));
  return [
    ...files.flatMap((file) => sqlUses(program.root, file, byConstant)),
    ...promisedUses(program.root, files, tables),
  ];
}

function sqlUses(
  root: string,
  file: ts.SourceFile,
  byConstant: ReadonlyMap<string, ContractFolder>,
): readonly FieldUse[] {
  return spelledChecks(file).flatMap(({ metric, at, body, site }) => {
    const owner = ownerOf(site, byConstant);
    // A file that names tables outside of its list of checks holds every check of the list against them.
    const beside = contractsIn(file, byConstant, owner?.list);
    const words = new Set([...sqlWords(body, file), ...(owner === undefined ? [] : sqlWords(owner.node, file))]);
    const read = new Set([...(owner === undefined ? [] : [owner.contract]), ...beside]);
    const name = owner === undefined ? metric : `${owner.contract.schema.title}.${metric}`;
    return [...read].flatMap(({ schema }) =>
      Object.keys(schema.properties)
        .filter((column) => words.has(column))
        .map((column) => checkUse(root, schema.title, column, name, at)),
    );
  });
}

/** What `contract-checks.ts` and `freshness-checks.ts` make of every contract, by the names that they give. */
function promisedUses(
  root: string,
  files: readonly ts.SourceFile[],
  tables: readonly ContractFolder[],
): readonly FieldUse[] {
  const named = (suffix: string): ts.Node | undefined =>
    files.map((file) => first(file, (node) => namesMetric(node, suffix))).find((node) => node !== undefined);
  const promises: readonly (readonly [
    ts.Node | undefined,
    string,
    (column: Column, table: ContractFolder) => boolean,
  ])[] = [
    [named("_known"), "_known", ({ mode }) => mode !== "NULLABLE"],
    [named("_in_range"), "_in_range", ({ minimum, maximum }) => minimum !== undefined || maximum !== undefined],
    [named("_allowed"), "_allowed", ({ allowed, mode }) => allowed !== undefined && mode !== "REPEATED"],
    [named("key_unique"), "key_unique", ({ name }, { schema }) => schema.warehouse?.key.includes(name) ?? false],
  ];
  const held = tables.filter(({ schema }) => schema.warehouse?.kind === "table");
  const kept = held.flatMap((table) =>
    columnsOf(table).flatMap((column) =>
      promises.flatMap(([node, suffix, isMade]) => {
        if (node === undefined || !isMade(column, table)) return [];
        const metric = suffix.startsWith("_") ? `${column.name}${suffix}` : suffix;
        return [checkUse(root, table.schema.title, column.name, `${table.schema.title}.${metric}`, node)];
      }),
    ),
  );
  const aged = named("hours_stale");
  const fresh = tables.flatMap(({ schema }) => {
    const { freshness } = schema.warehouse ?? {};
    if (freshness === undefined || aged === undefined) return [];
    return [checkUse(root, freshness.table ?? schema.title, freshness.column, `${schema.title}.hours_stale`, aged)];
  });
  return [...kept, ...fresh];
}

function checkUse(root: string, contract: string, column: string, name: string, at: ts.Node): FieldUse {
  return { contract, pointer: `/${column}`, reader: { kind: "check", name }, ...placeOf(root, at) };
}

/** Checks by name: `metric: "name"` in an object, or a name handed to a function beside SQL. */
function spelledChecks(file: ts.SourceFile): readonly SpelledCheck[] {
  const found: SpelledCheck[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) && METRIC.test(node.text)) {
      const { parent } = node;
      if (ts.isPropertyAssignment(parent) && parent.name.getText() === "metric") {
        const body = ts.isCallExpression(parent.parent.parent) ? functionAt(node) : parent.parent;
        for (const site of sitesOf(parent.parent, file)) found.push({ metric: node.text, at: node, body, site });
      } else if (ts.isCallExpression(parent) && parent.arguments[0] === node) {
        const body = functionAt(node);
        // A name that the SQL gives is a column of its result.
        if (!sqlWords(body, file).has(node.text)) found.push({ metric: node.text, at: node, body, site: body });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Where a check stands: itself, or everywhere that the constant which holds it is named. */
function sitesOf(check: ts.Node, file: ts.SourceFile): readonly ts.Node[] {
  const { parent } = check;
  if (!ts.isVariableDeclaration(parent)) return [check];
  const name = parent.name.getText();
  const sites: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === name && node.parent !== parent) sites.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return sites;
}

interface Owner {
  readonly contract: ContractFolder;
  readonly node: ts.Node;
  /** The outermost literal that the check stands in. */
  readonly list: ts.Node;
}

/** The nearest list or object around a check that names a table. */
function ownerOf(site: ts.Node, byConstant: ReadonlyMap<string, ContractFolder>): Owner | undefined {
  let found: Omit<Owner, "list"> | undefined;
  let list = site;
  for (let at = site.parent; at !== undefined && !ts.isStatement(at); at = at.parent) {
    if (!ts.isArrayLiteralExpression(at) && !ts.isObjectLiteralExpression(at)) continue;
    list = at;
    if (found !== undefined) continue;
    const parts = ts.isArrayLiteralExpression(at)
      ? [...at.elements]
      : at.properties.flatMap((property) => (ts.isPropertyAssignment(property) ? [property.initializer] : []));
    const named = parts.filter(ts.isIdentifier).map(({ text }) => byConstant.get(text));
    const contract = named.find((candidate) => candidate !== undefined);
    if (contract !== undefined) found = { contract, node: at };
  }
  return found === undefined ? undefined : { ...found, list };
}

/** The tables that a file names outside of a list. */
function contractsIn(
  file: ts.SourceFile,
  byConstant: ReadonlyMap<string, ContractFolder>,
  list: ts.Node | undefined,
): readonly ContractFolder[] {
  const found = new Set<ContractFolder>();
  const visit = (node: ts.Node): void => {
    if (node === list || ts.isImportDeclaration(node)) return;
    const contract = ts.isIdentifier(node) ? byConstant.get(node.text) : undefined;
    if (contract !== undefined) found.add(contract);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...found];
}

/** The words of all SQL below a node, that of other checks left out; what constants of the file hold is read too. */
function sqlWords(root: ts.Node, file: ts.SourceFile): ReadonlySet<string> {
  const words = new Set<string>();
  const followed = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (node !== root && ts.isObjectLiteralExpression(node) && holdsMetric(node)) return;
    if (ts.isPropertyAssignment(node) && PROSE.has(node.name.getText())) return;
    if (ts.isStringLiteral(node) && METRIC.test(node.text) && ts.isCallExpression(node.parent)) return;
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddle(node) ||
      ts.isTemplateTail(node)
    ) {
      for (const word of wordsOf(node.text)) words.add(word);
    }
    if (ts.isIdentifier(node) && !followed.has(node.text) && /^[A-Z_]+$/.test(node.text)) {
      followed.add(node.text);
      const constant = constantIn(file, node.text);
      // A constant that is a check is a check of its own.
      if (constant !== undefined && !(ts.isObjectLiteralExpression(constant) && holdsMetric(constant))) visit(constant);
    }
    ts.forEachChild(node, visit);
  };
  visit(root);
  return words;
}

function holdsMetric(node: ts.ObjectLiteralExpression): boolean {
  return node.properties.some((property) => property.name?.getText() === "metric");
}

function constantIn(file: ts.SourceFile, name: string): ts.Expression | undefined {
  return file.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .find((declaration) => declaration.name.getText() === name)?.initializer;
}

function functionAt(node: ts.Node): ts.Node {
  let at = node;
  while (!ts.isFunctionDeclaration(at) && at.parent !== undefined) at = at.parent;
  return at;
}

function first(node: ts.Node, is: (node: ts.Node) => boolean): ts.Node | undefined {
  return is(node) ? node : ts.forEachChild(node, (child) => first(child, is));
}

/** Whether a node is the name of a check: all of it, or the end of a template. */
function namesMetric(node: ts.Node, text: string): boolean {
  const isName = ts.isStringLiteral(node) || ts.isTemplateTail(node);
  if (!isName || node.text !== text) return false;
  const holder = ts.isTemplateTail(node) ? node.parent.parent.parent : node.parent;
  return ts.isPropertyAssignment(holder) && holder.name.getText() === "metric";
}

/** Name of the generated constant of a contract: its title in camelCase. */
function constantOf(title: string): string {
  return title.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}
