import ts from "typescript";
import {
  type Frame,
  join,
  joinAll,
  joinLabels,
  labelled,
  NO_LABELS,
  scalar,
  UNKNOWN,
  union,
  type Value,
} from "./abstract-value";
import { assign } from "./binding";
import { callExpression, instance } from "./call-expressions";
import { decide } from "./conditions";
import { iteration } from "./elements";
import type { Flow } from "./flow";
import { globalValue } from "./globals";
import { arrayLiteral, objectLiteral } from "./literals";
import { computedMember, hasMember, indexed, member } from "./members";
import { LOGICAL, unwrapped } from "./syntax";

/** What is known of an expression's value. */
export function evaluate(flow: Flow, expression: ts.Expression, frame: Frame): Value {
  const node = unwrapped(expression);
  if (ts.isStringLiteralLike(node)) return { ...UNKNOWN, words: new Set([node.text]) };
  if (ts.isIdentifier(node)) return identifier(flow, node, frame);
  if (ts.isPropertyAccessExpression(node)) return propertyAccess(flow, node, frame);
  if (ts.isElementAccessExpression(node)) return elementAccess(flow, node, frame);
  if (ts.isCallExpression(node)) return callExpression(flow, node, frame);
  if (ts.isNewExpression(node)) return instance(flow, node, frame);
  if (ts.isObjectLiteralExpression(node)) return objectLiteral(flow, node, frame);
  if (ts.isArrayLiteralExpression(node)) return arrayLiteral(flow, node, frame);
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return flow.heap.closure(node, frame, frame.self);
  if (ts.isConditionalExpression(node)) return conditional(flow, node, frame);
  if (ts.isBinaryExpression(node)) return binary(flow, node, frame);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) return unary(flow, node, frame);
  if (ts.isYieldExpression(node)) return yielded(flow, node, frame);
  if (ts.isAwaitExpression(node)) return evaluate(flow, node.expression, frame);
  if (ts.isTemplateExpression(node)) return template(flow, node, frame);
  if (ts.isTypeOfExpression(node) || ts.isVoidExpression(node) || ts.isDeleteExpression(node)) {
    return scalar(flow.labels.shallow(evaluate(flow, node.expression, frame), node));
  }
  if (node.kind === ts.SyntaxKind.ThisKeyword) return frame.self;
  return anythingIn(flow, node, frame);
}

function identifier(flow: Flow, node: ts.Identifier, frame: Frame): Value {
  const symbol = flow.names.symbolOf(node);
  if (symbol === undefined) return node.text === "undefined" ? UNKNOWN : flow.names.external(node.text);
  return flow.names.visibleCell(symbol, frame)?.value ?? globalValue(flow, symbol, node.text);
}

function propertyAccess(flow: Flow, node: ts.PropertyAccessExpression, frame: Frame): Value {
  const base = evaluate(flow, node.expression, frame);
  const found = member(flow, base, node.name.text, node);
  return node.questionDotToken === undefined ? found : labelled(found, flow.labels.presence(base, node));
}

function elementAccess(flow: Flow, node: ts.ElementAccessExpression, frame: Frame): Value {
  const base = evaluate(flow, node.expression, frame);
  const index = unwrapped(node.argumentExpression);
  const found = ts.isNumericLiteral(index)
    ? indexed(flow, base, index.text, node)
    : computedMember(flow, base, evaluate(flow, index, frame), node);
  return node.questionDotToken === undefined ? found : labelled(found, flow.labels.presence(base, node));
}

function conditional(flow: Flow, node: ts.ConditionalExpression, frame: Frame): Value {
  const before = flow.heap.regions;
  const condition = evaluate(flow, node.condition, frame);
  decide(flow, condition, node, frame);
  const values = [
    ...(condition.truth === false ? [] : [evaluate(flow, node.whenTrue, frame)]),
    ...(condition.truth === true ? [] : [evaluate(flow, node.whenFalse, frame)]),
  ];
  flow.heap.regions = before;
  return labelled(joinAll(values), flow.labels.shallow(condition, node));
}

function binary(flow: Flow, node: ts.BinaryExpression, frame: Frame): Value {
  const { heap, labels } = flow;
  const { operatorToken, left, right } = node;
  const { kind } = operatorToken;
  if (kind === ts.SyntaxKind.EqualsToken) {
    const value = evaluate(flow, right, frame);
    assign(flow, left, value, frame);
    return value;
  }
  const first = evaluate(flow, left, frame);
  if (kind === ts.SyntaxKind.InKeyword) return hasMember(flow, first, evaluate(flow, right, frame), node);
  if (kind === ts.SyntaxKind.CommaToken) return evaluate(flow, right, frame);
  const before = heap.regions;
  if (LOGICAL.has(kind)) decide(flow, first, node, frame);
  const second = evaluate(flow, right, frame);
  heap.regions = before;
  const value = LOGICAL.has(kind)
    ? labelled(join(first, second), labels.shallow(first, node))
    : scalar(union(labels.shallow(first, node), labels.shallow(second, node)));
  if (kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment) assign(flow, left, value, frame);
  return value;
}

function unary(flow: Flow, node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression, frame: Frame): Value {
  const result = scalar(flow.labels.shallow(evaluate(flow, node.operand, frame), node));
  if (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken) {
    assign(flow, node.operand, result, frame);
  }
  return result;
}

function template(flow: Flow, node: ts.TemplateExpression, frame: Frame): Value {
  const parts = node.templateSpans.map(({ expression }) =>
    flow.labels.deep(evaluate(flow, expression, frame), expression),
  );
  return scalar(joinLabels(parts));
}

function yielded(flow: Flow, node: ts.YieldExpression, frame: Frame): Value {
  if (node.expression === undefined) return UNKNOWN;
  const { heap } = flow;
  const value = evaluate(flow, node.expression, frame);
  if (node.asteriskToken === undefined) {
    heap.addElement(frame.yielded, value);
    heap.changeContent(frame.yielded, flow.labels.presence(value, node));
    return UNKNOWN;
  }
  const { parts, order } = iteration(flow, value, node);
  for (const { element, labels } of parts) {
    heap.addElement(frame.yielded, element);
    heap.changeContent(frame.yielded, labels);
  }
  heap.addOrder(frame.yielded, order);
  return UNKNOWN;
}

/** Of an expression that is not known here: whatever stands in it decides it. */
function anythingIn(flow: Flow, node: ts.Expression, frame: Frame): Value {
  let labels = NO_LABELS;
  ts.forEachChild(node, (child) => {
    if (ts.isExpression(child)) labels = union(labels, flow.labels.deep(evaluate(flow, child, frame), child));
  });
  return scalar(labels);
}
