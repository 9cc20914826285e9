import { closuresOf, joinAll, joinLabels, labelled, reference, scalar, UNKNOWN, type Value } from "./abstract-value";
import { callTransform, isTransform, transformMethod } from "./beam-calls";
import { arrayPresence, elementsOf } from "./elements";
import type { Flow, Place } from "./flow";
import { listMethod } from "./list-methods";
import { mapMethod } from "./map-methods";
import { member } from "./members";
import { staticMethod } from "./static-methods";
import { unknownCall } from "./unknown-call";

/** A call of what lies outside of the repository: by name where it matters, else all that is given decides the result. */
export function callExternal(flow: Flow, name: string, args: readonly Value[], place: Place): Value {
  return isTransform(name) ? callTransform(flow, name, args, place) : unknownCall(flow, args, place);
}

/** `new` of what lies outside of the repository. */
export function construct(flow: Flow, name: string, args: readonly Value[], { at, frame }: Place): Value {
  const { heap, labels } = flow;
  const [first = UNKNOWN] = args;
  if (name !== "Map" && name !== "Set") return scalar(joinLabels(args.map((arg) => labels.deep(arg, at))));
  const made = heap.made(frame, at, "made", () => heap.object("map"));
  for (const ref of first.refs) {
    const element = elementsOf(flow, ref, at);
    heap.addLabels(made, joinLabels([first.labels, ref.labels, arrayPresence(flow, ref, at), element.labels]));
    heap.addOrder(made, ref.order);
    if (name === "Set") {
      heap.addElement(made, element);
      heap.addLabels(made, labels.deep(element, at));
    } else {
      heap.addKeys(made, member(flow, element, "0", at));
      heap.addElement(made, member(flow, element, "1", at));
    }
  }
  if (first.refs.size === 0) {
    heap.addElement(made, scalar(first.labels));
    heap.addLabels(made, first.labels);
  }
  return reference(made);
}

/** A call of a method that no source of the repository defines. */
export function callMethod(flow: Flow, base: Value, name: string, args: readonly Value[], place: Place): Value {
  if (base.refs.size === 0) return labelled(textMethod(flow, base, args, place), base.labels);
  const results = [...base.refs].map((ref): Value => {
    if (ref.external !== undefined) return staticMethod(flow, ref.external, name, args, place);
    const transformed = transformMethod(flow, ref, name, args, place);
    if (transformed !== null) return transformed;
    return ref.kind === "map" ? mapMethod(flow, ref, name, args, place) : listMethod(flow, ref, name, args, place);
  });
  return labelled(joinAll(results), base.labels);
}

/** A method of a text or of a list of texts: all of it decides the result, and whatever a callback makes of it. */
function textMethod(flow: Flow, base: Value, args: readonly Value[], { at, frame }: Place): Value {
  const part = scalar(base.labels);
  const made = args.map((arg) => (closuresOf(arg).length > 0 ? flow.callValue(arg, [part, part], { at, frame }) : arg));
  return scalar(joinLabels(made.map((value) => flow.labels.deep(value, at))));
}
