import ts from "typescript";
import { reference, UNKNOWN, type Value } from "./abstract-value";
import type { Flow } from "./flow";

/** The value of a name that a module declares or imports. */
export function globalValue(flow: Flow, symbol: ts.Symbol, name: string): Value {
  const { globals } = flow.names;
  const known = globals.get(symbol);
  if (known !== undefined) return known;
  // Declarations that need each other end here.
  globals.set(symbol, UNKNOWN);
  const value = declaredValue(flow, symbol, name);
  globals.set(symbol, value);
  return value;
}

function declaredValue(flow: Flow, symbol: ts.Symbol, name: string): Value {
  const { heap, names } = flow;
  const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
  const target = isAlias ? names.checker.getAliasedSymbol(symbol) : symbol;
  const declaration = target.valueDeclaration;
  if (declaration === undefined) {
    const [specifier] = symbol.declarations ?? [];
    const imported = specifier !== undefined && ts.isImportSpecifier(specifier) ? specifier.propertyName?.text : name;
    return names.external(imported ?? name);
  }
  if (ts.isFunctionDeclaration(declaration)) return heap.closure(declaration, null);
  if (ts.isClassDeclaration(declaration)) {
    return reference(
      heap.made(heap.root, declaration, "class", () => heap.object("object", { classNode: declaration })),
    );
  }
  if (ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined) {
    const { initializer } = declaration;
    return heap.outsideOfRegions(() => flow.evaluate(initializer, heap.root));
  }
  return UNKNOWN;
}
