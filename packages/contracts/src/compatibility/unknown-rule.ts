import type { Difference } from "./difference";
import { difference, type Place, type Rule } from "./rule";
import { pointerBelow, type Schema, same, schemaOf } from "./schema";

const BLOCKS: readonly string[] = ["warehouse", "changelog"];

/**
 * What no rule knows is a break. A schema with such a keyword is compared as a whole, because the keyword may change what
 * its neighbours mean.
 */
export const unknownRule: Rule = {
  name: "unknown",
  keywords: [],
  differences: (before, after, place) => {
    const keywords = keysOf(before, after).filter((keyword) => !BLOCKS.includes(keyword) && !place.known.has(keyword));
    const facts = BLOCKS.flatMap((block) => unknownFacts(block, before, after, place));
    return keywords.length === 0 || same(before, after)
      ? facts
      : [...facts, unknown(keywords.join(", "), place.pointer)];
  },
};

function unknownFacts(block: string, before: Schema, after: Schema, place: Place): readonly Difference[] {
  const [old, now] = [schemaOf(before[block]), schemaOf(after[block])];
  // A block that comes or goes turns a change log into a table or back.
  if ((before[block] === undefined) !== (after[block] === undefined)) {
    return [unknown(block, pointerBelow(place.pointer, block))];
  }
  return keysOf(old, now)
    .filter((name) => !place.known.has(`${block}.${name}`) && !same(old[name], now[name]))
    .map((name) => unknown(name, pointerBelow(place.pointer, block, name)));
}

function keysOf(before: Schema, after: Schema): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

function unknown(what: string, pointer: string): Difference {
  const message = `No rule knows what a change beside ${what} means, so it counts as a break. Raise the major version, or add the rule.`;
  return difference("unknown_change", pointer, message, "breaks", "breaks");
}
