import type { Difference, Verdict } from "./difference";
import { constraint, difference, type Rule } from "./rule";
import { beyond, listOf, pointerBelow, same } from "./schema";

/** Alternatives and conjunctions are compared branch by branch; a branch that is not the same is another one. */
export const anyOfRule: Rule = constraint(
  "anyOf",
  "anyOf",
  { added: "any_of_added", removed: "any_of_removed" },
  (before, after, pointer) => branches(before, after, pointer, "any_of", "alternative", "holds"),
);

export const allOfRule: Rule = constraint(
  "allOf",
  "allOf",
  { added: "all_of_added", removed: "all_of_removed" },
  (before, after, pointer) => branches(before, after, pointer, "all_of", "condition", "breaks"),
);

/** A further alternative may match beside the one that matched alone, so that any change breaks both ways. */
export const oneOfRule: Rule = constraint(
  "oneOf",
  "oneOf",
  { added: "one_of_added", removed: "one_of_removed" },
  (_before, _after, pointer) => [
    difference(
      "one_of_changed",
      pointer,
      "The alternatives of which exactly one holds differ. Keep them, or raise the major version.",
      "breaks",
      "breaks",
    ),
  ],
);

/** if, then, else are one condition and are not looked into. */
export const conditionRule: Rule = {
  name: "if/then/else",
  keywords: ["if", "then", "else"],
  differences: (before, after, place) =>
    ["if", "then", "else"].every((keyword) => same(before[keyword], after[keyword]))
      ? []
      : [
          difference(
            "condition_changed",
            pointerBelow(place.pointer, "if"),
            "A condition between fields (if, then, else) differs. Keep it, or raise the major version.",
            "breaks",
            "breaks",
          ),
        ],
};

/** `more`: what a further branch does to readers of old values; the other direction, and fewer branches, mirror it. */
function branches(
  before: unknown,
  after: unknown,
  pointer: string,
  kind: "any_of" | "all_of",
  word: string,
  more: Verdict,
): readonly Difference[] {
  const [lost, gained] = [beyond(listOf(before), listOf(after)), beyond(listOf(after), listOf(before))];
  if (lost.length === 0 && gained.length === 0) return [];
  const fewer = more === "holds" ? "breaks" : "holds";
  if (lost.length > 0 && gained.length > 0) {
    const message = `One ${word} or several are replaced. Keep the old beside the new, or raise the major version.`;
    return [difference(`${kind}_changed`, pointer, message, "breaks", "breaks")];
  }
  return gained.length > 0
    ? [difference(`${kind}_grown`, pointer, `${gained.length} ${word}(s) more. ${cure(more)}`, more, fewer)]
    : [difference(`${kind}_shrunk`, pointer, `${lost.length} ${word}(s) fewer. ${cure(fewer)}`, fewer, more)];
}

function cure(backward: Verdict): string {
  return backward === "holds"
    ? "Whoever reads the values has to expect more of them."
    : "Values that were valid are refused: raise the major version.";
}
