import ts from "typescript";
import {
  type Closure,
  type Frame,
  join,
  joinLabels,
  type KnownCall,
  type Labels,
  labelled,
  NOTHING,
  reference,
  scalar,
  UNKNOWN,
  union,
  type Value,
} from "./abstract-value";
import { bind } from "./binding";
import type { Flow, Place } from "./flow";
import { callExternal } from "./library-calls";

/** Calls of one function within itself that are followed before its arguments are taken for its result. */
const RECURSIONS = 2;

/** The result of a function: evaluated anew only where more is known than the last time. */
export function call(flow: Flow, closure: Closure, args: readonly Value[], { at, frame: caller, tag }: Place): Value {
  const { heap, running } = flow;
  const { node } = closure;
  if (node.body === undefined || running.filter((one) => one === node).length >= RECURSIONS) {
    return madeOf(flow, args, at);
  }
  flow.visited.add(node);
  const frame = heap.made(caller, at, `call ${closure.id} ${tag ?? ""}`, () => heap.frame(closure.frame, closure.self));
  const decided = joinLabels([...heap.regions, ...heap.loops].map(({ labels }) => labels));
  if (frame.known?.changes === heap.changes && isCovered(frame.known, args, decided)) return frame.known.result;
  const { regions } = heap;
  running.push(node);
  runBody(flow, node, args, frame);
  running.pop();
  heap.regions = regions;
  const result = node.asteriskToken === undefined ? frame.returned.value : reference(frame.yielded);
  frame.known = { changes: heap.changes, args, decided, result };
  return result;
}

/** The result of whatever functions a value may be. */
export function callValue(flow: Flow, callee: Value, args: readonly Value[], place: Place): Value {
  if (callee.refs.size === 0) return labelled(madeOf(flow, args, place.at), callee.labels);
  let result = NOTHING;
  for (const { closure, external } of callee.refs) {
    if (closure !== undefined) result = join(result, call(flow, closure, args, place));
    else if (external !== undefined) result = join(result, callExternal(flow, external, args, place));
    else result = join(result, madeOf(flow, args, place.at));
  }
  return labelled(result, callee.labels);
}

function runBody(flow: Flow, node: ts.FunctionLikeDeclaration, args: readonly Value[], frame: Frame): void {
  node.parameters.forEach((parameter, i) => {
    const isRest = parameter.dotDotDotToken !== undefined;
    const given = isRest ? reference(flow.heap.list(frame, parameter, args.slice(i))) : (args[i] ?? UNKNOWN);
    bind(flow, parameter.name, given, frame, parameter.initializer);
  });
  const { body } = node;
  if (body === undefined) return;
  if (ts.isBlock(body)) flow.execute(body, frame);
  else flow.heap.write(frame.returned, flow.evaluate(body as ts.Expression, frame));
}

/** Of a call that is not followed: all that it is given decides its result. */
function madeOf({ labels }: Flow, args: readonly Value[], at: ts.Node): Value {
  return scalar(joinLabels(args.map((arg) => labels.deep(arg, at))));
}

/** Whether a call was evaluated with all that it is given now. */
function isCovered({ args, decided }: KnownCall, now: readonly Value[], decidedNow: Labels): boolean {
  return (
    union(decided, decidedNow) === decided &&
    args.length === now.length &&
    args.every((arg, i) => join(arg, now[i] ?? NOTHING) === arg)
  );
}
