import type ts from "typescript";
import {
  type HeapObject,
  join,
  joinAll,
  joinLabels,
  type Labels,
  labelled,
  NO_LABELS,
  NOTHING,
  type Part,
  reference,
  scalar,
  UNKNOWN,
  union,
  type Value,
} from "./abstract-value";
import { callTransform, isTransform, type Place, transformMethod } from "./beam-calls";
import type { Flow } from "./flow";

/** What a loop over a value sees. */
export interface Iteration {
  readonly parts: readonly Part[];
  readonly order: Labels;
}

/** Any element of a list, any pair of a map, any entry of a document's array. */
export function elementsOf(flow: Flow, ref: HeapObject, at: ts.Node): Value {
  if (ref.kind === "map") {
    const pair = flow.heap.made(flow.root, at, `pair of ${ref.born}`, () => flow.heap.object("list"));
    flow.heap.setField(pair, "0", ref.keys, false);
    flow.heap.setField(pair, "1", ref.element, false);
    return ref.keys === NOTHING ? ref.element : reference(pair);
  }
  if (ref.anchor !== undefined) {
    const { contract, pointer, schema } = ref.anchor;
    const { items } = schema;
    if (items?.properties === undefined) return scalar(new Set([flow.label(ref.anchor, pointer, at)]));
    return reference(flow.anchored({ contract, pointer: `${pointer}/*`, schema: items }, at));
  }
  if (ref.kind === "object" || ref.kind === "external") return NOTHING;
  return joinAll([ref.element, ...ref.fields.values(), ...ref.parts.map(({ element }) => element)]);
}

/** A call of what lies outside of the repository: by name where it matters, else all that is given decides the result. */
export function callExternal(flow: Flow, name: string, args: readonly Value[], place: Place): Value {
  if (isTransform(name)) return callTransform(flow, name, args, place);
  return opaque(flow, args, place);
}

/** `new` of what lies outside of the repository. */
export function construct(flow: Flow, name: string, args: readonly Value[], { at, frame }: Place): Value {
  const [first = UNKNOWN] = args;
  if (name !== "Map" && name !== "Set") return scalar(joinLabels(args.map((arg) => flow.deep(arg, at))));
  const made = flow.heap.made(frame, at, "made", () => flow.heap.object("map"));
  for (const ref of first.refs) {
    const element = elementsOf(flow, ref, at);
    const labels = joinLabels([first.labels, ref.labels, presenceOf(flow, ref, at), element.labels]);
    flow.heap.addLabels(made, labels);
    flow.heap.addOrder(made, ref.order);
    if (name === "Set") {
      flow.heap.addElement(made, element);
      flow.heap.addLabels(made, flow.deep(element, at));
      continue;
    }
    const key = flow.member(element, "0", at);
    flow.heap.addKeys(made, key);
    flow.heap.addElement(made, flow.member(element, "1", at));
  }
  if (first.refs.size === 0) {
    flow.heap.addElement(made, scalar(first.labels));
    flow.heap.addLabels(made, first.labels);
  }
  return reference(made);
}

/** A call of a method that no source of the repository defines. */
export function callMethod(flow: Flow, base: Value, name: string, args: readonly Value[], place: Place): Value {
  const own = [...base.refs];
  if (own.length === 0) return labelled(textMethod(flow, base, args, place), base.labels);
  const results = own.map((ref): Value => {
    if (ref.external !== undefined) return staticMethod(flow, ref.external, name, args, place);
    const transformed = transformMethod(flow, ref, name, args, place);
    if (transformed !== null) return transformed;
    if (ref.kind === "map") return mapMethod(flow, ref, name, args, place);
    return listMethod(flow, ref, name, args, place);
  });
  return labelled(joinAll(results), base.labels);
}

/** A method of a text or of a list of texts: all of it decides the result, and whatever a callback makes of it. */
function textMethod(flow: Flow, base: Value, args: readonly Value[], place: Place): Value {
  const part = scalar(base.labels);
  const made = args.map((arg) =>
    flow.closures(arg).length > 0 ? flow.callValue(arg, [part, part], place.at, place.frame) : arg,
  );
  return scalar(joinLabels(made.map((value) => flow.deep(value, place.at))));
}

function opaque(flow: Flow, args: readonly Value[], { at, frame }: Place): Value {
  const all = scalar(joinLabels(args.map((arg) => flow.deep(arg, at))));
  for (const arg of args) {
    if (flow.closures(arg).length > 0) flow.callValue(arg, [all, all, all], at, frame);
    // What is handed out may be written to.
    for (const ref of arg.refs)
      if (ref.anchor === undefined && ref.closure === undefined) flow.heap.addElement(ref, all);
  }
  return all;
}

