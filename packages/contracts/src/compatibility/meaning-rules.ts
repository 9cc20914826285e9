import { BY_SENSITIVITY, OPEN_DATASETS } from "../privacy";
import type { Difference, DifferenceKind, Verdict } from "./difference";
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
export const asOfRule: Rule = changedKeyword(
  "asOf",
  "as_of_changed",
  "breaks",
  (before, after) =>
    `The time of the value changes from ${fromTo(before, after)}: the same column means something else. Add a column, or raise the major version.`,
);

/** A view's expression. */
export const sqlRule: Rule = changedKeyword(
  "sql",
  "view_changed",
  "holds",
  () => "The view's expression differs. The column keeps its type; see that it keeps its meaning.",
);

/** A default that nobody fills in. */
export const defaultRule: Rule = changedKeyword(
  "default",
  "default_changed",
  "holds",
  (before, after) => `Default from ${fromTo(before, after)}; no reader fills it in.`,
);

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

/** A keyword that constrains no value: its coming, going and changing are one difference, alike for both directions. */
function changedKeyword(
  keyword: string,
  kind: DifferenceKind,
  verdict: Verdict,
  message: (before: unknown, after: unknown) => string,
): Rule {
  return {
    name: keyword,
    keywords: [keyword],
    differences: (before, after, place) => {
      const [old, now] = [before[keyword], after[keyword]];
      if (same(old, now)) return [];
      return [difference(kind, pointerBelow(place.pointer, keyword), message(old, now), verdict, verdict)];
    },
  };
}
