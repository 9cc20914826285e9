import { BY_SENSITIVITY, OPEN_DATASETS } from "../privacy";
import type { Difference } from "./difference";
import { difference, fromTo, type Place, type Rule } from "./rule";
import { pointerBelow, type Schema, same, schemaOf } from "./schema";

/** How close a value stands to a person. No direct identifier goes further than silver, in no version. */
export const classificationRule: Rule = {
  name: "classification",
  keywords: ["classification"],
  differences: (before, after, place) => [
    ...classified(
      before["classification"],
      after["classification"],
      pointerBelow(place.pointer, "classification"),
      place,
    ),
    ...newIdentifiers(before, after, place),
  ],
};

function classified(old: unknown, now: unknown, pointer: string, place: Place): readonly Difference[] {
  if (old === now) return [];
  const change = `Classification from ${fromTo(old, now)}`;
  if (now === "direct_identifier" && isOpen(place)) return [exposed(change, pointer, place)];
  return sensitivity(now) > sensitivity(old)
    ? [
        difference(
          "classification_raised",
          pointer,
          `${change}. Whoever may not see such values loses the field.`,
          "holds",
          "holds",
        ),
      ]
    : [
        difference(
          "classification_lowered",
          pointer,
          `${change}: more people may see it. Someone who answers for privacy has to agree.`,
          "holds",
          "holds",
        ),
      ];
}

function sensitivity(classification: unknown): number {
  return (BY_SENSITIVITY as readonly unknown[]).indexOf(classification);
}

function newIdentifiers(before: Schema, after: Schema, place: Place): readonly Difference[] {
  if (!place.isRow || !isOpen(place)) return [];
  const old = schemaOf(before["properties"]);
  return Object.entries(schemaOf(after["properties"]))
    .filter(([name, column]) => !Object.hasOwn(old, name) && schemaOf(column)["classification"] === "direct_identifier")
    .map(([name]) => exposed(`Column ${name} is new`, pointerBelow(place.pointer, "properties", name), place));
}

function isOpen({ dataset }: Place): boolean {
  return dataset !== undefined && OPEN_DATASETS.has(dataset);
}

function exposed(change: string, pointer: string, { dataset }: Place): Difference {
  const message = `${change}: a direct identifier would be seen in ${dataset}. Leave it in silver; no version may carry it further.`;
  return difference("identifier_exposed", pointer, message, "breaks", "breaks");
}

/** What a column is to a model that was trained on the table. */
export const roleRule: Rule = {
  name: "role",
  keywords: ["role"],
  differences: (before, after, place) => {
    const [old, now] = [before["role"], after["role"]];
    const pointer = pointerBelow(place.pointer, "role");
    if (old === now) return [];
    return old === undefined
      ? [difference("role_added", pointer, `The column is a ${String(now)} now.`, "holds", "holds")]
      : [
          difference(
            "role_changed",
            pointer,
            `Role from ${fromTo(old, now)}: models were trained on the old one. Add a column, or raise the major version.`,
            "breaks",
            "breaks",
          ),
        ];
  },
};

/** Whether the value is of the row's time or of the run's. */
export const asOfRule: Rule = {
  name: "asOf",
  keywords: ["asOf"],
  differences: (before, after, place) =>
    before["asOf"] === after["asOf"]
      ? []
      : [
          difference(
            "as_of_changed",
            pointerBelow(place.pointer, "asOf"),
            `The time of the value changes from ${fromTo(before["asOf"], after["asOf"])}: the same column means something else. Add a column, or raise the major version.`,
            "breaks",
            "breaks",
          ),
        ],
};

/** A view's expression. */
export const sqlRule: Rule = {
  name: "sql",
  keywords: ["sql"],
  differences: (before, after, place) =>
    before["sql"] === after["sql"]
      ? []
      : [
          difference(
            "view_changed",
            pointerBelow(place.pointer, "sql"),
            "The view's expression differs. The column keeps its type; see that it keeps its meaning.",
            "holds",
            "holds",
          ),
        ],
};

/** Words for people; nothing reads them. */
export const wordsRule: Rule = {
  name: "words",
  keywords: ["description", "examples", "$comment"],
  differences: (before, after, place) =>
    ["description", "examples", "$comment"]
      .filter((keyword) => !same(before[keyword], after[keyword]))
      .map((keyword) =>
        difference(
          "words_changed",
          pointerBelow(place.pointer, keyword),
          "Other words. Where the meaning changed as well, add a field instead.",
          "holds",
          "holds",
        ),
      ),
};

/** A default that nobody fills in. */
export const defaultRule: Rule = {
  name: "default",
  keywords: ["default"],
  differences: (before, after, place) =>
    same(before["default"], after["default"])
      ? []
      : [
          difference(
            "default_changed",
            pointerBelow(place.pointer, "default"),
            `Default from ${fromTo(before["default"], after["default"])}; no reader fills it in.`,
            "holds",
            "holds",
          ),
        ],
};
