import ts from "typescript";
import {
  type Anchor,
  type Cell,
  type Closure,
  type Frame,
  type HeapObject,
  join,
  joinAll,
  joinLabels,
  type KnownCall,
  type Label,
  type Labels,
  labelled,
  NO_LABELS,
  NOTHING,
  reference,
  scalar,
  UNKNOWN,
  union,
  type Value,
} from "./abstract-value";
import { distinct, Heap } from "./heap";
import { callExternal, callMethod, construct, elementsOf, type Iteration } from "./library-calls";
import { isAbrupt, LOGICAL, leavesFunction, unwrapped } from "./syntax";

/** Calls of one function within itself that are followed before its arguments are taken for its result. */
const RECURSIONS = 2;

/**
 * Evaluates code over what is known of its values instead of over values: which fields decide each of them. All branches
 * are taken, what a condition reads decides what is written below it, and calls are followed into the sources of the
 * repository. What is not followed passes all that it is given on to its result.
 */
export class Flow {
  /** Functions that were evaluated. */
  readonly visited = new Set<ts.Node>();
  readonly labels = new Map<string, Label>();
  readonly heap = new Heap();
  private readonly globals = new Map<ts.Symbol, Value>();
  private readonly stack: ts.Node[] = [];

  constructor(private readonly checker: ts.TypeChecker) {}

  /** Calls a function from outside of all code. */
  call(closure: Closure, args: readonly Value[], at: ts.Node, caller: Frame = this.root, tag = ""): Value {
    const { node } = closure;
    if (node.body === undefined || this.stack.filter((running) => running === node).length >= RECURSIONS) {
      return scalar(joinLabels(args.map((arg) => this.deep(arg, at))));
    }
    this.visited.add(node);
    const frame = this.heap.made(caller, at, `call ${closure.id} ${tag}`, () =>
      this.frame(closure.frame, closure.self),
    );
    const decided = joinLabels([...this.heap.regions, ...this.heap.loops].map(({ labels }) => labels));
    if (frame.known?.changes === this.heap.changes && isCovered(frame.known, args, decided)) return frame.known.result;
    const { regions } = this.heap;
    this.stack.push(node);
    this.runBody(node, args, frame);
    this.stack.pop();
    this.heap.regions = regions;
    const result = node.asteriskToken === undefined ? frame.returned.value : reference(frame.yielded);
    frame.known = { changes: this.heap.changes, args, decided, result };
    return result;
  }

  private runBody(node: ts.FunctionLikeDeclaration, args: readonly Value[], frame: Frame): void {
    node.parameters.forEach((parameter, i) => {
      const rest = parameter.dotDotDotToken === undefined ? undefined : this.list(frame, parameter, args.slice(i));
      this.bind(parameter.name, rest ?? args[i] ?? UNKNOWN, frame, parameter.initializer);
    });
    const { body } = node;
    if (body === undefined) return;
    if (ts.isBlock(body)) this.statement(body, frame);
    else this.write(frame.returned, this.evaluate(body as ts.Expression, frame));
  }

  /** Every field that decides a value or anything in it. */
  deep(value: Value, at: ts.Node, seen: Set<HeapObject> = new Set()): Labels {
    let labels = value.labels;
    for (const ref of value.refs) {
      if (seen.has(ref)) continue;
      seen.add(ref);
      labels = union(labels, ref.labels);
      if (ref.anchor !== undefined) labels = union(labels, this.leaves(ref.anchor, at));
      const parts = [
        ...ref.parts.flatMap(({ element, labels: some }) => [element, scalar(some)]),
        ...ref.fields.values(),
      ];
      for (const part of [ref.element, ref.keys, ...parts]) labels = union(labels, this.deep(part, at, seen));
      for (const spread of ref.spreads) labels = union(labels, this.deep(reference(spread), at, seen));
    }
    return labels;
  }

  /** What decides whether a value is there: its own labels, and of a row that it may be, which rows there are. */
  shallow(value: Value, at: ts.Node): Labels {
    return union(value.labels, this.presence(value, at));
  }

  /** Of the whole rows that a value may be, which rows there are. */
  presence(value: Value, at: ts.Node): Labels {
    let labels = NO_LABELS;
    for (const { anchor } of value.refs) {
      if (anchor?.pointer === "") labels = union(labels, new Set([this.label(anchor, "", at)]));
    }
    return labels;
  }

