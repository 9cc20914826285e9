import type { Difference } from "./difference";
import { difference, fromTo, type Rule } from "./rule";
import { namesOf, pointerBelow } from "./schema";

const ALL: readonly string[] = ["string", "integer", "number", "boolean", "object", "array", "null"];

/** Types: every integer is a number; null is told apart from the others, because it has a meaning of its own. */
export const typeRule: Rule = {
  name: "type",
  keywords: ["type"],
  differences: (before, after, place) => {
    const [old, now] = [typesOf(before["type"]), typesOf(after["type"])];
    const pointer = pointerBelow(place.pointer, "type");
    return [
      ...nullDifference(old.includes("null"), now.includes("null"), pointer),
      ...valueDifference(withoutNull(old), withoutNull(now), pointer),
    ];
  },
};

function typesOf(type: unknown): readonly string[] {
  return type === undefined ? ALL : namesOf(type);
}

function withoutNull(types: readonly string[]): readonly string[] {
  return types.filter((type) => type !== "null");
}

function nullDifference(before: boolean, after: boolean, pointer: string): readonly Difference[] {
  if (before === after) return [];
  if (after) {
    const message = "null is allowed now. Whoever reads the value has to expect it.";
    return [difference("null_allowed", pointer, message, "holds", "breaks")];
  }
  const message = "null is refused now, but was valid. Keep null, or raise the major version.";
  return [difference("null_refused", pointer, message, "breaks", "holds")];
}

function valueDifference(before: readonly string[], after: readonly string[], pointer: string): readonly Difference[] {
  const [backward, forward] = [covers(after, before), covers(before, after)];
  if (backward && forward) return [];
  const change = `Type from ${fromTo(before, after)}`;
  if (backward) {
    const isInteger = covers(replaced(before), after);
    return isInteger
      ? [difference("integer_to_number", pointer, `${change}: fractions are valid now.`, "holds", "breaks")]
      : [difference("type_widened", pointer, `${change}: readers meet a new type. ${RAISE}`, "holds", "breaks")];
  }
  if (forward) {
    const isNumber = covers(replaced(after), before);
    return isNumber
      ? [difference("number_to_integer", pointer, `${change}: fractions were valid. ${RAISE}`, "breaks", "holds")]
      : [
          difference(
            "type_narrowed",
            pointer,
            `${change}: a type that was valid is refused. ${RAISE}`,
            "breaks",
            "holds",
          ),
        ];
  }
  return [
    difference(
      "type_changed",
      pointer,
      `${change}: another type. Add a new field, or raise the major version.`,
      "breaks",
      "breaks",
    ),
  ];
}

const RAISE = "Keep the type, or raise the major version.";

function covers(wide: readonly string[], narrow: readonly string[]): boolean {
  return narrow.every((type) => wide.includes(type) || (type === "integer" && wide.includes("number")));
}

function replaced(types: readonly string[]): readonly string[] {
  return types.map((type) => (type === "integer" ? "number" : type));
}