function staticMethod(flow: Flow, owner: string, name: string, args: readonly Value[], place: Place): Value {
  const { at, frame } = place;
  const [first = UNKNOWN] = args;
  if (owner === "JSON" && name === "stringify") {
    const text = flow.heap.made(frame, at, "json", () => flow.heap.object("json"));
    flow.heap.addElement(text, first);
    return { ...reference(text), labels: flow.deep(first, at) };
  }
  if (owner === "JSON" && name === "parse") {
    const known = [...first.refs].filter(({ kind }) => kind === "json");
    return known.length === 0 ? scalar(flow.deep(first, at)) : joinAll(known.map(({ element }) => element));
  }
  if (owner === "Object" && ["keys", "values", "entries"].includes(name)) return objectParts(flow, name, first, place);
  if (owner === "Object" && name === "assign") {
    for (const target of first.refs) {
      for (const source of args.slice(1)) {
        for (const ref of source.refs) flow.heap.addSpread(target, ref);
        flow.heap.addElement(target, scalar(source.labels));
      }
    }
    return first;
  }
  if (owner === "Array" && name === "from") {
    const copy = listCopy(flow, first, place);
    const [, made] = args;
    return made === undefined ? copy : callMethod(flow, copy, "map", [made], place);
  }
  return scalar(joinLabels(args.map((arg) => flow.deep(arg, at))));
}

function objectParts(flow: Flow, name: string, value: Value, { at, frame }: Place): Value {
  const list = flow.heap.made(frame, at, name, () => flow.heap.object("list"));
  if (value.refs.size === 0) flow.heap.addElement(list, scalar(value.labels));
  for (const ref of value.refs) {
    const names = new Set(ref.fields.keys());
    for (const spread of ref.spreads) for (const field of spread.fields.keys()) names.add(field);
    const isClosed = ref.kind === "object" && ref.element === NOTHING;
    const keys: Value = isClosed ? { ...UNKNOWN, words: names } : scalar(union(ref.labels, flow.deep(ref.keys, at)));
    const values = isClosed
      ? joinAll([...names].map((field) => flow.member(reference(ref), field, at)))
      : joinAll([ref.element, ...ref.fields.values(), ...(ref.anchor ? [scalar(flow.deep(reference(ref), at))] : [])]);
    flow.heap.addLabels(list, ref.labels);
    if (name === "keys") flow.heap.addElement(list, keys);
    else if (name === "values") flow.heap.addElement(list, values);
    else {
      const pair = flow.heap.made(frame, at, "entry", () => flow.heap.object("list"));
      flow.heap.setField(pair, "0", keys, false);
      flow.heap.setField(pair, "1", values, false);
      flow.heap.addElement(list, reference(pair));
    }
  }
  return reference(list);
}

function mapMethod(flow: Flow, map: HeapObject, name: string, args: readonly Value[], place: Place): Value {
  const { at, frame } = place;
  const [first = UNKNOWN, second] = args;
  const known = union(map.labels, flow.deep(map.keys, at));
  switch (name) {
    case "get":
      return labelled(map.element, union(known, flow.deep(first, at)));
    case "has":
      return scalar(union(known, flow.deep(first, at)));
    case "set":
      flow.heap.addKeys(map, first);
      flow.heap.addElement(map, second ?? UNKNOWN);
      flow.heap.changeContent(map, union(flow.deep(first, at), flow.presence(second ?? UNKNOWN, at)));
      return reference(map);
    case "add":
      flow.heap.addElement(map, first);
      flow.heap.changeContent(map, flow.deep(first, at));
      return reference(map);
    case "delete":
    case "clear":
      flow.heap.changeContent(map, flow.deep(first, at));
      return scalar(known);
    case "keys":
    case "values": {
      const list = flow.heap.made(frame, at, name, () => flow.heap.object("list"));
      flow.heap.addElement(list, name === "keys" && map.keys !== NOTHING ? map.keys : map.element);
      flow.heap.addLabels(list, known);
      flow.heap.addOrder(list, map.order);
      return reference(list);
    }
    case "entries":
      return reference(map);
    default:
      return opaque(flow, [reference(map), ...args], place);
  }
}

const COPIES = new Set(["slice", "concat", "values", "toReversed", "flat", "reverse"]);
const TESTS = new Set(["some", "every", "findIndex", "findLastIndex"]);
const SEARCHES = new Set(["includes", "indexOf", "lastIndexOf"]);

