import type ts from "typescript";
import type { Closure, Frame, Value } from "./abstract-value";
import { evaluate } from "./expressions";
import { FieldLabels } from "./field-labels";
import type { Flow, Place } from "./flow";
import { call, callValue } from "./function-calls";
import { Heap } from "./heap";
import { Names } from "./names";
import { execute } from "./statements";

/**
 * Evaluates code over what is known of its values instead of over values: which fields decide each of them. All branches
 * are taken, what a condition reads decides what is written below it, and calls are followed into the sources of the
 * repository. What is not followed passes all that it is given on to its result.
 */
export class Evaluator implements Flow {
  readonly heap = new Heap();
  readonly labels = new FieldLabels();
  readonly names: Names;
  readonly visited = new Set<ts.Node>();
  readonly running: ts.Node[] = [];

  constructor(checker: ts.TypeChecker) {
    this.names = new Names(checker, this.heap);
  }

  evaluate(expression: ts.Expression, frame: Frame): Value {
    return evaluate(this, expression, frame);
  }

  execute(statement: ts.Statement, frame: Frame): void {
    execute(this, statement, frame);
  }

  call(closure: Closure, args: readonly Value[], place: Place): Value {
    return call(this, closure, args, place);
  }

  callValue(callee: Value, args: readonly Value[], place: Place): Value {
    return callValue(this, callee, args, place);
  }
}
