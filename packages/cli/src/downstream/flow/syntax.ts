import ts from "typescript";

const ABRUPT = new Set([ts.SyntaxKind.ReturnStatement, ts.SyntaxKind.ContinueStatement, ts.SyntaxKind.BreakStatement]);

/** Operators whose right side runs by what the left side is. */
export const LOGICAL = new Set([
  ts.SyntaxKind.QuestionQuestionToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.QuestionQuestionEqualsToken,
  ts.SyntaxKind.BarBarEqualsToken,
  ts.SyntaxKind.AmpersandAmpersandEqualsToken,
]);

/** An expression without what changes its type or its place only. */
export function unwrapped(node: ts.Expression): ts.Expression {
  let inner = node;
  while (
    ts.isParenthesizedExpression(inner) ||
    ts.isAsExpression(inner) ||
    ts.isSatisfiesExpression(inner) ||
    ts.isExpressionWithTypeArguments(inner) ||
    ts.isNonNullExpression(inner)
  ) {
    inner = inner.expression;
  }
  return inner;
}

/** A name as it is written, without quotes. */
export function plainName(node: ts.Node): string {
  return node.getText().replace(/^["']|["']$/g, "");
}

/** Whether a way out of a loop or function stands in a statement. */
export function isAbrupt(node: ts.Node): boolean {
  return contains(node, (inner) => ABRUPT.has(inner.kind));
}

/** Whether a way out of the function stands in a statement. */
export function leavesFunction(node: ts.Node): boolean {
  return contains(node, ts.isReturnStatement);
}

function contains(node: ts.Node, found: (node: ts.Node) => boolean): boolean {
  if (found(node)) return true;
  if (ts.isFunctionLike(node)) return false;
  return ts.forEachChild(node, (child) => contains(child, found)) ?? false;
}
