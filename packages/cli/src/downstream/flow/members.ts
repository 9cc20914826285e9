import ts from "typescript";
import {
  type Anchor,
  type HeapObject,
  join,
  joinAll,
  joinLabels,
  type Label,
  type Labels,
  labelled,
  NOTHING,
  reference,
  scalar,
  union,
  type Value,
} from "./abstract-value";
import { elementsOf } from "./elements";
import type { Flow } from "./flow";
import { plainName } from "./syntax";

/** The named part of a value. */
export function member(flow: Flow, base: Value, name: string, at: ts.Node): Value {
  if (base.refs.size === 0) return scalar(base.labels);
  let found = NOTHING;
  for (const ref of base.refs) found = join(found, memberOf(flow, ref, name, at));
  return labelled(found, passedDown(base.labels, found));
}

/** The part of a list or object at an index that stands in the code. */
export function indexed(flow: Flow, value: Value, index: string, at: ts.Node): Value {
  if (value.refs.size === 0) return scalar(value.labels);
  let found = NOTHING;
  for (const ref of value.refs) {
    found = join(found, ref.fields.get(index) ?? labelled(elementsOf(flow, ref, at), union(ref.labels, ref.order)));
  }
  return labelled(found, value.labels);
}

/** The part whose name or index is computed: where no words are known, it may be any. */
export function computedMember(flow: Flow, base: Value, key: Value, at: ts.Node): Value {
  const { labels } = flow;
  const keyLabels = labels.deep(key, at);
  if (key.words !== undefined) {
    return labelled(joinAll([...key.words].map((word) => member(flow, base, word, at))), keyLabels);
  }
  let found = scalar(base.labels);
  for (const ref of base.refs) {
    const all = joinAll([
      elementsOf(flow, ref, at),
      ...ref.fields.values(),
      ...(ref.anchor === undefined ? [] : [scalar(labels.whole(ref.anchor, at))]),
    ]);
    found = join(found, labelled(all, union(ref.labels, union(ref.order, labels.deep(ref.keys, at)))));
  }
  return labelled(found, keyLabels);
}

/** `"name" in value`, known where all that the value may be are objects whose names are. */
export function hasMember(flow: Flow, key: Value, value: Value, at: ts.Node): Value {
  const { labels } = flow;
  const [word] = key.words ?? [];
  const isClosed = (ref: HeapObject): boolean =>
    ref.kind === "object" &&
    ref.spreads.size === 0 &&
    ref.element === NOTHING &&
    ref.classNode === undefined &&
    (word === undefined || !ref.assigned.has(word));
  if (word === undefined || key.words?.size !== 1 || value.refs.size === 0 || ![...value.refs].every(isClosed)) {
    return scalar(union(labels.deep(key, at), labels.deep(value, at)));
  }
  const has = [...value.refs].map(({ fields }) => fields.has(word));
  if (has.every((yes) => yes === has[0])) return { ...scalar(value.labels), truth: has[0] === true };
  return scalar(union(value.labels, labels.deep(member(flow, value, word, at), at)));
}

function memberOf(flow: Flow, ref: HeapObject, name: string, at: ts.Node): Value {
  if (ref.anchor !== undefined) return anchoredMember(flow, ref.anchor, name, at);
  const inSpreads = (): Value => joinAll([...ref.spreads].map((spread) => memberOf(flow, spread, name, at)));
  const field = ref.fields.get(name);
  if (field !== undefined) {
    // A name that was computed, or that another object brought, may have been this one.
    return join(ref.keys === NOTHING ? field : join(field, ref.element), inSpreads());
  }
  if (ref.kind === "list" || ref.kind === "map" || ref.kind === "collection") {
    if (name !== "length" && name !== "size") return NOTHING;
    return scalar(joinLabels([ref.labels, ...ref.parts.map(({ labels }) => labels)]));
  }
  const method = ref.classNode?.members
    .filter(ts.isMethodDeclaration)
    .find((declared) => plainName(declared.name) === name);
  if (method !== undefined) return flow.heap.closure(method, null, reference(ref));
  return join(ref.element, inSpreads());
}

function anchoredMember({ heap, labels }: Flow, anchor: Anchor, name: string, at: ts.Node): Value {
  const { schema, pointer } = anchor;
  if (schema.items !== undefined) return scalar(new Set([labels.label(anchor, pointer, at)]));
  const below = schema.properties?.[name];
  if (below === undefined) return NOTHING;
  const read = new Set([labels.label(anchor, `${pointer}/${name}`, at)]);
  if (below.properties === undefined && below.items?.properties === undefined) return scalar(read);
  const part = { contract: anchor.contract, pointer: `${pointer}/${name}`, schema: below };
  return { labels: read, refs: new Set([heap.anchored(part, at)]) };
}

/** That a part of a document is there says no more than that the field below it is. */
function passedDown(labels: Labels, found: Value): Labels {
  const isTold = (label: Label): boolean =>
    [...found.labels].some(
      ({ contract, pointer }) => contract === label.contract && pointer.startsWith(`${label.pointer}/`),
    );
  return [...labels].some(isTold) ? new Set([...labels].filter((label) => !isTold(label))) : labels;
}
