import type ts from "typescript";
import {
  type HeapObject,
  joinAll,
  joinLabels,
  type Labels,
  NO_LABELS,
  NOTHING,
  type Part,
  reference,
  scalar,
  union,
  type Value,
} from "./abstract-value";
import type { Flow } from "./flow";

/** What a loop over a value sees. */
export interface Iteration {
  readonly parts: readonly Part[];
  readonly order: Labels;
}

export function iteration(flow: Flow, value: Value, at: ts.Node): Iteration {
  if (value.refs.size === 0) {
    return { parts: [{ element: scalar(value.labels), labels: value.labels }], order: NO_LABELS };
  }
  const parts = [...value.refs].flatMap((ref) => {
    if (ref.parts.length > 0) return ref.parts;
    const { anchor } = ref;
    const presence = anchor === undefined ? NO_LABELS : new Set([flow.labels.label(anchor, anchor.pointer, at)]);
    return [{ element: elementsOf(flow, ref, at), labels: union(ref.labels, presence) }];
  });
  const order = joinLabels([...value.refs].map((ref) => ref.order));
  return { parts: parts.map((part) => ({ ...part, labels: union(part.labels, value.labels) })), order };
}

/** Any element of a list, any pair of a map, any entry of a document's array. */
export function elementsOf(flow: Flow, ref: HeapObject, at: ts.Node): Value {
  const { heap, labels } = flow;
  if (ref.kind === "map") {
    const pair = heap.made(heap.root, at, `pair of ${ref.born}`, () => heap.object("list"));
    heap.setField(pair, "0", ref.keys, false);
    heap.setField(pair, "1", ref.element, false);
    return ref.keys === NOTHING ? ref.element : reference(pair);
  }
  if (ref.anchor !== undefined) {
    const { contract, pointer, schema } = ref.anchor;
    const { items } = schema;
    if (items?.properties === undefined) return scalar(new Set([labels.label(ref.anchor, pointer, at)]));
    return reference(heap.anchored({ contract, pointer: `${pointer}/*`, schema: items }, at));
  }
  if (ref.kind === "object" || ref.kind === "external") return NOTHING;
  return joinAll([ref.element, ...ref.fields.values(), ...ref.parts.map(({ element }) => element)]);
}

/** That a document has an array at all. */
export function arrayPresence({ labels }: Flow, { anchor }: HeapObject, at: ts.Node): Labels {
  return anchor?.schema.items === undefined ? NO_LABELS : new Set([labels.label(anchor, anchor.pointer, at)]);
}
