import ts from "typescript";
import { type Cell, type Frame, NOTHING, reference, type Value } from "./abstract-value";
import type { Heap } from "./heap";

/** What names stand for: variables of a frame, names of modules, names that no source of the repository declares. */
export class Names {
  /** Names that modules declare or import, as far as they were looked up. */
  readonly globals = new Map<ts.Symbol, Value>();
  private readonly symbols = new Map<ts.Identifier, ts.Symbol | undefined>();
  private readonly externals = new Map<string, Value>();

  constructor(
    readonly checker: ts.TypeChecker,
    private readonly heap: Heap,
  ) {}

  symbolOf(node: ts.Identifier): ts.Symbol | undefined {
    if (this.symbols.has(node)) return this.symbols.get(node);
    const symbol =
      ts.isShorthandPropertyAssignment(node.parent) && node.parent.name === node
        ? this.checker.getShorthandAssignmentValueSymbol(node.parent)
        : this.checker.getSymbolAtLocation(node);
    this.symbols.set(node, symbol);
    return symbol;
  }

  /** The variable of this frame, made where it is not there yet. */
  ownCell(symbol: ts.Symbol, frame: Frame): Cell {
    const known = frame.cells.get(symbol);
    if (known !== undefined) return known;
    this.heap.clock += 1;
    const cell = { value: NOTHING, born: this.heap.clock };
    frame.cells.set(symbol, cell);
    return cell;
  }

  /** The variable that a name means within a frame; undefined where it is none of a function's. */
  visibleCell(symbol: ts.Symbol, frame: Frame): Cell | undefined {
    for (let at: Frame | null = frame; at !== null; at = at.parent) {
      const cell = at.cells.get(symbol);
      if (cell !== undefined) return cell;
    }
    return undefined;
  }

  /** A name of the language or of a library. */
  external(name: string): Value {
    const known = this.externals.get(name) ?? reference(this.heap.object("external", { external: name }));
    this.externals.set(name, known);
    return known;
  }
}