  label({ contract }: Pick<Anchor, "contract">, pointer: string, node: ts.Node): Label {
    const source = node.getSourceFile();
    const key = `${contract} ${pointer} ${source.fileName} ${node.getStart(source)}`;
    const known = this.labels.get(key) ?? { contract, pointer, node };
    this.labels.set(key, known);
    return known;
  }

  anchored(anchor: Anchor, at: ts.Node, owner: Frame = this.root): HeapObject {
    return this.heap.made(owner, at, `anchor ${anchor.contract}${anchor.pointer}`, () =>
      this.heap.object("anchor", { anchor }),
    );
  }

  /** The named part of a value. */
  member(base: Value, name: string, at: ts.Node): Value {
    if (base.refs.size === 0) return scalar(base.labels);
    let found = NOTHING;
    for (const ref of base.refs) found = join(found, this.memberOf(ref, name, at));
    return labelled(found, this.passedDown(base.labels, found));
  }

  /** A list that holds these values. */
  list(frame: Frame, at: ts.Node, elements: readonly Value[]): Value {
    const list = this.heap.made(frame, at, "list", () => this.heap.object("list"));
    elements.forEach((element, i) => {
      this.heap.setField(list, String(i), element, false);
    });
    return reference(list);
  }

  /** Every function that a value may be. */
  closures(value: Value): readonly Closure[] {
    return [...value.refs].flatMap(({ closure }) => (closure === undefined ? [] : [closure]));
  }

  /** The result of whatever functions a value may be. */
  callValue(callee: Value, args: readonly Value[], at: ts.Node, frame: Frame, tag = ""): Value {
    let result = NOTHING;
    for (const ref of callee.refs) {
      if (ref.closure !== undefined) result = join(result, this.call(ref.closure, args, at, frame, tag));
      else if (ref.external !== undefined) {
        result = join(result, callExternal(this, ref.external, args, { at, frame, tag }));
      } else result = join(result, scalar(joinLabels(args.map((arg) => this.deep(arg, at)))));
    }
    if (callee.refs.size === 0) result = scalar(joinLabels(args.map((arg) => this.deep(arg, at))));
    return labelled(result, callee.labels);
  }

  closureOf(node: ts.FunctionLikeDeclaration, frame: Frame | null, self: Value = UNKNOWN): Value {
    const owner = frame ?? this.root;
    const [held] = self.refs;
    const made = this.heap.made(owner, node, `closure of ${held?.born ?? ""}`, () => {
      const id = this.heap.clock + 1;
      return this.heap.object("object", { closure: { id, node, frame, self } });
    });
    return reference(made);
  }

  readonly root: Frame = this.frame(null, UNKNOWN);

  private frame(parent: Frame | null, self: Value): Frame {
    return {
      parent,
      self,
      cells: new Map(),
      made: new Map(),
      returned: { value: NOTHING, born: this.heap.clock },
      yielded: this.heap.object("list"),
    };
  }

  private write(cell: Cell, value: Value): void {
    const now = join(cell.value, labelled(value, this.heap.deciding(cell.born)));
    if (now === cell.value) return;
    cell.value = now;
    this.heap.changes += 1;
  }

  private leaves(anchor: Anchor, at: ts.Node): Labels {
    const labels = new Set([this.label(anchor, anchor.pointer, at)]);
    const visit = (pointer: string, { properties, items }: Anchor["schema"]): void => {
      labels.add(this.label(anchor, pointer, at));
      for (const [name, schema] of Object.entries(properties ?? {})) visit(`${pointer}/${name}`, schema);
      if (items?.properties !== undefined) visit(`${pointer}/*`, items);
    };
    visit(anchor.pointer, anchor.schema);
    return labels;
  }

  private memberOf(ref: HeapObject, name: string, at: ts.Node): Value {
    if (ref.anchor !== undefined) return this.anchoredMember(ref.anchor, name, at);
    const field = ref.fields.get(name);
    if (field !== undefined) {
      // A name that was computed, or that another object brought, may have been this one.
      const others = joinAll([...ref.spreads].map((spread) => this.memberOf(spread, name, at)));
      return join(ref.keys === NOTHING ? field : join(field, ref.element), others);
    }
    if (ref.kind === "list" || ref.kind === "map" || ref.kind === "collection") {
      if (name === "length" || name === "size") {
        return scalar(joinLabels([ref.labels, ...ref.parts.map(({ labels }) => labels)]));
      }
      return NOTHING;
    }
    const method = ref.classNode?.members.find(
      (member) => ts.isMethodDeclaration(member) && member.name.getText() === name,
    );
    if (method !== undefined) return this.closureOf(method as ts.MethodDeclaration, null, reference(ref));
    return join(ref.element, joinAll([...ref.spreads].map((spread) => this.memberOf(spread, name, at))));
  }

