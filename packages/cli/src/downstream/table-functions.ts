import ts from "typescript";
import {
  type AnchorSchema,
  closuresOf,
  joinAll,
  joinLabels,
  type Labels,
  NO_LABELS,
  reference,
  UNKNOWN,
  union,
  type Value,
} from "./flow/abstract-value";
import { elementsOf } from "./flow/elements";
import type { Flow } from "./flow/flow";
import { member } from "./flow/members";
import { RowTypes, type TypeShape } from "./row-types";
import type { SourceProgram } from "./source-program";

/** A contract whose generated type may stand in a signature. */
export interface RowContract {
  readonly title: string;
  readonly schema: AnchorSchema;
  /** Columns whose values tell one row from another; none for a document. */
  readonly key: readonly string[];
  /** What a run leaves to the next one: it holds the rows of others, and nobody reads it. */
  readonly isState?: boolean;
}

/** A table's columns, each with what decides it; `*` is what decides which rows there are. */
export type ColumnLabels = ReadonlyMap<string, Labels>;

/** A function of the repository that takes rows or documents of contracts and gives rows of others. */
interface TableFunction {
  readonly node: ts.FunctionDeclaration;
  readonly takes: readonly TypeShape[];
  readonly gives: TypeShape;
  readonly reach: number;
}

/**
 * Evaluates every function that makes rows of one contract from rows or documents of another; by table. Functions that take
 * a run's state are not looked at, nor are rows of it: a run that goes on from it makes the rows that the others make, which
 * tests hold.
 */
export function columnLabels(
  program: SourceProgram,
  contracts: readonly RowContract[],
  flow: Flow,
): ReadonlyMap<string, ColumnLabels> {
  const byTitle = new Map(contracts.map((contract) => [contract.title, contract]));
  const tables = new Map<string, Map<string, Labels>>();
  // The widest first: what they call is evaluated with what they hand it.
  for (const { node, takes, gives } of tableFunctions(program, byTitle).sort((a, b) => b.reach - a.reach)) {
    if (flow.visited.has(node)) continue;
    const args = node.parameters.map((parameter, i) => given(flow, takes[i] ?? { kind: "other" }, byTitle, parameter));
    const [closure] = closuresOf(flow.heap.closure(node, null));
    if (closure === undefined) continue;
    const result = flow.call(closure, args, { at: node, frame: flow.heap.root });
    eachRow(flow, gives, result, NO_LABELS, node, (title, row, labels) => {
      const contract = byTitle.get(title);
      if (contract !== undefined && !contract.isState) addRow(flow, contract, row, labels, node, tables);
    });
  }
  return tables;
}

function tableFunctions(program: SourceProgram, contracts: ReadonlyMap<string, RowContract>): TableFunction[] {
  const types = new RowTypes(program.checker, [...contracts.keys()]);
  return program.files
    .flatMap(({ statements }) => statements.filter(ts.isFunctionDeclaration))
    .flatMap((node): TableFunction[] => {
      if (node.type === undefined || node.body === undefined) return [];
      const takes = node.parameters.map(({ type }) => types.shapeOf(type));
      const gives = types.shapeOf(node.type);
      const taken = new Set(takes.flatMap(titlesIn));
      const given = titlesIn(gives).filter((title) => !taken.has(title));
      const takesState = [...taken].some((title) => contracts.get(title)?.isState);
      return taken.size === 0 || given.length === 0 || takesState
        ? []
        : [{ node, takes, gives, reach: taken.size + given.length }];
    });
}

function titlesIn(shape: TypeShape): readonly string[] {
  switch (shape.kind) {
    case "row":
      return [shape.title];
    case "list":
    case "collection":
      return titlesIn(shape.element);
    case "object":
      return [...shape.members.values()].flatMap(titlesIn);
    case "union":
      return shape.of.flatMap(titlesIn);
    default:
      return [];
  }
}

/** Any value of a type: its rows and documents are read field by field, of anything else nothing is known. */
function given(flow: Flow, shape: TypeShape, contracts: ReadonlyMap<string, RowContract>, at: ts.Node): Value {
  switch (shape.kind) {
    case "row": {
      const { title, schema } = contracts.get(shape.title) as RowContract;
      return reference(flow.heap.anchored({ contract: title, pointer: "", schema }, at));
    }
    case "list": {
      const list = flow.heap.object("list");
      flow.heap.addElement(list, given(flow, shape.element, contracts, at));
      return reference(list);
    }
    case "collection": {
      const element = given(flow, shape.element, contracts, at);
      const made = flow.heap.object("collection");
      made.parts = [{ element, labels: flow.labels.presence(element, at) }];
      return reference(made);
    }
    case "object": {
      const object = flow.heap.object("object");
      for (const [name, type] of shape.members)
        flow.heap.setField(object, name, given(flow, type, contracts, at), false);
      return reference(object);
    }
    case "union":
      return joinAll(shape.of.map((one) => given(flow, one, contracts, at)));
    default:
      return UNKNOWN;
  }
}

/** Every row in a result, with what decides that it is there. */
function eachRow(
  flow: Flow,
  shape: TypeShape,
  value: Value,
  labels: Labels,
  at: ts.Node,
  found: (title: string, row: Value, labels: Labels) => void,
): void {
  const deciding = union(labels, value.labels);
  switch (shape.kind) {
    case "row":
      found(shape.title, value, deciding);
      break;
    case "list":
    case "collection":
      for (const ref of value.refs) {
        for (const part of ref.parts)
          eachRow(flow, shape.element, part.element, union(deciding, part.labels), at, found);
        eachRow(flow, shape.element, elementsOf(flow, ref, at), union(deciding, ref.labels), at, found);
      }
      break;
    case "object":
      for (const [name, type] of shape.members) eachRow(flow, type, member(flow, value, name, at), labels, at, found);
      break;
    case "union":
      for (const one of shape.of) eachRow(flow, one, value, labels, at, found);
      break;
    default:
  }
}

function addRow(
  flow: Flow,
  { title, schema, key }: RowContract,
  row: Value,
  labels: Labels,
  at: ts.Node,
  tables: Map<string, Map<string, Labels>>,
): void {
  const columns = tables.get(title) ?? new Map<string, Labels>();
  tables.set(title, columns);
  const add = (name: string, more: Labels): void => {
    columns.set(name, union(columns.get(name) ?? NO_LABELS, more));
  };
  const fields = { ...row, labels: NO_LABELS };
  for (const name of Object.keys(schema.properties ?? {}))
    add(name, flow.labels.deep(member(flow, fields, name, at), at));
  // A value of the key tells which row it is: another value is another row.
  add("*", joinLabels([labels, ...key.map((name) => columns.get(name) ?? NO_LABELS)]));
}
