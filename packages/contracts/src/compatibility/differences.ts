import type { Difference } from "./difference";
import { difference, type Place, type Rule } from "./rule";
import { RULES } from "./rules";
import { type Schema, schemaOf } from "./schema";

/** Every difference between two versions of a contract, by pointer and kind, with what it does to readers. */
export function differences(before: object, after: object): readonly Difference[] {
  return differencesBy(RULES)(before, after);
}

/** The same by other rules; `known` are the keywords that some rule answers for, so that the rest is a break. */
export function differencesBy(
  rules: readonly Rule[],
  known: ReadonlySet<string> = new Set(rules.flatMap(({ keywords }) => keywords)),
): (before: object, after: object) => readonly Difference[] {
  return (before, after) => {
    const [old, now] = [before as Schema, after as Schema];
    const isRow = old["warehouse"] !== undefined && now["warehouse"] !== undefined;
    const dataset = schemaOf(now["warehouse"])["dataset"];
    const shared = { known, ...(typeof dataset === "string" && { dataset }) };
    const compare: Place["compare"] = (older, newer, pointer) => compareAt(older, newer, pointer, false);
    return compareAt(old, now, "", isRow);

    function compareAt(older: unknown, newer: unknown, pointer: string, row: boolean): readonly Difference[] {
      if (older === false || newer === false) return older === newer ? [] : [nothingAllowed(pointer)];
      const place: Place = { ...shared, pointer, isRow: row, compare };
      return rules.flatMap((rule) => rule.differences(schemaOf(older), schemaOf(newer), place));
    }
  };
}

function nothingAllowed(pointer: string): Difference {
  const message = "Nothing was allowed here, or nothing is now. Raise the major version.";
  return difference("unknown_change", pointer, message, "breaks", "breaks");
}