  private anchoredMember(anchor: Anchor, name: string, at: ts.Node): Value {
    const { schema, pointer } = anchor;
    if (schema.items !== undefined) return scalar(new Set([this.label(anchor, pointer, at)]));
    const below = schema.properties?.[name];
    if (below === undefined) return NOTHING;
    const labels = new Set([this.label(anchor, `${pointer}/${name}`, at)]);
    if (below.properties === undefined && below.items?.properties === undefined) return scalar(labels);
    const part = { contract: anchor.contract, pointer: `${pointer}/${name}`, schema: below };
    return { labels, refs: new Set([this.anchored(part, at)]) };
  }

  /** That a part of a document is there says no more than that the field below it is. */
  private passedDown(labels: Labels, found: Value): Labels {
    const isTold = (label: Label): boolean =>
      [...found.labels].some(
        ({ contract, pointer }) => contract === label.contract && pointer.startsWith(`${label.pointer}/`),
      );
    return [...labels].some(isTold) ? new Set([...labels].filter((label) => !isTold(label))) : labels;
  }

  private cell(symbol: ts.Symbol, frame: Frame): Cell {
    const known = frame.cells.get(symbol);
    if (known !== undefined) return known;
    this.heap.clock += 1;
    const cell = { value: NOTHING, born: this.heap.clock };
    frame.cells.set(symbol, cell);
    return cell;
  }

  private cellOf(symbol: ts.Symbol, frame: Frame | null): Cell | undefined {
    for (let at = frame; at !== null; at = at.parent) {
      const cell = at.cells.get(symbol);
      if (cell !== undefined) return cell;
    }
    return undefined;
  }

  private bind(name: ts.BindingName, value: Value, frame: Frame, initializer?: ts.Expression): void {
    const given = initializer === undefined ? value : join(value, this.evaluate(initializer, frame));
    if (ts.isIdentifier(name)) {
      const symbol = this.symbolOf(name);
      if (symbol !== undefined) this.write(this.cell(symbol, frame), given);
      return;
    }
    name.elements.forEach((element, i) => {
      if (ts.isOmittedExpression(element)) return;
      const part = this.boundPart(name, element, i, given, frame);
      this.bind(element.name, part, frame, element.initializer);
    });
  }

