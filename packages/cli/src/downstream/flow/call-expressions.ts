import ts from "typescript";
import { closuresOf, type Frame, joinAll, labelled, reference, type Value } from "./abstract-value";
import { iteration } from "./elements";
import type { Flow } from "./flow";
import { callMethod, construct } from "./library-calls";
import { member } from "./members";
import { plainName, unwrapped } from "./syntax";

export function callExpression(flow: Flow, node: ts.CallExpression, frame: Frame): Value {
  const callee = unwrapped(node.expression);
  const place = { at: node, frame };
  const args = argumentsOf(flow, node, frame);
  if (!ts.isPropertyAccessExpression(callee)) return flow.callValue(flow.evaluate(callee, frame), args, place);
  const base = flow.evaluate(callee.expression, frame);
  const name = callee.name.text;
  const own = closuresOf(member(flow, base, name, callee));
  const result =
    own.length > 0
      ? labelled(joinAll(own.map((closure) => flow.call(closure, args, place))), base.labels)
      : callMethod(flow, base, name, args, place);
  return callee.questionDotToken === undefined ? result : labelled(result, flow.labels.shallow(base, node));
}

/** `new` of a class of the repository, or of what lies outside of it. */
export function instance(flow: Flow, node: ts.NewExpression, frame: Frame): Value {
  const { heap } = flow;
  const callee = flow.evaluate(node.expression, frame);
  const args = argumentsOf(flow, node, frame);
  const [made] = callee.refs;
  const { classNode } = made ?? {};
  if (classNode === undefined) return construct(flow, made?.external ?? "", args, { at: node, frame });
  const self = heap.made(frame, node, "instance", () => heap.object("object", { classNode }));
  for (const declared of classNode.members) {
    if (ts.isPropertyDeclaration(declared) && declared.initializer !== undefined) {
      const own = heap.made(frame, node, "initializers", () => heap.frame(null, reference(self)));
      heap.setField(self, plainName(declared.name), flow.evaluate(declared.initializer, own), false);
    }
    if (ts.isConstructorDeclaration(declared)) {
      const [closure] = closuresOf(heap.closure(declared, null, reference(self)));
      if (closure !== undefined) flow.call(closure, args, { at: node, frame });
    }
  }
  return reference(self);
}

function argumentsOf(flow: Flow, node: ts.CallExpression | ts.NewExpression, frame: Frame): readonly Value[] {
  return (node.arguments ?? []).map((arg) => {
    if (!ts.isSpreadElement(arg)) return flow.evaluate(arg, frame);
    const { parts } = iteration(flow, flow.evaluate(arg.expression, frame), arg);
    return joinAll(parts.map(({ element, labels }) => labelled(element, labels)));
  });
}
