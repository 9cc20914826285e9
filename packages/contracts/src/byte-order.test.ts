import fc from "fast-check";
import { expect, test } from "vitest";
import { compareBytes } from "./byte-order";

/** Any UTF-16 units, surrogates without their other half included; dense where the orders of UTF-8 and UTF-16 part. */
const units = fc.oneof(
  fc.constantFrom(0x00, 0x61, 0x62, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xd83d, 0xdbff),
  fc.constantFrom(0xdc00, 0xde00, 0xdfff, 0xe000, 0xfffc, 0xfffd, 0xfffe, 0xffff),
  fc.nat(0xffff),
);
const texts = fc.array(units, { maxLength: 6 }).map((codes) => String.fromCharCode(...codes));

function utf8Order(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

test.each([
  ["", "", 0],
  ["", "a", -1],
  ["a", "ab", -1],
  ["b", "ab", 1],
  ["Z", "a", -1],
  ["z", "é", -1],
  ["\uffff", "😀", -1],
  ["\ue000", "😀", -1],
  ["😀", "😁", -1],
  ["a😀", "a\ufffd", 1],
  // Half a pair is U+FFFD in UTF-8: before the pair, after U+E000.
  ["\ud83d", "😀", -1],
  ["\ud83d", "\ue000", 1],
  ["\udc00", "\uffff", -1],
])("%j against %j is %d", (a, b, sign) => {
  expect(Math.sign(compareBytes(a, b))).toBe(sign);
  expect(Math.sign(compareBytes(b, a)) + sign).toBe(0);
});

test("the order is that of UTF-8 bytes, whatever the text", () => {
  fc.assert(
    fc.property(texts, texts, texts, (start, a, b) => {
      const order = utf8Order(start + a, start + b);
      // Texts of equal bytes are told apart below.
      if (order !== 0) expect(Math.sign(compareBytes(start + a, start + b))).toBe(order);
    }),
    { numRuns: 5000 },
  );
});

test("it is total: zero for equal texts only, opposite when swapped, and transitive", () => {
  fc.assert(
    fc.property(texts, texts, texts, (a, b, c) => {
      expect(compareBytes(a, b) === 0).toBe(a === b);
      expect(Math.sign(compareBytes(a, b)) + Math.sign(compareBytes(b, a))).toBe(0);
      const [first, second, third] = [a, b, c].sort(compareBytes) as [string, string, string];
      expect(compareBytes(first, second)).toBeLessThanOrEqual(0);
      expect(compareBytes(second, third)).toBeLessThanOrEqual(0);
      expect(compareBytes(first, third)).toBeLessThanOrEqual(0);
    }),
    { numRuns: 2000 },
  );
});
