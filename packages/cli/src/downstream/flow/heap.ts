import type ts from "typescript";
import {
  type Anchor,
  type Cell,
  type Frame,
  type HeapObject,
  join,
  type Labels,
  labelled,
  NO_LABELS,
  NOTHING,
  reference,
  UNKNOWN,
  union,
  type Value,
} from "./abstract-value";
import { labelsAround, type Region } from "./regions";

/** Objects of an evaluation, and what decides the writes to them. Only ever grows, so that loops come to an end. */
export class Heap {
  /** Conditions and loops around what is evaluated. */
  regions: readonly Region[] = [];
  /** Loops around it whose order some fields decide. */
  loops: readonly Region[] = [];
  /** Rises with every object and variable: what has the smaller number is older. */
  clock = 0;
  /** Rises whenever something is learned. */
  changes = 0;
  /** Of what stands outside of all functions. */
  readonly root: Frame = this.frame(null, UNKNOWN);

  frame(parent: Frame | null, self: Value): Frame {
    return {
      parent,
      self,
      cells: new Map(),
      made: new Map(),
      returned: { value: NOTHING, born: this.clock },
      yielded: this.object("list"),
    };
  }

  /** An object that belongs to a place of a frame: the same each time that the place is evaluated in it. */
  made<T>(frame: Frame, at: ts.Node, tag: string, make: () => T): T {
    const here = frame.made.get(at) ?? new Map<string, unknown>();
    frame.made.set(at, here);
    if (!here.has(tag)) here.set(tag, make());
    return here.get(tag) as T;
  }

  object(kind: HeapObject["kind"], facts: Partial<HeapObject> = {}): HeapObject {
    this.clock += 1;
    return {
      kind,
      born: this.clock,
      fields: new Map(),
      assigned: new Set(),
      element: NOTHING,
      keys: NOTHING,
      labels: NO_LABELS,
      order: NO_LABELS,
      parts: [],
      spreads: new Set(),
      ...facts,
    };
  }

  /** A list that holds these values. */
  list(frame: Frame, at: ts.Node, elements: readonly Value[]): HeapObject {
    const list = this.made(frame, at, "list", () => this.object("list"));
    elements.forEach((element, i) => {
      this.setField(list, String(i), element, false);
    });
    return list;
  }

  /** A row, document or part of one; the same object each time that it is read at this place. */
  anchored(anchor: Anchor, at: ts.Node): HeapObject {
    return this.made(this.root, at, `anchor ${anchor.contract}${anchor.pointer}`, () =>
      this.object("anchor", { anchor }),
    );
  }

  /** A function that sees the variables of a frame; null outside of all functions. */
  closure(node: ts.FunctionLikeDeclaration, frame: Frame | null, self: Value = UNKNOWN): Value {
    const [held] = self.refs;
    const made = this.made(frame ?? this.root, node, `closure of ${held?.born ?? ""}`, () => {
      const id = this.clock + 1;
      return this.object("object", { closure: { id, node, frame, self } });
    });
    return reference(made);
  }

  /** Writes a variable or a result; conditions and the order of loops that it outlives decide it too. */
  write(cell: Cell, value: Value): void {
    const now = join(cell.value, labelled(value, this.deciding(cell.born)));
    if (now === cell.value) return;
    cell.value = now;
    this.changes += 1;
  }

  /** Writes a named part; conditions and the order of loops that the object outlives decide it too. */
  setField(ref: HeapObject, name: string, value: Value, isConditional = true): void {
    if (isConditional) ref.assigned.add(name);
    const written = isConditional ? labelled(value, this.deciding(ref.born)) : value;
    const old = ref.fields.get(name) ?? NOTHING;
    const now = join(old, written);
    if (now === old) return;
    ref.fields.set(name, now);
    this.changes += 1;
  }

  addElement(ref: HeapObject, element: Value): void {
    const now = join(ref.element, element);
    if (now === ref.element) return;
    ref.element = now;
    this.changes += 1;
  }

  /** All names of another object are names of this one. */
  addSpread(ref: HeapObject, from: HeapObject): void {
    if (ref === from || ref.spreads.has(from)) return;
    ref.spreads.add(from);
    this.changes += 1;
  }

  addKeys(ref: HeapObject, keys: Value): void {
    const now = join(ref.keys, keys);
    if (now === ref.keys) return;
    ref.keys = now;
    this.changes += 1;
  }

  addLabels(ref: HeapObject, labels: Labels): void {
    const now = union(ref.labels, labels);
    if (now === ref.labels) return;
    ref.labels = now;
    this.changes += 1;
  }

  addOrder(ref: HeapObject, labels: Labels): void {
    const now = union(ref.order, labels);
    if (now === ref.order) return;
    ref.order = now;
    this.changes += 1;
  }

  /** Something is put into a list, map or set, or taken out: what decides that decides which elements there are. */
  changeContent(ref: HeapObject, labels: Labels): void {
    this.addLabels(ref, union(labelsAround(this.regions, ref.born), labels));
    this.addOrder(ref, labelsAround(this.loops, ref.born));
  }

  /** What is evaluated from here on is decided by what these fields say. */
  enterRegion(labels: Labels, at: ts.Node, frame: Frame): void {
    const { born } = this.made(frame, at, "region", () => this.object("object"));
    if (labels.size > 0) this.regions = [...this.regions, { born, labels }];
  }

  /** Evaluates what does not depend on where it is first asked for. */
  outsideOfRegions<T>(evaluate: () => T): T {
    const [regions, loops] = [this.regions, this.loops];
    [this.regions, this.loops] = [[], []];
    const result = evaluate();
    [this.regions, this.loops] = [regions, loops];
    return result;
  }

  /** Repeats until nothing more is learned. */
  untilStable(step: () => void): void {
    let before: number;
    do {
      before = this.changes;
      step();
    } while (this.changes !== before);
  }

  /** What decides a write to something that is as old. */
  deciding(born: number): Labels {
    return union(labelsAround(this.regions, born), labelsAround(this.loops, born));
  }
}
