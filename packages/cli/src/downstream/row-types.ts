import ts from "typescript";

/** What a type says of rows and documents: where in a value of it they are. */
export type TypeShape =
  | { readonly kind: "row"; readonly title: string }
  | { readonly kind: "list" | "collection"; readonly element: TypeShape }
  | { readonly kind: "object"; readonly members: ReadonlyMap<string, TypeShape> }
  | { readonly kind: "union"; readonly of: readonly TypeShape[] }
  | { readonly kind: "other" };

type Substitution = ReadonlyMap<ts.Symbol, TypeShape>;

const OTHER: TypeShape = { kind: "other" };
const LISTS = new Set(["Array", "ReadonlyArray", "Iterable", "Generator", "Iterator", "Set", "ReadonlySet"]);
/** Types that keep the fields of their first argument, or some of them. */
const KEEPS = new Set(["Pick", "Omit", "Readonly", "Partial", "Required", "NonNullable"]);
const NESTING = 6;

/** Reads type annotations as they are written; what they mean to a compiler is not asked for. */
export class RowTypes {
  private readonly titles: ReadonlyMap<string, string>;

  constructor(
    private readonly checker: ts.TypeChecker,
    titles: readonly string[],
  ) {
    this.titles = new Map(titles.map((title) => [typeNameOf(title), title]));
  }

  shapeOf(node: ts.TypeNode | undefined, given: Substitution = new Map(), depth = 0): TypeShape {
    if (node === undefined || depth > NESTING) return OTHER;
    const shape = (inner: ts.TypeNode | undefined): TypeShape => this.shapeOf(inner, given, depth + 1);
    if (ts.isParenthesizedTypeNode(node) || ts.isTypeOperatorNode(node)) return shape(node.type);
    if (ts.isArrayTypeNode(node)) return { kind: "list", element: shape(node.elementType) };
    if (ts.isTypeLiteralNode(node)) return this.object(node.members, given, depth);
    if (ts.isUnionTypeNode(node) || ts.isIntersectionTypeNode(node)) {
      return { kind: "union", of: node.types.map(shape).filter(({ kind }) => kind !== "other") };
    }
    return ts.isTypeReferenceNode(node) ? this.named(node, given, depth) : OTHER;
  }

  private named(node: ts.TypeReferenceNode, given: Substitution, depth: number): TypeShape {
    const args = node.typeArguments ?? [];
    const name = node.typeName.getText();
    const argument = (): TypeShape => this.shapeOf(args[0], given, depth + 1);
    if (name === "PCollection") return { kind: "collection", element: argument() };
    if (LISTS.has(name)) return { kind: "list", element: argument() };
    if (KEEPS.has(name)) return argument();
    const found = this.checker.getSymbolAtLocation(node.typeName);
    if (found === undefined) return OTHER;
    const symbol = (found.flags & ts.SymbolFlags.Alias) !== 0 ? this.checker.getAliasedSymbol(found) : found;
    const substituted = given.get(symbol);
    if (substituted !== undefined) return substituted;
    const [declaration] = symbol.declarations ?? [];
    if (declaration === undefined) return OTHER;
    if (ts.isInterfaceDeclaration(declaration)) {
      const title = isGenerated(declaration) ? this.titles.get(symbol.name) : undefined;
      if (title !== undefined) return { kind: "row", title };
      return this.object(declaration.members, this.substitution(declaration, args, given, depth), depth);
    }
    if (!ts.isTypeAliasDeclaration(declaration)) return OTHER;
    return this.shapeOf(declaration.type, this.substitution(declaration, args, given, depth), depth + 1);
  }

  private object(members: readonly ts.TypeElement[], given: Substitution, depth: number): TypeShape {
    const shapes = members.flatMap((member): [string, TypeShape][] =>
      ts.isPropertySignature(member) ? [[member.name.getText(), this.shapeOf(member.type, given, depth + 1)]] : [],
    );
    return { kind: "object", members: new Map(shapes) };
  }

  private substitution(
    { typeParameters }: ts.InterfaceDeclaration | ts.TypeAliasDeclaration,
    args: readonly ts.TypeNode[],
    given: Substitution,
    depth: number,
  ): Substitution {
    const pairs = (typeParameters ?? []).flatMap((parameter, i): [ts.Symbol, TypeShape][] => {
      const symbol = this.checker.getSymbolAtLocation(parameter.name);
      return symbol === undefined ? [] : [[symbol, this.shapeOf(args[i], given, depth + 1)]];
    });
    return new Map(pairs);
  }
}

function isGenerated(node: ts.Node): boolean {
  return node.getSourceFile().fileName.includes("/contracts/src/generated/");
}

/** Name of the generated type: the contract's title in PascalCase. */
function typeNameOf(title: string): string {
  return title.replace(/(^|_)([a-z0-9])/g, (_match, _start, letter: string) => letter.toUpperCase());
}
