import ts from "typescript";
import { type Frame, NO_LABELS, scalar, UNKNOWN, type Value } from "./abstract-value";
import { assign, bind, declare } from "./binding";
import { decide } from "./conditions";
import { type Iteration, iteration } from "./elements";
import type { Flow } from "./flow";
import { distinctRegions } from "./regions";
import { isAbrupt, leavesFunction } from "./syntax";

/** What a loop sees that goes over no value. */
const NO_VALUE: Iteration = { parts: [{ element: UNKNOWN, labels: NO_LABELS }], order: NO_LABELS };

export function forOf(flow: Flow, node: ts.ForOfStatement, frame: Frame): void {
  const value = flow.evaluate(node.expression, frame);
  const { parts, order } = iteration(flow, value, node);
  repeat(flow, node, frame, { parts, order }, (element) => {
    if (parts.length > 1) rebind(flow, node.initializer, element, frame);
    else bindTarget(flow, node.initializer, element, frame);
    flow.execute(node.statement, frame);
  });
}

export function forIn(flow: Flow, node: ts.ForInStatement, frame: Frame): void {
  const value = flow.evaluate(node.expression, frame);
  const keys = scalar(flow.labels.deep(value, node));
  const parts = [{ element: keys, labels: keys.labels }];
  repeat(flow, node, frame, { parts, order: NO_LABELS }, (element) => {
    bindTarget(flow, node.initializer, element, frame);
    flow.execute(node.statement, frame);
  });
}

export function forLoop(flow: Flow, node: ts.ForStatement, frame: Frame): void {
  const { initializer, condition, incrementor } = node;
  if (initializer !== undefined) {
    if (ts.isVariableDeclarationList(initializer)) declare(flow, initializer, frame);
    else flow.evaluate(initializer, frame);
  }
  repeat(flow, node, frame, NO_VALUE, () => {
    if (condition !== undefined) decide(flow, flow.evaluate(condition, frame), condition, frame);
    flow.execute(node.statement, frame);
    if (incrementor !== undefined) flow.evaluate(incrementor, frame);
  });
}

export function whileLoop(flow: Flow, node: ts.WhileStatement | ts.DoStatement, frame: Frame): void {
  repeat(flow, node, frame, NO_VALUE, () => {
    decide(flow, flow.evaluate(node.expression, frame), node, frame);
    flow.execute(node.statement, frame);
  });
}

/** Evaluates the body for each part, until nothing more is learned. */
function repeat(
  { heap }: Flow,
  node: ts.IterationStatement,
  frame: Frame,
  { parts, order }: Iteration,
  body: (element: Value) => void,
): void {
  const [before, outer] = [heap.regions, heap.loops];
  const { born } = heap.made(frame, node, "loop", () => heap.object("object"));
  if (order.size > 0) heap.loops = [...outer, { born, labels: order }];
  heap.untilStable(() => {
    for (const { element, labels } of parts) {
      const saved = heap.regions;
      if (labels.size > 0) heap.regions = [...saved, { born, labels }];
      body(element);
      // One part's rows say nothing about another's, but a way out of the loop ends both.
      if (!isAbrupt(node.statement)) heap.regions = saved;
    }
    heap.regions = distinctRegions(heap.regions);
  });
  heap.loops = outer;
  if (!leavesFunction(node.statement)) heap.regions = before;
}

function bindTarget(flow: Flow, target: ts.ForInitializer, value: Value, frame: Frame): void {
  if (ts.isVariableDeclarationList(target)) {
    for (const { name } of target.declarations) bind(flow, name, value, frame);
  } else assign(flow, target, value, frame);
}

/** Forgets the last part's element: rows of different tables in one group stay apart. */
function rebind(flow: Flow, target: ts.ForInitializer, value: Value, frame: Frame): void {
  const [only] = ts.isVariableDeclarationList(target) ? target.declarations : [];
  const symbol = only !== undefined && ts.isIdentifier(only.name) ? flow.names.symbolOf(only.name) : undefined;
  if (symbol === undefined) bindTarget(flow, target, value, frame);
  else flow.names.ownCell(symbol, frame).value = value;
}
