import ts from "typescript";
import type { Frame } from "./abstract-value";
import { declare } from "./binding";
import { decide } from "./conditions";
import type { Flow } from "./flow";
import { forIn, forLoop, forOf, whileLoop } from "./loops";
import { isAbrupt, leavesFunction } from "./syntax";

/** Evaluates a statement, with everything in it: all branches, and loops until nothing more is learned. */
export function execute(flow: Flow, node: ts.Statement, frame: Frame): void {
  if (ts.isBlock(node)) block(flow, node.statements, frame);
  else if (ts.isVariableStatement(node)) declare(flow, node.declarationList, frame);
  else if (ts.isExpressionStatement(node) || ts.isThrowStatement(node)) flow.evaluate(node.expression, frame);
  else if (ts.isIfStatement(node)) branch(flow, node, frame);
  else if (ts.isReturnStatement(node)) {
    if (node.expression !== undefined) flow.heap.write(frame.returned, flow.evaluate(node.expression, frame));
  } else if (ts.isForOfStatement(node)) forOf(flow, node, frame);
  else if (ts.isForInStatement(node)) forIn(flow, node, frame);
  else if (ts.isForStatement(node)) forLoop(flow, node, frame);
  else if (ts.isWhileStatement(node) || ts.isDoStatement(node)) whileLoop(flow, node, frame);
  else if (ts.isSwitchStatement(node)) switchClauses(flow, node, frame);
  else if (ts.isTryStatement(node)) {
    for (const part of [node.tryBlock, node.catchClause?.block, node.finallyBlock]) {
      if (part !== undefined) execute(flow, part, frame);
    }
  } else if (ts.isLabeledStatement(node)) execute(flow, node.statement, frame);
}

function block(flow: Flow, statements: readonly ts.Statement[], frame: Frame): void {
  for (const node of statements) {
    // A function may be called above its declaration.
    if (!ts.isFunctionDeclaration(node) || node.name === undefined) continue;
    const symbol = flow.names.symbolOf(node.name);
    if (symbol !== undefined) flow.heap.write(flow.names.ownCell(symbol, frame), flow.heap.closure(node, frame));
  }
  for (const node of statements) execute(flow, node, frame);
}

function branch(flow: Flow, node: ts.IfStatement, frame: Frame): void {
  const { heap } = flow;
  const before = heap.regions;
  const condition = flow.evaluate(node.expression, frame);
  decide(flow, condition, node, frame);
  const within = heap.regions;
  if (condition.truth !== false) execute(flow, node.thenStatement, frame);
  const behind = heap.regions;
  heap.regions = within;
  if (node.elseStatement !== undefined && condition.truth !== true) execute(flow, node.elseStatement, frame);
  // What follows a way out is decided by what may have led there.
  const leaves = isAbrupt(node.thenStatement) || (node.elseStatement !== undefined && isAbrupt(node.elseStatement));
  heap.regions = leaves ? [...new Set([...behind, ...heap.regions])] : before;
}

function switchClauses(flow: Flow, node: ts.SwitchStatement, frame: Frame): void {
  const { heap } = flow;
  const before = heap.regions;
  decide(flow, flow.evaluate(node.expression, frame), node, frame);
  for (const clause of node.caseBlock.clauses) {
    if (ts.isCaseClause(clause)) decide(flow, flow.evaluate(clause.expression, frame), clause, frame);
    block(flow, clause.statements, frame);
  }
  if (!leavesFunction(node)) heap.regions = before;
}
