import type ts from "typescript";
import {
  type Anchor,
  type HeapObject,
  type Label,
  type Labels,
  NO_LABELS,
  reference,
  scalar,
  union,
  type Value,
} from "./abstract-value";

/** The fields that are read, each once a place, and which of them decide a value. */
export class FieldLabels {
  private readonly read = new Map<string, Label>();

  /** Every field that was read so far. */
  all(): readonly Label[] {
    return [...this.read.values()];
  }

  /** A field that is read at this place. */
  label({ contract }: Pick<Anchor, "contract">, pointer: string, node: ts.Node): Label {
    const source = node.getSourceFile();
    const key = `${contract} ${pointer} ${source.fileName} ${node.getStart(source)}`;
    const known = this.read.get(key) ?? { contract, pointer, node };
    this.read.set(key, known);
    return known;
  }

  /** A row or part that is read as a whole at this place: it, and every field in it. */
  whole(anchor: Anchor, at: ts.Node): Labels {
    const labels = new Set([this.label(anchor, anchor.pointer, at)]);
    const visit = (pointer: string, { properties, items }: Anchor["schema"]): void => {
      labels.add(this.label(anchor, pointer, at));
      for (const [name, schema] of Object.entries(properties ?? {})) visit(`${pointer}/${name}`, schema);
      if (items?.properties !== undefined) visit(`${pointer}/*`, items);
    };
    visit(anchor.pointer, anchor.schema);
    return labels;
  }

  /** Every field that decides a value or anything in it. */
  deep(value: Value, at: ts.Node, seen: Set<HeapObject> = new Set()): Labels {
    let labels = value.labels;
    for (const ref of value.refs) {
      if (seen.has(ref)) continue;
      seen.add(ref);
      labels = union(labels, ref.labels);
      if (ref.anchor !== undefined) labels = union(labels, this.whole(ref.anchor, at));
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
}
