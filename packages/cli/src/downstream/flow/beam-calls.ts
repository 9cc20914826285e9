import {
  type HeapObject,
  joinAll,
  joinLabels,
  labelled,
  NO_LABELS,
  type Part,
  reference,
  scalar,
  UNKNOWN,
  union,
  type Value,
} from "./abstract-value";
import { elementsOf } from "./elements";
import type { Flow, Place } from "./flow";
import { member } from "./members";

const TRANSFORMS = new Set(["withName", "P", "flatten", "groupByKey", "combinePerKey"]);

/** Whether an imported function is one of the Beam SDK's that pipelines are put together with. */
export function isTransform(name: string): boolean {
  return TRANSFORMS.has(name);
}

/** The Beam SDK's functions: names change nothing, what groups is applied later. */
export function callTransform(flow: Flow, name: string, args: readonly Value[], { at, frame }: Place): Value {
  const [first = UNKNOWN, second = UNKNOWN] = args;
  if (name === "withName") return second;
  if (name === "P") return first;
  const made = flow.heap.made(frame, at, name, () => flow.heap.object("external", { external: name }));
  flow.heap.addElement(made, first);
  return reference(made);
}

/** `apply`, and the element-wise methods of a collection; null for any other method. */
export function transformMethod(
  flow: Flow,
  ref: HeapObject,
  name: string,
  args: readonly Value[],
  place: Place,
): Value | null {
  const [first = UNKNOWN, context = UNKNOWN] = args;
  if (name === "apply" && ref.closure === undefined) return apply(flow, ref, first, place);
  if (ref.kind !== "collection" || (name !== "map" && name !== "flatMap")) return null;
  const parts = ref.parts.map(({ element, labels }, i): Part => {
    const made = flow.callValue(first, [element, context], { ...place, tag: `${ref.born}.${i}` });
    if (name === "map") return { element: made, labels };
    const refs = [...made.refs];
    return {
      element: joinAll(refs.map((list) => elementsOf(flow, list, place.at))),
      labels: joinLabels([labels, made.labels, ...refs.map((list) => list.labels)]),
    };
  });
  return collection(flow, `${name} of ${ref.born}`, parts, place);
}

/** A collection at a place of the code. */
export function collection(flow: Flow, tag: string, parts: readonly Part[], { at, frame }: Place): Value {
  const made = flow.heap.made(frame, at, tag, () => flow.heap.object("collection"));
  made.parts = parts;
  return reference(made);
}

function apply(flow: Flow, ref: HeapObject, transform: Value, place: Place): Value {
  const { at, frame } = place;
  const results = [...transform.refs].map((applied): Value => {
    if (applied.closure !== undefined)
      return flow.call(applied.closure, [reference(ref)], { at, frame, tag: String(ref.born) });
    if (applied.external === "flatten") return flattened(flow, ref, place);
    if (applied.external === "groupByKey") return grouped(flow, ref, place);
    if (applied.external === "combinePerKey") return combined(flow, ref, applied.element, place);
    return scalar(flow.labels.deep(reference(ref), at));
  });
  return joinAll(results);
}

function flattened(flow: Flow, list: HeapObject, place: Place): Value {
  const parts = [...elementsOf(flow, list, place.at).refs].flatMap((input) => input.parts);
  return collection(flow, `flatten of ${list.born}`, parts, place);
}

/**
 * Elements by key. A group keeps apart where its elements come from: what decides that one table has a row for a key
 * says nothing about the others' rows.
 */
function grouped(flow: Flow, input: HeapObject, place: Place): Value {
  const { at, frame } = place;
  const keys = input.parts.map(({ element }) => member(flow, element, "key", at));
  const values = flow.heap.made(frame, at, `values of ${input.born}`, () => flow.heap.object("list"));
  values.parts = input.parts.map(({ element, labels }, i) => ({
    element: member(flow, element, "value", at),
    labels: union(labels, flow.labels.deep(keys[i] ?? UNKNOWN, at)),
  }));
  const group = flow.heap.made(frame, at, `group of ${input.born}`, () => flow.heap.object("object"));
  const all = joinLabels(input.parts.map(({ labels }) => labels));
  flow.heap.setField(group, "key", labelled(joinAll(keys), all), false);
  flow.heap.setField(group, "value", reference(values), false);
  return collection(flow, `groups of ${input.born}`, [{ element: reference(group), labels: NO_LABELS }], place);
}

/** The key decides which rows there are and what is combined into each. */
function combined(flow: Flow, input: HeapObject, combineFn: Value, place: Place): Value {
  const { at, frame } = place;
  const step = (name: string, args: readonly Value[]): Value =>
    flow.callValue(member(flow, combineFn, name, at), args, { at, frame, tag: `${name} of ${input.born}` });
  let accumulator = step("createAccumulator", []);
  for (const { element } of input.parts) {
    flow.heap.untilStable(() => {
      accumulator = joinAll([accumulator, step("addInput", [accumulator, member(flow, element, "value", at)])]);
      const several = flow.heap.made(frame, at, `accumulators of ${input.born}`, () => flow.heap.object("list"));
      flow.heap.addElement(several, accumulator);
      accumulator = joinAll([accumulator, step("mergeAccumulators", [reference(several)])]);
    });
  }
  const keys = joinAll(input.parts.map(({ element }) => member(flow, element, "key", at)));
  const row = flow.heap.made(frame, at, `combined of ${input.born}`, () => flow.heap.object("object"));
  flow.heap.setField(row, "key", keys, false);
  flow.heap.setField(row, "value", step("extractOutput", [accumulator]), false);
  const labels = union(joinLabels(input.parts.map(({ labels: some }) => some)), flow.labels.deep(keys, at));
  return collection(flow, `combination of ${input.born}`, [{ element: reference(row), labels }], place);
}
