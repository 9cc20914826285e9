import type ts from "typescript";
import {
  type Frame,
  type HeapObject,
  join,
  joinLabels,
  type Labels,
  labelled,
  NO_LABELS,
  NOTHING,
  union,
  type Value,
} from "./abstract-value";

/**
 * Code that runs, or runs in an order, by what some fields say. What is older than the region and written in it is decided
 * by them; what is made in it ends with it, or is handed to something older.
 */
export interface Region {
  readonly born: number;
  readonly labels: Labels;
}

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

/** What decides a write to something that is as old: the regions that it is older than. */
function labelsAround(regions: readonly Region[], born: number): Labels {
  return joinLabels(regions.filter((region) => born <= region.born).map(({ labels }) => labels));
}

/** Each region once; a loop that is left early would pile them up. */
export function distinct(regions: readonly Region[]): readonly Region[] {
  const byBirth = new Map<number, Labels>();
  for (const { born, labels } of regions) byBirth.set(born, union(byBirth.get(born) ?? NO_LABELS, labels));
  return [...byBirth].map(([born, labels]) => ({ born, labels }));
}
