import { closuresOf, joinLabels, scalar, type Value } from "./abstract-value";
import type { Flow, Place } from "./flow";

/** A call of which nothing is known: all that it is given decides its result, and whatever it may call or write to. */
export function unknownCall(flow: Flow, args: readonly Value[], { at, frame }: Place): Value {
  const all = scalar(joinLabels(args.map((arg) => flow.labels.deep(arg, at))));
  for (const arg of args) {
    if (closuresOf(arg).length > 0) flow.callValue(arg, [all, all, all], { at, frame });
    for (const ref of arg.refs)
      if (ref.anchor === undefined && ref.closure === undefined) flow.heap.addElement(ref, all);
  }
  return all;
}
