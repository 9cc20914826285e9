import ts from "typescript";
import { type Frame, type HeapObject, labelled, reference, scalar, type Value } from "./abstract-value";
import { iteration } from "./elements";
import type { Flow } from "./flow";
import { plainName } from "./syntax";

export function objectLiteral(flow: Flow, node: ts.ObjectLiteralExpression, frame: Frame): Value {
  const { heap } = flow;
  const object = heap.made(frame, node, "object", () => heap.object("object"));
  for (const property of node.properties) {
    if (ts.isSpreadAssignment(property)) {
      const spread = flow.evaluate(property.expression, frame);
      if (spread.labels.size > 0) heap.addElement(object, scalar(spread.labels));
      for (const ref of spread.refs) heap.addSpread(object, ref);
    } else if (ts.isShorthandPropertyAssignment(property)) {
      heap.setField(object, property.name.text, flow.evaluate(property.name, frame), false);
    } else if (ts.isPropertyAssignment(property)) setProperty(flow, object, property, frame);
    else if (ts.isMethodDeclaration(property)) {
      heap.setField(object, plainName(property.name), heap.closure(property, frame, reference(object)), false);
    }
  }
  return reference(object);
}

function setProperty(flow: Flow, object: HeapObject, property: ts.PropertyAssignment, frame: Frame): void {
  const { heap, labels } = flow;
  const value = flow.evaluate(property.initializer, frame);
  if (ts.isComputedPropertyName(property.name)) {
    const key = flow.evaluate(property.name.expression, frame);
    heap.addElement(object, labelled(value, labels.deep(key, property)));
    heap.addKeys(object, key);
  } else heap.setField(object, plainName(property.name), value, false);
}

export function arrayLiteral(flow: Flow, node: ts.ArrayLiteralExpression, frame: Frame): Value {
  const { heap } = flow;
  const list = heap.made(frame, node, "list", () => heap.object("list"));
  const hasSpread = node.elements.some(ts.isSpreadElement);
  node.elements.forEach((element, i) => {
    if (ts.isSpreadElement(element)) {
      const { parts, order } = iteration(flow, flow.evaluate(element.expression, frame), element);
      for (const part of parts) {
        heap.addElement(list, part.element);
        heap.addLabels(list, part.labels);
      }
      heap.addOrder(list, order);
    } else if (hasSpread) heap.addElement(list, flow.evaluate(element, frame));
    else heap.setField(list, String(i), flow.evaluate(element, frame), false);
  });
  return reference(list);
}