  private boundPart(name: ts.BindingPattern, element: ts.BindingElement, i: number, value: Value, frame: Frame): Value {
    if (element.dotDotDotToken !== undefined) return value;
    if (ts.isArrayBindingPattern(name)) return this.indexed(value, String(i), element);
    const key = element.propertyName ?? element.name;
    if (ts.isComputedPropertyName(key))
      return this.computedMember(value, this.evaluate(key.expression, frame), element);
    return this.member(value, key.getText().replace(/^["']|["']$/g, ""), element);
  }

  private indexed(value: Value, index: string, at: ts.Node): Value {
    if (value.refs.size === 0) return scalar(value.labels);
    let found = NOTHING;
    for (const ref of value.refs) {
      found = join(found, ref.fields.get(index) ?? labelled(elementsOf(this, ref, at), union(ref.labels, ref.order)));
    }
    return labelled(found, value.labels);
  }

  private computedMember(base: Value, key: Value, at: ts.Node): Value {
    const keyLabels = this.deep(key, at);
    if (key.words !== undefined) {
      const { words } = key;
      return labelled(joinAll([...words].map((word) => this.member(base, word, at))), keyLabels);
    }
    let found = scalar(base.labels);
    for (const ref of base.refs) {
      const all = joinAll([
        elementsOf(this, ref, at),
        ...ref.fields.values(),
        ...(ref.anchor === undefined ? [] : [scalar(this.leaves(ref.anchor, at))]),
      ]);
      found = join(found, labelled(all, union(ref.labels, union(ref.order, this.deep(ref.keys, at)))));
    }
    return labelled(found, keyLabels);
  }

  private statement(node: ts.Node, frame: Frame): void {
    if (ts.isBlock(node)) this.block(node.statements, frame);
    else if (ts.isVariableStatement(node)) this.declare(node.declarationList, frame);
    else if (ts.isExpressionStatement(node)) this.evaluate(node.expression, frame);
    else if (ts.isIfStatement(node)) this.branch(node, frame);
    else if (ts.isReturnStatement(node)) {
      if (node.expression !== undefined) this.write(frame.returned, this.evaluate(node.expression, frame));
    } else if (ts.isForOfStatement(node)) this.forOf(node, frame);
    else if (ts.isForInStatement(node)) {
      const value = this.evaluate(node.expression, frame);
      const keys = scalar(this.deep(value, node));
      this.loop(node, frame, [{ element: keys, labels: keys.labels }], NO_LABELS, (element) => {
        this.bindTarget(node.initializer, element, frame);
        this.statement(node.statement, frame);
      });
    } else if (ts.isForStatement(node)) this.forLoop(node, frame);
    else if (ts.isWhileStatement(node) || ts.isDoStatement(node)) {
      this.loop(node, frame, [{ element: UNKNOWN, labels: NO_LABELS }], NO_LABELS, () => {
        this.decide(this.evaluate(node.expression, frame), node, frame);
        this.statement(node.statement, frame);
      });
    } else if (ts.isSwitchStatement(node)) this.switch(node, frame);
    else if (ts.isTryStatement(node)) {
      this.statement(node.tryBlock, frame);
      if (node.catchClause !== undefined) this.statement(node.catchClause.block, frame);
      if (node.finallyBlock !== undefined) this.statement(node.finallyBlock, frame);
    } else if (ts.isThrowStatement(node)) this.evaluate(node.expression, frame);
    else if (ts.isLabeledStatement(node)) this.statement(node.statement, frame);
  }

  private block(statements: readonly ts.Statement[], frame: Frame): void {
    for (const node of statements) {
      if (!ts.isFunctionDeclaration(node) || node.name === undefined) continue;
      const symbol = this.checker.getSymbolAtLocation(node.name);
      if (symbol !== undefined) this.write(this.cell(symbol, frame), this.closureOf(node, frame));
    }
    for (const node of statements) this.statement(node, frame);
  }

  private declare(list: ts.VariableDeclarationList, frame: Frame): void {
    for (const { name, initializer } of list.declarations) {
      this.bind(name, initializer === undefined ? UNKNOWN : this.evaluate(initializer, frame), frame);
    }
  }

  /** What follows is decided by a condition. */
  private decide(condition: Value, at: ts.Node, frame: Frame): void {
    this.enter(this.shallow(condition, at), at, frame);
  }

  private enter(labels: Labels, at: ts.Node, frame: Frame): void {
    const { born } = this.heap.made(frame, at, "region", () => this.heap.object("object"));
    if (labels.size > 0) this.heap.regions = [...this.heap.regions, { born, labels }];
  }

  private branch(node: ts.IfStatement, frame: Frame): void {
    const before = this.heap.regions;
    const condition = this.evaluate(node.expression, frame);
    this.decide(condition, node, frame);
    const within = this.heap.regions;
    if (condition.truth !== false) this.statement(node.thenStatement, frame);
    const behind = this.heap.regions;
    this.heap.regions = within;
    if (node.elseStatement !== undefined && condition.truth !== true) this.statement(node.elseStatement, frame);
    // What follows a way out is decided by what may have led there.
    const leaves = isAbrupt(node.thenStatement) || (node.elseStatement !== undefined && isAbrupt(node.elseStatement));
    this.heap.regions = leaves ? [...new Set([...behind, ...this.heap.regions])] : before;
  }

  private switch(node: ts.SwitchStatement, frame: Frame): void {
    const before = this.heap.regions;
    this.decide(this.evaluate(node.expression, frame), node, frame);
    for (const clause of node.caseBlock.clauses) {
      if (ts.isCaseClause(clause)) this.decide(this.evaluate(clause.expression, frame), clause, frame);
      this.block(clause.statements, frame);
    }
    if (!leavesFunction(node)) this.heap.regions = before;
  }

  private forOf(node: ts.ForOfStatement, frame: Frame): void {
    const value = this.evaluate(node.expression, frame);
    const { parts, order } = this.iteration(value, node);
    this.loop(node, frame, parts, order, (element) => {
      if (parts.length > 1) this.rebind(node.initializer, element, frame);
      else this.bindTarget(node.initializer, element, frame);
      this.statement(node.statement, frame);
    });
  }

  /** What a loop over a value sees. */
  private iteration(value: Value, at: ts.Node): Iteration {
    if (value.refs.size === 0)
      return { parts: [{ element: scalar(value.labels), labels: value.labels }], order: NO_LABELS };
    const parts = [...value.refs].flatMap((ref) => {
      if (ref.parts.length > 0) return ref.parts;
      const presence = ref.anchor === undefined ? NO_LABELS : new Set([this.label(ref.anchor, ref.anchor.pointer, at)]);
      return [{ element: elementsOf(this, ref, at), labels: union(ref.labels, presence) }];
    });
    const order = joinLabels([...value.refs].map((ref) => ref.order));
    return { parts: parts.map(({ element, labels }) => ({ element, labels: union(labels, value.labels) })), order };
  }

  private forLoop(node: ts.ForStatement, frame: Frame): void {
    if (node.initializer !== undefined) {
      if (ts.isVariableDeclarationList(node.initializer)) this.declare(node.initializer, frame);
      else this.evaluate(node.initializer, frame);
    }
    this.loop(node, frame, [{ element: UNKNOWN, labels: NO_LABELS }], NO_LABELS, () => {
      if (node.condition !== undefined) this.decide(this.evaluate(node.condition, frame), node.condition, frame);
      this.statement(node.statement, frame);
      if (node.incrementor !== undefined) this.evaluate(node.incrementor, frame);
    });
  }

  private loop(
    node: ts.IterationStatement,
    frame: Frame,
    parts: Iteration["parts"],
    order: Labels,
    body: (element: Value) => void,
  ): void {
    const [before, outer] = [this.heap.regions, this.heap.loops];
    const { born } = this.heap.made(frame, node, "loop", () => this.heap.object("object"));
    if (order.size > 0) this.heap.loops = [...outer, { born, labels: order }];
    this.heap.untilStable(() => {
      for (const { element, labels } of parts) {
        const saved = this.heap.regions;
        if (labels.size > 0) this.heap.regions = [...saved, { born, labels }];
        body(element);
        // One part's rows say nothing about another's, but a way out of the loop ends both.
        if (!isAbrupt(node.statement)) this.heap.regions = saved;
      }
      this.heap.regions = distinct(this.heap.regions);
    });
    this.heap.loops = outer;
    this.heap.regions = leavesFunction(node.statement) ? this.heap.regions : before;
  }

  private bindTarget(target: ts.ForInitializer, value: Value, frame: Frame): void {
    if (ts.isVariableDeclarationList(target)) {
      for (const { name } of target.declarations) this.bind(name, value, frame);
    } else this.assign(target, value, frame);
  }

  /** Forgets the last part's element: rows of different tables in one group stay apart. */
  private rebind(target: ts.ForInitializer, value: Value, frame: Frame): void {
    const [only] = ts.isVariableDeclarationList(target) ? target.declarations : [];
    const symbol = only !== undefined && ts.isIdentifier(only.name) ? this.symbolOf(only.name) : undefined;
    if (symbol === undefined) this.bindTarget(target, value, frame);
    else this.cell(symbol, frame).value = value;
  }

  private assign(target: ts.Expression, value: Value, frame: Frame): void {
    const node = unwrapped(target);
    if (ts.isIdentifier(node)) {
      const symbol = this.symbolOf(node);
      const cell = symbol === undefined ? undefined : this.cellOf(symbol, frame);
      if (cell !== undefined) this.write(cell, value);
    } else if (ts.isPropertyAccessExpression(node)) {
      const base = this.evaluate(node.expression, frame);
      for (const ref of base.refs) this.heap.setField(ref, node.name.text, labelled(value, base.labels));
    } else if (ts.isElementAccessExpression(node)) {
      const base = this.evaluate(node.expression, frame);
      const key = this.evaluate(node.argumentExpression, frame);
      for (const ref of base.refs) {
        const keyLabels = this.deep(key, node);
        this.heap.addElement(ref, labelled(value, union(this.heap.deciding(ref.born), keyLabels)));
        this.heap.addKeys(ref, key);
        this.heap.changeContent(ref, keyLabels);
      }
    } else if (ts.isArrayLiteralExpression(node)) {
      node.elements.forEach((element, i) => {
        this.assign(element, this.indexed(value, String(i), element), frame);
      });
    } else if (ts.isObjectLiteralExpression(node)) {
      for (const property of node.properties) {
        if (ts.isShorthandPropertyAssignment(property)) {
          this.assign(property.name, this.member(value, property.name.text, property), frame);
        } else if (ts.isPropertyAssignment(property)) {
          this.assign(property.initializer, this.member(value, property.name.getText(), property), frame);
        }
      }
    }
  }

  /** What is known of an expression's value. */
  evaluate(expression: ts.Expression, frame: Frame): Value {
    const node = unwrapped(expression);
    if (ts.isStringLiteralLike(node)) return { ...UNKNOWN, words: new Set([node.text]) };
    if (ts.isIdentifier(node)) return this.identifier(node, frame);
    if (ts.isPropertyAccessExpression(node)) return this.access(node, frame);
    if (ts.isElementAccessExpression(node)) {
      const base = this.evaluate(node.expression, frame);
      const index = unwrapped(node.argumentExpression);
      const found = ts.isNumericLiteral(index)
        ? this.indexed(base, index.text, node)
        : this.computedMember(base, this.evaluate(index, frame), node);
      return node.questionDotToken === undefined ? found : labelled(found, this.presence(base, node));
    }
    if (ts.isCallExpression(node)) return this.callExpression(node, frame);
    if (ts.isNewExpression(node)) return this.instance(node, frame);
    if (ts.isObjectLiteralExpression(node)) return this.objectLiteral(node, frame);
    if (ts.isArrayLiteralExpression(node)) return this.arrayLiteral(node, frame);
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return this.closureOf(node, frame, selfOf(frame));
    if (ts.isConditionalExpression(node)) return this.conditional(node, frame);
    if (ts.isBinaryExpression(node)) return this.binary(node, frame);
    if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
      const value = this.evaluate(node.operand, frame);
      const result = scalar(this.shallow(value, node));
      if (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken) {
        this.assign(node.operand, result, frame);
      }
      return result;
    }
    if (ts.isYieldExpression(node)) return this.yield(node, frame);
    if (ts.isAwaitExpression(node)) return this.evaluate(node.expression, frame);
    if (ts.isTemplateExpression(node)) {
      const parts = node.templateSpans.map(({ expression: part }) => this.deep(this.evaluate(part, frame), part));
      return scalar(joinLabels(parts));
    }
    if (ts.isTypeOfExpression(node) || ts.isVoidExpression(node) || ts.isDeleteExpression(node)) {
      return scalar(this.shallow(this.evaluate(node.expression, frame), node));
    }
    if (node.kind === ts.SyntaxKind.ThisKeyword) return selfOf(frame);
    return this.anythingIn(node, frame);
  }

  /** Of an expression that is not known here: whatever stands in it decides it. */
  private anythingIn(node: ts.Expression, frame: Frame): Value {
    let labels = NO_LABELS;
    ts.forEachChild(node, (child) => {
      if (ts.isExpression(child)) labels = union(labels, this.deep(this.evaluate(child, frame), child));
    });
    return scalar(labels);
  }

  private readonly symbols = new Map<ts.Identifier, ts.Symbol | undefined>();

  private symbolOf(node: ts.Identifier): ts.Symbol | undefined {
    if (this.symbols.has(node)) return this.symbols.get(node);
    const symbol =
      ts.isShorthandPropertyAssignment(node.parent) && node.parent.name === node
        ? this.checker.getShorthandAssignmentValueSymbol(node.parent)
        : this.checker.getSymbolAtLocation(node);
    this.symbols.set(node, symbol);
    return symbol;
  }

  private identifier(node: ts.Identifier, frame: Frame): Value {
    const symbol = this.symbolOf(node);
    if (symbol === undefined) return node.text === "undefined" ? UNKNOWN : this.external(node.text);
    const cell = this.cellOf(symbol, frame);
    return cell === undefined ? this.global(symbol, node.text) : cell.value;
  }

  /** The value of a name that a module declares or imports. */
  global(symbol: ts.Symbol, name: string): Value {
    const known = this.globals.get(symbol);
    if (known !== undefined) return known;
    this.globals.set(symbol, UNKNOWN);
    const value = this.globalValue(symbol, name);
    this.globals.set(symbol, value);
    return value;
  }

  private globalValue(symbol: ts.Symbol, name: string): Value {
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    const target = isAlias ? this.checker.getAliasedSymbol(symbol) : symbol;
    const declaration = target.valueDeclaration;
    if (declaration === undefined) {
      const [specifier] = symbol.declarations ?? [];
      const imported = specifier !== undefined && ts.isImportSpecifier(specifier) ? specifier.propertyName?.text : name;
      return this.external(imported ?? name);
    }
    if (ts.isFunctionDeclaration(declaration)) return this.closureOf(declaration, null);
    if (ts.isClassDeclaration(declaration)) {
      return reference(
        this.heap.made(this.root, declaration, "class", () => this.heap.object("object", { classNode: declaration })),
      );
    }
    if (ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined) {
      const [regions, loops] = [this.heap.regions, this.heap.loops];
      [this.heap.regions, this.heap.loops] = [[], []];
      const value = this.evaluate(declaration.initializer, this.root);
      [this.heap.regions, this.heap.loops] = [regions, loops];
      return value;
    }
    return UNKNOWN;
  }

  private readonly externals = new Map<string, Value>();

  private external(name: string): Value {
    const known = this.externals.get(name) ?? reference(this.heap.object("external", { external: name }));
    this.externals.set(name, known);
    return known;
  }

  private access(node: ts.PropertyAccessExpression, frame: Frame): Value {
    const base = this.evaluate(node.expression, frame);
    const found = this.member(base, node.name.text, node);
    return node.questionDotToken === undefined ? found : labelled(found, this.presence(base, node));
  }

  private callExpression(node: ts.CallExpression, frame: Frame): Value {
    const callee = unwrapped(node.expression);
    const args = this.arguments(node.arguments, frame);
    if (!ts.isPropertyAccessExpression(callee)) {
      return this.callValue(this.evaluate(callee, frame), args, node, frame);
    }
    const base = this.evaluate(callee.expression, frame);
    const name = callee.name.text;
    const own = this.closures(this.member(base, name, callee));
    const result =
      own.length > 0
        ? labelled(joinAll(own.map((closure) => this.call(closure, args, node, frame))), base.labels)
        : callMethod(this, base, name, args, { at: node, frame, tag: "" });
    return callee.questionDotToken === undefined ? result : labelled(result, this.shallow(base, node));
  }

  private arguments(nodes: readonly ts.Expression[] | undefined, frame: Frame): readonly Value[] {
    return (nodes ?? []).map((arg) => {
      if (!ts.isSpreadElement(arg)) return this.evaluate(arg, frame);
      const spread = this.evaluate(arg.expression, frame);
      const { parts } = this.iteration(spread, arg);
      return joinAll(parts.map(({ element, labels }) => labelled(element, labels)));
    });
  }

  private instance(node: ts.NewExpression, frame: Frame): Value {
    const callee = this.evaluate(node.expression, frame);
    const args = this.arguments(node.arguments, frame);
    const [made] = callee.refs;
    const { classNode } = made ?? {};
    if (classNode === undefined) return construct(this, made?.external ?? "", args, { at: node, frame, tag: "" });
    const self = this.heap.made(frame, node, "instance", () => this.heap.object("object", { classNode }));
    for (const member of classNode.members) {
      if (ts.isPropertyDeclaration(member) && member.initializer !== undefined) {
        const own = this.heap.made(frame, node, "initializers", () => this.frame(null, reference(self)));
        this.heap.setField(self, member.name.getText(), this.evaluate(member.initializer, own), false);
      }
      if (ts.isConstructorDeclaration(member)) {
        const [closure] = this.closures(this.closureOf(member, null, reference(self)));
        if (closure !== undefined) this.call(closure, args, node, frame);
      }
    }
    return reference(self);
  }

  private objectLiteral(node: ts.ObjectLiteralExpression, frame: Frame): Value {
    const object = this.heap.made(frame, node, "object", () => this.heap.object("object"));
    for (const property of node.properties) {
      if (ts.isSpreadAssignment(property)) {
        const spread = this.evaluate(property.expression, frame);
        if (spread.labels.size > 0) this.heap.addElement(object, scalar(spread.labels));
        for (const ref of spread.refs) this.heap.addSpread(object, ref);
      } else if (ts.isShorthandPropertyAssignment(property)) {
        this.heap.setField(object, property.name.text, this.identifier(property.name, frame), false);
      } else if (ts.isPropertyAssignment(property)) {
        const value = this.evaluate(property.initializer, frame);
        if (ts.isComputedPropertyName(property.name)) {
          const key = this.evaluate(property.name.expression, frame);
          this.heap.addElement(object, labelled(value, this.deep(key, property)));
          this.heap.addKeys(object, key);
        } else this.heap.setField(object, property.name.getText().replace(/^["']|["']$/g, ""), value, false);
      } else if (ts.isMethodDeclaration(property)) {
        this.heap.setField(object, property.name.getText(), this.closureOf(property, frame, reference(object)), false);
      }
    }
    return reference(object);
  }

  private arrayLiteral(node: ts.ArrayLiteralExpression, frame: Frame): Value {
    const list = this.heap.made(frame, node, "list", () => this.heap.object("list"));
    const hasSpread = node.elements.some(ts.isSpreadElement);
    node.elements.forEach((element, i) => {
      if (ts.isSpreadElement(element)) {
        const spread = this.evaluate(element.expression, frame);
        const { parts, order } = this.iteration(spread, element);
        for (const part of parts) {
          this.heap.addElement(list, part.element);
          this.heap.addLabels(list, part.labels);
        }
        this.heap.addOrder(list, order);
      } else if (hasSpread) this.heap.addElement(list, this.evaluate(element, frame));
      else this.heap.setField(list, String(i), this.evaluate(element, frame), false);
    });
    return reference(list);
  }

  private conditional(node: ts.ConditionalExpression, frame: Frame): Value {
    const before = this.heap.regions;
    const condition = this.evaluate(node.condition, frame);
    this.decide(condition, node, frame);
    const values = [
      ...(condition.truth === false ? [] : [this.evaluate(node.whenTrue, frame)]),
      ...(condition.truth === true ? [] : [this.evaluate(node.whenFalse, frame)]),
    ];
    this.heap.regions = before;
    return labelled(joinAll(values), this.shallow(condition, node));
  }

  private binary(node: ts.BinaryExpression, frame: Frame): Value {
    const { operatorToken, left, right } = node;
    const { kind } = operatorToken;
    if (kind === ts.SyntaxKind.EqualsToken) {
      const value = this.evaluate(right, frame);
      this.assign(left, value, frame);
      return value;
    }
    const first = this.evaluate(left, frame);
    if (kind === ts.SyntaxKind.InKeyword) return this.isIn(first, this.evaluate(right, frame), node);
    if (kind === ts.SyntaxKind.CommaToken) return this.evaluate(right, frame);
    const before = this.heap.regions;
    if (LOGICAL.has(kind)) this.decide(first, node, frame);
    const second = this.evaluate(right, frame);
    this.heap.regions = before;
    const value = LOGICAL.has(kind)
      ? labelled(join(first, second), this.shallow(first, node))
      : scalar(union(this.shallow(first, node), this.shallow(second, node)));
    if (kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment) this.assign(left, value, frame);
    return value;
  }

  /** `"name" in value`, known where all that the value may be are objects whose names are. */
  private isIn(key: Value, value: Value, at: ts.Node): Value {
    const [word] = key.words ?? [];
    const isClosed = (ref: HeapObject): boolean =>
      ref.kind === "object" &&
      ref.spreads.size === 0 &&
      ref.element === NOTHING &&
      ref.classNode === undefined &&
      (word === undefined || !ref.assigned.has(word));
    if (word === undefined || key.words?.size !== 1 || value.refs.size === 0 || ![...value.refs].every(isClosed)) {
      return scalar(union(this.deep(key, at), this.deep(value, at)));
    }
    const has = [...value.refs].map(({ fields }) => fields.has(word));
    if (has.every((yes) => yes === has[0])) return { ...scalar(value.labels), truth: has[0] === true };
    return scalar(union(value.labels, this.deep(this.member(value, word, at), at)));
  }

  private yield(node: ts.YieldExpression, frame: Frame): Value {
    if (node.expression === undefined) return UNKNOWN;
    const value = this.evaluate(node.expression, frame);
    if (node.asteriskToken === undefined) {
      this.heap.addElement(frame.yielded, value);
      this.heap.changeContent(frame.yielded, this.presence(value, node));
      return UNKNOWN;
    }
    const { parts, order } = this.iteration(value, node);
    for (const { element, labels } of parts) {
      this.heap.addElement(frame.yielded, element);
      this.heap.changeContent(frame.yielded, labels);
    }
    this.heap.addOrder(frame.yielded, order);
    return UNKNOWN;
  }
}

/** Whether a call was evaluated with all that it is given now. */
function isCovered({ args, decided }: KnownCall, now: readonly Value[], decidedNow: Labels): boolean {
  return (
    union(decided, decidedNow) === decided &&
    args.length === now.length &&
    args.every((arg, i) => join(arg, now[i] ?? NOTHING) === arg)
  );
}

function selfOf(frame: Frame): Value {
  return frame.self;
}
