import fc from "fast-check";
import { expect, test } from "vitest";
import { wellFormed } from "./well-formed";

test.each([
  ["Dysmenorrhö 😀", "Dysmenorrhö 😀"],
  ["cut \ud83d", "cut \ufffd"],
  ["\ude00 cut", "\ufffd cut"],
  ["\ude00\ud83d", "\ufffd\ufffd"],
])("%j is %j", (text, expected) => {
  expect(wellFormed(text)).toBe(expected);
});

test("a text is what comes back from UTF-8", () => {
  const texts = fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(texts, (text) => {
      expect(wellFormed(text)).toBe(Buffer.from(text).toString());
    }),
  );
});
