import {
  type HeapObject,
  join,
  joinLabels,
  type Labels,
  labelled,
  NO_LABELS,
  reference,
  scalar,
  UNKNOWN,
  union,
  type Value,
} from "./abstract-value";
import { arrayPresence, elementsOf } from "./elements";
import type { Flow, Place } from "./flow";
import { unknownCall } from "./unknown-call";

/** A call of a method of a list. */
interface ListCall {
  readonly flow: Flow;
  readonly list: HeapObject;
  readonly name: string;
  readonly args: readonly Value[];
  readonly place: Place;
  /** Any element of the list. */
  readonly element: Value;
  /** What decides which elements there are. */
  readonly labels: Labels;
}

type ListMethod = (call: ListCall) => Value;

const METHODS: ReadonlyMap<string, ListMethod> = new Map<string, ListMethod>([
  ["slice", copied],
  ["values", copied],
  ["toReversed", copied],
  ["flat", copied],
  ["reverse", copied],
  ["concat", concatenated],
  ["some", tested],
  ["every", tested],
  ["findIndex", tested],
  ["findLastIndex", tested],
  ["includes", searched],
  ["indexOf", searched],
  ["lastIndexOf", searched],
  ["map", mapped],
  ["filter", filtered],
  ["flatMap", flatMapped],
  ["forEach", visited],
  ["find", found],
  ["findLast", found],
  ["at", picked],
  ["pop", taken],
  ["shift", taken],
  ["sort", sorted],
  ["toSorted", sorted],
  ["push", added],
  ["unshift", added],
  ["splice", spliced],
  ["entries", entries],
  ["reduce", reduced],
  ["join", joined],
]);

/** A method of a list; of any other, all that it is given decides the result. */
export function listMethod(flow: Flow, list: HeapObject, name: string, args: readonly Value[], place: Place): Value {
  const element = elementsOf(flow, list, place.at);
  const labels = union(list.labels, arrayPresence(flow, list, place.at));
  const method = METHODS.get(name);
  if (method === undefined) return unknownCall(flow, [reference(list), ...args], place);
  return method({ flow, list, name, args, place, element, labels });
}

/** A list of the call's own, with as many elements in the same order. */
function resultList({ flow: { heap }, list, name, place, labels }: ListCall): HeapObject {
  const made = heap.made(place.frame, place.at, name, () => heap.object("list"));
  heap.addLabels(made, labels);
  heap.addOrder(made, list.order);
  return made;
}

/** What the callback makes of an element. */
function ofEach({ flow, list, args, place, element }: ListCall): Value {
  const [callback = UNKNOWN] = args;
  return flow.callValue(callback, [element, UNKNOWN, reference(list)], { at: place.at, frame: place.frame });
}

function deep({ flow, place }: ListCall, value: Value): Labels {
  return flow.labels.deep(value, place.at);
}

function copied(call: ListCall): Value {
  const { heap } = call.flow;
  const made = resultList(call);
  heap.addElement(made, call.element);
  for (const arg of call.args) heap.addLabels(made, deep(call, arg));
  return reference(made);
}

function concatenated(call: ListCall): Value {
  const { flow, place } = call;
  const made = resultList(call);
  flow.heap.addElement(made, call.element);
  for (const arg of call.args) {
    for (const ref of arg.refs) {
      flow.heap.addElement(made, ref.kind === "list" ? elementsOf(flow, ref, place.at) : arg);
    }
  }
  return reference(made);
}

function tested(call: ListCall): Value {
  return scalar(union(call.labels, deep(call, ofEach(call))));
}

function searched(call: ListCall): Value {
  const given = call.args.map((arg) => deep(call, arg));
  return scalar(joinLabels([call.labels, deep(call, reference(call.list)), ...given]));
}

function mapped(call: ListCall): Value {
  const made = resultList(call);
  call.flow.heap.addElement(made, ofEach(call));
  return reference(made);
}

function filtered(call: ListCall): Value {
  const { heap } = call.flow;
  const made = resultList(call);
  heap.addElement(made, call.element);
  heap.addLabels(made, deep(call, ofEach(call)));
  return reference(made);
}

function flatMapped(call: ListCall): Value {
  const { flow, place } = call;
  const made = resultList(call);
  const inner = ofEach(call);
  flow.heap.addLabels(made, inner.labels);
  if (inner.refs.size === 0) flow.heap.addElement(made, inner);
  for (const ref of inner.refs) {
    flow.heap.addElement(made, elementsOf(flow, ref, place.at));
    flow.heap.addLabels(made, ref.labels);
  }
  return reference(made);
}

function visited(call: ListCall): Value {
  ofEach(call);
  return UNKNOWN;
}

function found(call: ListCall): Value {
  return labelled(call.element, joinLabels([call.labels, call.list.order, deep(call, ofEach(call))]));
}

function picked(call: ListCall): Value {
  const [index = UNKNOWN] = call.args;
  return labelled(call.element, joinLabels([call.labels, call.list.order, deep(call, index)]));
}

function taken(call: ListCall): Value {
  call.flow.heap.changeContent(call.list, NO_LABELS);
  return picked(call);
}

function sorted(call: ListCall): Value {
  const { flow, list, name, element, place } = call;
  const [callback = UNKNOWN] = call.args;
  const order = deep(call, flow.callValue(callback, [element, element], { at: place.at, frame: place.frame }));
  const target = name === "sort" ? list : resultList(call);
  if (name === "toSorted") flow.heap.addElement(target, element);
  flow.heap.addOrder(target, callback.refs.size === 0 ? deep(call, element) : order);
  return reference(target);
}

function added({ flow, list, args, place }: ListCall): Value {
  for (const arg of args) {
    flow.heap.addElement(list, arg);
    flow.heap.changeContent(list, union(arg.labels, flow.labels.presence(arg, place.at)));
  }
  return UNKNOWN;
}

function spliced(call: ListCall): Value {
  const { list, args } = call;
  const { heap } = call.flow;
  const [start = UNKNOWN, count = UNKNOWN, ...inserted] = args;
  for (const arg of inserted) heap.addElement(list, arg);
  const decided = joinLabels([start, count, ...inserted].map((arg) => deep(call, arg)));
  heap.changeContent(list, decided);
  heap.addOrder(list, decided);
  return reference(list);
}

function entries(call: ListCall): Value {
  const { flow, place, element } = call;
  const made = resultList(call);
  const pair = flow.heap.made(place.frame, place.at, "entry", () => flow.heap.object("list"));
  flow.heap.setField(pair, "1", element, false);
  flow.heap.addElement(made, reference(pair));
  return reference(made);
}

function reduced({ flow, list, args, place, element, labels }: ListCall): Value {
  const [callback = UNKNOWN, initial = element] = args;
  let sum = initial;
  flow.heap.untilStable(() => {
    const next = flow.callValue(callback, [sum, element], { at: place.at, frame: place.frame });
    sum = join(sum, labelled(next, union(labels, list.order)));
  });
  return sum;
}

function joined(call: ListCall): Value {
  return scalar(joinLabels([call.labels, call.list.order, deep(call, reference(call.list))]));
}
