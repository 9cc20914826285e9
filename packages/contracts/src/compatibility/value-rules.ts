import type { Difference, DifferenceKind } from "./difference";
import { constraint, difference, fromTo, type Rule } from "./rule";
import { beyond, listOf } from "./schema";

/** The listed values: more of them widen, fewer narrow. */
export const enumRule: Rule = constraint(
  "enum",
  "enum",
  { added: "enum_added", removed: "enum_removed" },
  (before, after, pointer) => {
    const [lost, gained] = [beyond(listOf(before), listOf(after)), beyond(listOf(after), listOf(before))];
    const words = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(", ");
    if (lost.length === 0 && gained.length === 0) return [];
    if (lost.length === 0) {
      const message = `Allowed values grow by ${words(gained)}. Whoever tells the values apart has to expect them.`;
      return [difference("enum_grown", pointer, message, "holds", "breaks")];
    }
    if (gained.length === 0) {
      const message = `${words(lost)} is no longer allowed, but was valid. Keep it, or raise the major version.`;
      return [difference("enum_shrunk", pointer, message, "breaks", "holds")];
    }
    const message = `${words(lost)} is no longer allowed, ${words(gained)} is new. Keep the old values beside the new.`;
    return [difference("enum_changed", pointer, message, "breaks", "breaks")];
  },
);

/** One value only. */
export const constRule: Rule = constraint(
  "const",
  "const",
  { added: "const_added", removed: "const_removed" },
  breaksBothWays("const_changed", "The only value", "Allow both, or raise the major version."),
);

/** A text's pattern: whether one contains another is not decided, so another pattern breaks both ways. */
export const patternRule: Rule = constraint(
  "pattern",
  "pattern",
  { added: "pattern_added", removed: "pattern_removed" },
  breaksBothWays("pattern_changed", "The pattern", "Keep the pattern, or raise the major version."),
);

/** A text's format decides how it is decoded and its column's type, so that its coming and going break both ways too. */
export const formatRule: Rule = {
  name: "format",
  keywords: ["format"],
  differences: (before, after, place) => {
    const [old, now] = [before["format"], after["format"]];
    if (old === now) return [];
    const kind = old === undefined ? "format_added" : now === undefined ? "format_removed" : "format_changed";
    const message = `Format from ${fromTo(old, now)}: the value is read differently. Add a new field in the new format, or raise the major version.`;
    return [difference(kind, `${place.pointer}/format`, message, "breaks", "breaks")];
  },
};

function breaksBothWays(kind: DifferenceKind, what: string, cure: string) {
  return (before: unknown, after: unknown, pointer: string): readonly Difference[] => [
    difference(kind, pointer, `${what} changes from ${fromTo(before, after)}. ${cure}`, "breaks", "breaks"),
  ];
}