function listMethod(flow: Flow, list: HeapObject, name: string, args: readonly Value[], place: Place): Value {
  const { at, frame } = place;
  const [callback = UNKNOWN, initial] = args;
  const element = elementsOf(flow, list, at);
  const self = reference(list);
  const labels = union(list.labels, presenceOf(flow, list, at));
  const each = (...more: readonly Value[]): Value =>
    flow.callValue(callback, [...more, element, UNKNOWN, self], at, frame);
  const result = (): HeapObject => {
    const made = flow.heap.made(frame, at, name, () => flow.heap.object("list"));
    flow.heap.addLabels(made, labels);
    flow.heap.addOrder(made, list.order);
    return made;
  };
  if (COPIES.has(name)) {
    const made = result();
    flow.heap.addElement(made, element);
    for (const arg of args) {
      if (name !== "concat") flow.heap.addLabels(made, flow.deep(arg, at));
      else
        for (const ref of arg.refs) flow.heap.addElement(made, ref.kind === "list" ? elementsOf(flow, ref, at) : arg);
    }
    return reference(made);
  }
  if (TESTS.has(name)) return scalar(union(labels, flow.deep(each(), at)));
  if (SEARCHES.has(name))
    return scalar(joinLabels([labels, flow.deep(self, at), ...args.map((a) => flow.deep(a, at))]));
  switch (name) {
    case "map": {
      const made = result();
      flow.heap.addElement(made, each());
      return reference(made);
    }
    case "filter": {
      const made = result();
      flow.heap.addElement(made, element);
      flow.heap.addLabels(made, flow.deep(each(), at));
      return reference(made);
    }
    case "flatMap": {
      const made = result();
      const inner = each();
      flow.heap.addLabels(made, inner.labels);
      if (inner.refs.size === 0) flow.heap.addElement(made, inner);
      for (const ref of inner.refs) {
        flow.heap.addElement(made, elementsOf(flow, ref, at));
        flow.heap.addLabels(made, ref.labels);
      }
      return reference(made);
    }
    case "forEach":
      each();
      return UNKNOWN;
    case "find":
    case "findLast":
      return labelled(element, joinLabels([labels, list.order, flow.deep(each(), at)]));
    case "at":
    case "pop":
    case "shift":
      if (name !== "at") flow.heap.changeContent(list, NO_LABELS);
      return labelled(element, joinLabels([labels, list.order, flow.deep(callback, at)]));
    case "sort":
    case "toSorted": {
      const order = flow.deep(flow.callValue(callback, [element, element], at, frame), at);
      const target = name === "sort" ? list : result();
      if (name === "toSorted") flow.heap.addElement(target, element);
      flow.heap.addOrder(target, callback.refs.size === 0 ? flow.deep(element, at) : order);
      return reference(target);
    }
    case "push":
    case "unshift":
      for (const arg of args) {
        flow.heap.addElement(list, arg);
        flow.heap.changeContent(list, union(arg.labels, flow.presence(arg, at)));
      }
      return UNKNOWN;
    case "splice": {
      const [start = UNKNOWN, count = UNKNOWN, ...added] = args;
      for (const arg of added) flow.heap.addElement(list, arg);
      const decided = joinLabels([start, count, ...added].map((arg) => flow.deep(arg, at)));
      flow.heap.changeContent(list, decided);
      flow.heap.addOrder(list, decided);
      return self;
    }
    case "entries": {
      const made = result();
      const pair = flow.heap.made(frame, at, "entry", () => flow.heap.object("list"));
      flow.heap.setField(pair, "1", element, false);
      flow.heap.addElement(made, reference(pair));
      return reference(made);
    }
    case "reduce": {
      let sum = initial ?? element;
      flow.heap.untilStable(() => {
        const next = flow.callValue(callback, [sum, element], at, frame);
        sum = join(sum, labelled(next, union(labels, list.order)));
      });
      return sum;
    }
    case "join":
      return scalar(joinLabels([labels, list.order, flow.deep(self, at)]));
    default:
      return opaque(flow, [self, ...args], place);
  }
}

function listCopy(flow: Flow, value: Value, { at, frame }: Place): Value {
  const made = flow.heap.made(frame, at, "copy", () => flow.heap.object("list"));
  for (const ref of value.refs) {
    flow.heap.addElement(made, elementsOf(flow, ref, at));
    flow.heap.addLabels(made, ref.labels);
    flow.heap.addOrder(made, ref.order);
  }
  if (value.refs.size === 0) flow.heap.addElement(made, scalar(value.labels));
  return labelled(reference(made), value.labels);
}

/** That a document has an array at all. */
function presenceOf(flow: Flow, { anchor }: HeapObject, at: ts.Node): Labels {
  return anchor?.schema.items === undefined ? NO_LABELS : new Set([flow.label(anchor, anchor.pointer, at)]);
}
