import type ts from "typescript";
import type { Frame, Value } from "./abstract-value";
import type { Flow } from "./flow";

/** What is evaluated from here on is decided by a condition. */
export function decide({ heap, labels }: Flow, condition: Value, at: ts.Node, frame: Frame): void {
  heap.enterRegion(labels.shallow(condition, at), at, frame);
}
