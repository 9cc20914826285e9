import type ts from "typescript";

/** A field that was read, and where. One object a field and place: labels are compared by identity. */
export interface Label {
  readonly contract: string;
  readonly pointer: string;
  readonly node: ts.Node;
}

export type Labels = ReadonlySet<Label>;

export const NO_LABELS: Labels = new Set();

/** What is known of a value: the fields that decide it, the objects that it may be, the words that it may be. */
export interface Value {
  readonly labels: Labels;
  readonly refs: ReadonlySet<HeapObject>;
  /** All words that a text may be; absent where they are not known. */
  readonly words?: ReadonlySet<string>;
  /** Known for sure. */
  readonly truth?: boolean;
}

/** No value yet. */
export const NOTHING: Value = { labels: NO_LABELS, refs: new Set() };

/** Some value without parts, that no field decides. */
export const UNKNOWN: Value = { labels: NO_LABELS, refs: NOTHING.refs };

/** A row or document, or a part of one, that is read field by field. */
export interface Anchor {
  readonly contract: string;
  readonly pointer: string;
  readonly schema: AnchorSchema;
}

export interface AnchorSchema {
  readonly properties?: Readonly<Record<string, AnchorSchema>>;
  readonly items?: AnchorSchema;
}

export interface Closure {
  readonly id: number;
  readonly node: ts.FunctionLikeDeclaration;
  readonly frame: Frame | null;
  readonly self: Value;
}

/** One call of a function: its variables, and the objects that it makes. */
export interface Frame {
  readonly parent: Frame | null;
  readonly self: Value;
  readonly cells: Map<ts.Symbol, Cell>;
  readonly made: Map<ts.Node, Map<string, unknown>>;
  readonly returned: Cell;
  readonly yielded: HeapObject;
  known?: KnownCall;
}

/** The result of a call, as long as nothing more is learned of anything. */
export interface KnownCall {
  readonly changes: number;
  readonly args: readonly Value[];
  /** What decided that it was called, and the order of the loops around it. */
  readonly decided: Labels;
  readonly result: Value;
}

export interface Cell {
  value: Value;
  readonly born: number;
}

/** Elements that come from one place, and the fields that decide which of them there are. */
export interface Part {
  readonly element: Value;
  readonly labels: Labels;
}

/**
 * Whatever has parts: object, list, map, set, instance, collection of a pipeline. Nothing is ever taken away from one, so
 * that the order of evaluation does not matter and loops come to an end.
 */
export interface HeapObject {
  readonly kind: "object" | "list" | "map" | "collection" | "anchor" | "external" | "json";
  readonly born: number;
  readonly fields: Map<string, Value>;
  /** Names that were assigned after it was made, and may not be there yet. */
  readonly assigned: Set<string>;
  /** Of a list or map: any element; of an object: any field whose name is not known. */
  element: Value;
  /** Of a map: any key. */
  keys: Value;
  /** What decides which elements or names there are. */
  labels: Labels;
  /** What decides the order of a list. */
  order: Labels;
  /** Of a collection, and of a group: elements by where they come from. */
  parts: readonly Part[];
  readonly spreads: Set<HeapObject>;
  readonly closure?: Closure;
  readonly anchor?: Anchor;
  readonly external?: string;
  readonly classNode?: ts.ClassDeclaration;
}

/** Both sets; the first itself where it holds the second, so that nothing new is told by identity. */
export function union<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): ReadonlySet<T> {
  if (b.size === 0 || a === b) return a;
  if (a.size === 0) return b;
  if ([...b].every((member) => a.has(member))) return a;
  return new Set([...a, ...b]);
}

export function join(a: Value, b: Value): Value {
  if (a === b || b === NOTHING) return a;
  if (a === NOTHING) return b;
  const labels = union(a.labels, b.labels);
  const refs = union(a.refs, b.refs);
  const words = a.words !== undefined && b.words !== undefined ? union(a.words, b.words) : undefined;
  const truth = a.truth === b.truth ? a.truth : undefined;
  if (labels === a.labels && refs === a.refs && words === a.words && truth === a.truth) return a;
  return { labels, refs, ...(words !== undefined && { words }), ...(truth !== undefined && { truth }) };
}

export function joinAll(values: Iterable<Value>): Value {
  let joined = NOTHING;
  for (const value of values) joined = join(joined, value);
  return joined;
}

/** The value, decided by more fields. */
export function labelled(value: Value, labels: Labels): Value {
  const all = union(value.labels, labels);
  return all === value.labels ? value : { ...value, labels: all };
}

export function scalar(labels: Labels): Value {
  return labels.size === 0 ? UNKNOWN : { labels, refs: NOTHING.refs };
}

export function reference(object: HeapObject): Value {
  return { labels: NO_LABELS, refs: new Set([object]) };
}

/** All labels of several sets. */
export function joinLabels(all: readonly Labels[]): Labels {
  return all.reduce(union, NO_LABELS);
}

/** Every function that a value may be. */
export function closuresOf(value: Value): readonly Closure[] {
  return [...value.refs].flatMap(({ closure }) => (closure === undefined ? [] : [closure]));
}
