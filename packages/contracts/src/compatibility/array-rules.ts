import { constraint, difference, type Rule } from "./rule";
import { pointerBelow } from "./schema";

/** What the elements of an array are: compared like any other schema. */
export const itemsRule: Rule = constraint(
  "items",
  "items",
  { added: "items_added", removed: "items_removed" },
  (before, after, pointer, place) => place.compare(before, after, pointer),
);

/** Elements that have to differ. */
export const uniqueItemsRule: Rule = {
  name: "uniqueItems",
  keywords: ["uniqueItems"],
  differences: (before, after, place) => {
    const [old, now] = [before["uniqueItems"] === true, after["uniqueItems"] === true];
    const pointer = pointerBelow(place.pointer, "uniqueItems");
    if (old === now) return [];
    return now
      ? [
          difference(
            "unique_items_added",
            pointer,
            "Elements have to differ now, but repeated ones were valid. Leave it out, or raise the major version.",
            "breaks",
            "holds",
          ),
        ]
      : [
          difference(
            "unique_items_removed",
            pointer,
            "Elements may repeat now. Whoever counts them has to expect it.",
            "holds",
            "breaks",
          ),
        ];
  },
};
