import type { Difference, DifferenceKind, Verdict } from "./difference";
import { pointerBelow, type Schema, same } from "./schema";

/** Where two schemas stand that a rule compares. */
export interface Place {
  readonly pointer: string;
  /** True for the row of a table: the store fills a new nullable column with NULL, a new array with none. */
  readonly isRow: boolean;
  /** Dataset of the newer table; absent in a change log. */
  readonly dataset?: string;
  /** The keywords that some rule compares; `warehouse.key` is one of the warehouse block. */
  readonly known: ReadonlySet<string>;
  /** All differences between two subschemas, by all rules. */
  readonly compare: (before: unknown, after: unknown, pointer: string) => readonly Difference[];
}

/** What one or several keywords mean for compatibility. */
export interface Rule {
  readonly name: string;
  readonly keywords: readonly string[];
  readonly differences: (before: Schema, after: Schema, place: Place) => readonly Difference[];
}

/** A difference, its verdicts last. */
export function difference(
  kind: DifferenceKind,
  pointer: string,
  message: string,
  backward: Verdict,
  forward: Verdict,
): Difference {
  return { kind, pointer, message, backward, forward };
}

/** The kinds that a constraint's coming, going and changing have. */
export interface ConstraintKinds {
  readonly added: DifferenceKind;
  readonly removed: DifferenceKind;
}

/**
 * A keyword that constrains values: its coming narrows, its going widens, and `changed` says what a change between two
 * values means.
 */
export function constraint(
  name: string,
  keyword: string,
  kinds: ConstraintKinds,
  changed: (before: unknown, after: unknown, pointer: string, place: Place) => readonly Difference[],
): Rule {
  return {
    name,
    keywords: [keyword],
    differences: (before, after, place) => {
      const [old, now, pointer] = [before[keyword], after[keyword], pointerBelow(place.pointer, keyword)];
      if (same(old, now)) return [];
      if (old === undefined) {
        const message = `${keyword} ${JSON.stringify(now)} is new: values that it refuses were valid. Leave it out, or raise the major version.`;
        return [difference(kinds.added, pointer, message, "breaks", "holds")];
      }
      if (now === undefined) {
        const message = `${keyword} ${JSON.stringify(old)} is gone: values that it refused are valid now. Whoever reads them has to expect them.`;
        return [difference(kinds.removed, pointer, message, "holds", "breaks")];
      }
      return changed(old, now, pointer, place);
    },
  };
}

/** From one value to another in words. */
export function fromTo(before: unknown, after: unknown): string {
  const words = (value: unknown): string => (value === undefined ? "none" : JSON.stringify(value));
  return `${words(before)} to ${words(after)}`;
}
