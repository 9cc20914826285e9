import ts from "typescript";
import { type Frame, join, labelled, UNKNOWN, union, type Value } from "./abstract-value";
import type { Flow } from "./flow";
import { computedMember, indexed, member } from "./members";
import { plainName, unwrapped } from "./syntax";

/** Declares the variables of a name or pattern. */
export function bind(flow: Flow, name: ts.BindingName, value: Value, frame: Frame, initializer?: ts.Expression): void {
  const given = initializer === undefined ? value : join(value, flow.evaluate(initializer, frame));
  if (ts.isIdentifier(name)) {
    const symbol = flow.names.symbolOf(name);
    if (symbol !== undefined) flow.heap.write(flow.names.ownCell(symbol, frame), given);
    return;
  }
  name.elements.forEach((element, i) => {
    if (ts.isOmittedExpression(element)) return;
    const part = boundPart(flow, name, element, i, given, frame);
    bind(flow, element.name, part, frame, element.initializer);
  });
}

/** Declares variables, each with its initial value. */
export function declare(flow: Flow, list: ts.VariableDeclarationList, frame: Frame): void {
  for (const { name, initializer } of list.declarations) {
    bind(flow, name, initializer === undefined ? UNKNOWN : flow.evaluate(initializer, frame), frame);
  }
}

function boundPart(
  flow: Flow,
  pattern: ts.BindingPattern,
  element: ts.BindingElement,
  i: number,
  value: Value,
  frame: Frame,
): Value {
  if (element.dotDotDotToken !== undefined) return value;
  if (ts.isArrayBindingPattern(pattern)) return indexed(flow, value, String(i), element);
  const key = element.propertyName ?? element.name;
  if (ts.isComputedPropertyName(key)) {
    return computedMember(flow, value, flow.evaluate(key.expression, frame), element);
  }
  return member(flow, value, plainName(key), element);
}

/** Writes to what stands left of an assignment. */
export function assign(flow: Flow, target: ts.Expression, value: Value, frame: Frame): void {
  const node = unwrapped(target);
  if (ts.isIdentifier(node)) {
    const symbol = flow.names.symbolOf(node);
    const cell = symbol === undefined ? undefined : flow.names.visibleCell(symbol, frame);
    if (cell !== undefined) flow.heap.write(cell, value);
  } else if (ts.isPropertyAccessExpression(node)) {
    const base = flow.evaluate(node.expression, frame);
    for (const ref of base.refs) flow.heap.setField(ref, node.name.text, labelled(value, base.labels));
  } else if (ts.isElementAccessExpression(node)) assignElement(flow, node, value, frame);
  else if (ts.isArrayLiteralExpression(node)) {
    node.elements.forEach((element, i) => {
      assign(flow, element, indexed(flow, value, String(i), element), frame);
    });
  } else if (ts.isObjectLiteralExpression(node)) {
    for (const property of node.properties) {
      if (ts.isShorthandPropertyAssignment(property)) {
        assign(flow, property.name, member(flow, value, property.name.text, property), frame);
      } else if (ts.isPropertyAssignment(property)) {
        assign(flow, property.initializer, member(flow, value, plainName(property.name), property), frame);
      }
    }
  }
}

function assignElement(flow: Flow, node: ts.ElementAccessExpression, value: Value, frame: Frame): void {
  const { heap } = flow;
  const base = flow.evaluate(node.expression, frame);
  const key = flow.evaluate(node.argumentExpression, frame);
  for (const ref of base.refs) {
    const keyLabels = flow.labels.deep(key, node);
    heap.addElement(ref, labelled(value, union(heap.deciding(ref.born), keyLabels)));
    heap.addKeys(ref, key);
    heap.changeContent(ref, keyLabels);
  }
}
