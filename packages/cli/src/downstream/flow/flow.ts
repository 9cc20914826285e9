import type ts from "typescript";
import type { Closure, Frame, Value } from "./abstract-value";
import type { FieldLabels } from "./field-labels";
import type { Heap } from "./heap";
import type { Names } from "./names";

/** Where a call stands. */
export interface Place {
  readonly at: ts.Node;
  /** Of the caller. */
  readonly frame: Frame;
  /** What tells it from other calls at the same node. */
  readonly tag?: string;
}

/**
 * An evaluation under way: what is known, and the ways back into it from the files that evaluate a part of the language
 * each, so that none of these imports another that imports it.
 */
export interface Flow {
  readonly heap: Heap;
  readonly labels: FieldLabels;
  readonly names: Names;
  /** Functions that were evaluated. */
  readonly visited: Set<ts.Node>;
  /** Functions that are evaluated now, each as often as it calls itself; the outermost first. */
  readonly running: ts.Node[];
  /** What is known of an expression's value. */
  evaluate(expression: ts.Expression, frame: Frame): Value;
  execute(statement: ts.Statement, frame: Frame): void;
  /** The result of a function. */
  call(closure: Closure, args: readonly Value[], place: Place): Value;
  /** The result of whatever functions a value may be. */
  callValue(callee: Value, args: readonly Value[], place: Place): Value;
}
