import ts from "typescript";
import type { Label } from "./flow/abstract-value";

/**
 * Fields that are read where no column is proven to depend on them. That a part of a document is read on the way to a
 * field below it says nothing of its own.
 */
export function unproven(labels: readonly Label[], landed: ReadonlySet<Label>): readonly Label[] {
  return labels.filter(
    (label) =>
      !landed.has(label) &&
      label.pointer !== "" &&
      !labels.some(({ contract, pointer }) => contract === label.contract && pointer.startsWith(`${label.pointer}/`)),
  );
}

/** Name of the function, or of the file's top level, that a node stands in. */
export function functionAround(node: ts.Node): string {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) {
    if (ts.isFunctionDeclaration(at) && at.name !== undefined) return at.name.text;
    if (ts.isMethodDeclaration(at) || ts.isConstructorDeclaration(at)) {
      const owner = ts.isClassDeclaration(at.parent) ? (at.parent.name?.text ?? "") : "";
      return `${owner}.${ts.isConstructorDeclaration(at) ? "constructor" : at.name.getText()}`;
    }
  }
  return "module";
}
