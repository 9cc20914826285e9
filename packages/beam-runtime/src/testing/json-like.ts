import fc, { type Arbitrary } from "fast-check";

/** Texts of any UTF-16, halves of characters too. */
export const anyText: Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);

/** Any JSON-like value: what the JSON coder carries. */
export const { jsonLike } = fc.letrec((tie) => ({
  jsonLike: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.constant(undefined),
    fc.boolean(),
    fc.double(),
    fc.maxSafeInteger(),
    fc.bigInt(),
    anyText,
    fc.uint8Array(),
    fc.array(tie("jsonLike")),
    fc.dictionary(fc.oneof(fc.string(), fc.constant("$"), fc.constant("__proto__")), tie("jsonLike"), {
      noNullPrototype: true,
    }),
  ),
}));
