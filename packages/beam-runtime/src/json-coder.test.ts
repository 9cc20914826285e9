import "./sdk";
import { type Coder, Context } from "apache-beam/coders/coders";
import { GeneralObjectCoder } from "apache-beam/coders/js_coders";
import { Pipeline } from "apache-beam/internal/pipeline";
import { CombinePayload, type Pipeline as PipelineProto } from "apache-beam/proto/beam_runner_api";
import { Root } from "apache-beam/pvalue";
import { combinePerKey } from "apache-beam/transforms/internal";
import { assert, dictionary, property, string } from "fast-check";
import { Reader, Writer } from "protobufjs";
import { expect, test } from "vitest";
import { createFrom } from "./create";
import { canonicalJson, fromCanonicalJson, JSON_CODER_URN, JsonCoder, withJsonCoder } from "./json-coder";
import { combineBy } from "./keyed";
import { parDo } from "./sdk";
import { jsonLike } from "./testing/json-like";
import { summary, wordOf } from "./testing/sample-steps";

function bytesOf(coder: Coder<unknown>, values: readonly unknown[], context: Context): Uint8Array {
  const writer = new Writer();
  for (const each of values) coder.encode(each, writer, context);
  return writer.finish();
}

function throughCoder(coder: Coder<unknown>, given: unknown): unknown {
  return coder.decode(new Reader(bytesOf(coder, [given], Context.wholeStream)), Context.wholeStream);
}

test("every JSON-like value comes out as it went in, whole or one after the other", () => {
  const coder = new JsonCoder();
  assert(
    property(jsonLike, jsonLike, (first, second) => {
      expect(throughCoder(coder, first)).toStrictEqual(first);
      const reader = new Reader(bytesOf(coder, [first, second], Context.needsDelimiters));
      expect(coder.decode(reader, Context.needsDelimiters)).toStrictEqual(first);
      expect(coder.decode(reader, Context.needsDelimiters)).toStrictEqual(second);
      expect(reader.pos).toBe(reader.len);
    }),
  );
});

test("the order in which fields were set leaves no trace in the bytes", () => {
  assert(
    property(dictionary(string(), jsonLike, { noNullPrototype: true }), (fields) => {
      const reversed = Object.fromEntries(Object.entries(fields).reverse());
      expect(canonicalJson(reversed)).toBe(canonicalJson(fields));
    }),
  );
});

test("the SDK's general coder writes equal objects as different bytes", () => {
  const ofSdk = [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ].map((given) => bytesOf(new GeneralObjectCoder<unknown>(), [given], Context.wholeStream));
  expect(ofSdk[0]).not.toEqual(ofSdk[1]);
});

/** What the SDK's general coder makes of each. */
const changedBySdk: readonly (readonly [given: unknown, ofSdk: unknown])[] = [
  [-0, 0],
  [2 ** 31, -(2 ** 31)],
  [2 ** 32 + 1, 1],
  [undefined, null],
  [{ a: undefined }, {}],
];

test.each(changedBySdk)("%o is kept, where the SDK's general coder makes it %o", (given, ofSdk) => {
  expect(throughCoder(new JsonCoder(), given)).toStrictEqual(given);
  expect(throughCoder(new GeneralObjectCoder<unknown>(), given)).toStrictEqual(ofSdk);
});

test("a bigint in an object is kept, where the SDK's general coder fails", () => {
  expect(throughCoder(new JsonCoder(), { a: 10n })).toStrictEqual({ a: 10n });
  expect(() => throughCoder(new GeneralObjectCoder<unknown>(), { a: 10n })).toThrow("Unsupported type BigInt");
});

test.each([[new Date(0)], [new Map()], [() => 1], [Symbol("s")]])("%s is refused", (given) => {
  expect(() => canonicalJson(given)).toThrow("cannot be coded");
});

test("a kind of value that is not known is an error", () => {
  expect(() => fromCanonicalJson('{"$":["later","1"]}')).toThrow('unknown kind of value "later"');
});

test("the coder is put on elements, keys and accumulators, and the pipeline given is left alone", () => {
  const pipeline = new Pipeline();
  new Root(pipeline).apply(createFrom([{ word: "w", amount: 1 }])).apply(combineBy(wordOf, summary));
  const before = pipeline.getProto() as unknown as PipelineProto;
  const coders = Object.values(withJsonCoder(before).components?.coders ?? {});
  const general = Object.entries(before.components?.coders ?? {}).filter(
    ([, { spec }]) => spec?.urn === GeneralObjectCoder.URN,
  );
  expect(coders.filter(({ spec }) => spec?.urn === GeneralObjectCoder.URN)).toEqual([]);
  expect(coders.filter(({ spec }) => spec?.urn === JSON_CODER_URN)).toHaveLength(general.length);
  const ids = general.map(([id]) => id);
  const transforms = Object.values(before.components?.transforms ?? {});
  const combine = transforms.find(({ spec }) => spec?.urn === combinePerKey.urn);
  expect(ids).toContain(CombinePayload.fromBinary(combine?.spec?.payload ?? new Uint8Array()).accumulatorCoderId);
  expect(transforms.some(({ spec }) => spec?.urn === parDo.urn)).toBe(true);
});

// One line each of `canonicalJson`, as the first version wrote it: a bundle may have been written by it.
const FIRST_VERSION = new Map<string, unknown>([
  ["null", null],
  ['{"$":["undefined"]}', undefined],
  ["-1.5", -1.5],
  ["1e+21", 1e21],
  ['{"$":["number","-0"]}', -0],
  ['{"$":["number","NaN"]}', Number.NaN],
  ['{"$":["number","-Infinity"]}', Number.NEGATIVE_INFINITY],
  ['{"$":["bigint","1180591620717411303424"]}', 2n ** 70n],
  ['{"$":["bytes","AP8="]}', new Uint8Array([0, 255])],
  ['"\u00e9\\ud800\\n"', "\u00e9\ud800\n"],
  ['[1,[true,""]]', [1, [true, ""]]],
  ['{"a":{"b":[]},"z":false}', { z: false, a: { b: [] } }],
  ['{"$":["object",{"$":1}]}', { $: 1 }],
]);

test.each([...FIRST_VERSION])("%s of the first version is read, and written again", (text, given) => {
  expect(fromCanonicalJson(text)).toStrictEqual(given);
  expect(canonicalJson(given)).toBe(text);
});
