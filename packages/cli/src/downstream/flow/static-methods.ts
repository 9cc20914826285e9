import {
  type HeapObject,
  joinAll,
  joinLabels,
  labelled,
  NOTHING,
  reference,
  scalar,
  UNKNOWN,
  union,
  type Value,
} from "./abstract-value";
import { elementsOf } from "./elements";
import type { Flow, Place } from "./flow";
import { listMethod } from "./list-methods";
import { member } from "./members";

/** A call of a function that an object of the language or of a library holds, `Object.keys`. */
export function staticMethod(flow: Flow, owner: string, name: string, args: readonly Value[], place: Place): Value {
  const { heap, labels } = flow;
  const { at, frame } = place;
  const [first = UNKNOWN] = args;
  switch (`${owner}.${name}`) {
    case "JSON.stringify": {
      const text = heap.made(frame, at, "json", () => heap.object("json"));
      heap.addElement(text, first);
      return { ...reference(text), labels: labels.deep(first, at) };
    }
    case "JSON.parse": {
      const known = [...first.refs].filter(({ kind }) => kind === "json");
      return known.length === 0 ? scalar(labels.deep(first, at)) : joinAll(known.map(({ element }) => element));
    }
    case "Object.keys":
    case "Object.values":
    case "Object.entries":
      return objectParts(flow, name, first, place);
    case "Object.assign":
      return assigned(flow, first, args.slice(1));
    case "Array.from":
      return listFrom(flow, args, place);
    default:
      return scalar(joinLabels(args.map((arg) => labels.deep(arg, at))));
  }
}

function assigned({ heap }: Flow, target: Value, sources: readonly Value[]): Value {
  for (const object of target.refs) {
    for (const source of sources) {
      for (const ref of source.refs) heap.addSpread(object, ref);
      heap.addElement(object, scalar(source.labels));
    }
  }
  return target;
}

function objectParts(flow: Flow, name: string, value: Value, { at, frame }: Place): Value {
  const { heap } = flow;
  const list = heap.made(frame, at, name, () => heap.object("list"));
  if (value.refs.size === 0) heap.addElement(list, scalar(value.labels));
  for (const ref of value.refs) {
    const [keys, values] = keysAndValues(flow, ref, at);
    heap.addLabels(list, ref.labels);
    if (name === "keys") heap.addElement(list, keys);
    else if (name === "values") heap.addElement(list, values);
    else {
      const pair = heap.made(frame, at, "entry", () => heap.object("list"));
      heap.setField(pair, "0", keys, false);
      heap.setField(pair, "1", values, false);
      heap.addElement(list, reference(pair));
    }
  }
  return reference(list);
}

/** Any name of an object, and any value; names are known as words where all of them stand in the code. */
function keysAndValues(flow: Flow, ref: HeapObject, at: Place["at"]): readonly [keys: Value, values: Value] {
  const { labels } = flow;
  if (ref.kind === "object" && ref.element === NOTHING) {
    const words = new Set([ref, ...ref.spreads].flatMap(({ fields }) => [...fields.keys()]));
    return [{ ...UNKNOWN, words }, joinAll([...words].map((word) => member(flow, reference(ref), word, at)))];
  }
  const whole = ref.anchor === undefined ? NOTHING : scalar(labels.deep(reference(ref), at));
  const keys = scalar(union(ref.labels, labels.deep(ref.keys, at)));
  return [keys, joinAll([ref.element, ...ref.fields.values(), whole])];
}

function listFrom(flow: Flow, [value = UNKNOWN, callback]: readonly Value[], place: Place): Value {
  const { heap } = flow;
  const copy = heap.made(place.frame, place.at, "copy", () => heap.object("list"));
  for (const ref of value.refs) {
    heap.addElement(copy, elementsOf(flow, ref, place.at));
    heap.addLabels(copy, ref.labels);
    heap.addOrder(copy, ref.order);
  }
  if (value.refs.size === 0) heap.addElement(copy, scalar(value.labels));
  const list = callback === undefined ? reference(copy) : listMethod(flow, copy, "map", [callback], place);
  return labelled(list, value.labels);
}
