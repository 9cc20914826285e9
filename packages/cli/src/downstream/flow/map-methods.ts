import { type HeapObject, labelled, NOTHING, reference, scalar, UNKNOWN, union, type Value } from "./abstract-value";
import type { Flow, Place } from "./flow";
import { unknownCall } from "./unknown-call";

/** A method of a map or set. */
export function mapMethod(flow: Flow, map: HeapObject, name: string, args: readonly Value[], place: Place): Value {
  const { heap, labels } = flow;
  const { at, frame } = place;
  const [first = UNKNOWN, second = UNKNOWN] = args;
  const known = union(map.labels, labels.deep(map.keys, at));
  switch (name) {
    case "get":
      return labelled(map.element, union(known, labels.deep(first, at)));
    case "has":
      return scalar(union(known, labels.deep(first, at)));
    case "set":
      heap.addKeys(map, first);
      heap.addElement(map, second);
      heap.changeContent(map, union(labels.deep(first, at), labels.presence(second, at)));
      return reference(map);
    case "add":
      heap.addElement(map, first);
      heap.changeContent(map, labels.deep(first, at));
      return reference(map);
    case "delete":
    case "clear":
      heap.changeContent(map, labels.deep(first, at));
      return scalar(known);
    case "keys":
    case "values": {
      const list = heap.made(frame, at, name, () => heap.object("list"));
      heap.addElement(list, name === "keys" && map.keys !== NOTHING ? map.keys : map.element);
      heap.addLabels(list, known);
      heap.addOrder(list, map.order);
      return reference(list);
    }
    case "entries":
      return reference(map);
    default:
      return unknownCall(flow, [reference(map), ...args], place);
  }
}
