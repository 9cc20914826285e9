import fc from "fast-check";
import { expect, test } from "vitest";
import { escapePointer, pointerNames } from "./json-pointer";

test("a pointer gives the names that it was made of, whatever signs they hold", () => {
  const names = fc.array(fc.string({ unit: fc.constantFrom("~", "/", "0", "1", "a", "*") }));
  fc.assert(
    fc.property(names, (given) => {
      const pointer = given.map((name) => `/${escapePointer(name)}`).join("");
      expect(pointerNames(pointer)).toEqual(given);
    }),
  );
});
