import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileDecoder } from "./decode";
import { changelogContracts } from "./generated";
import { anyDocument } from "./testing/any-document";

const decodeTimestamp = compileDecoder({ format: "firestore-timestamp" });
const decodeIsoInstant = compileDecoder({ format: "iso-instant" });

describe("a Timestamp", () => {
  test.each([
    [{ _seconds: 1_724_686_407, _nanoseconds: 642_846_999 }, "2024-08-26T15:33:27.642846Z"],
    [{ _seconds: -1, _nanoseconds: 999_999_999 }, "1969-12-31T23:59:59.999999Z"],
    [{ _seconds: 0, _nanoseconds: 0, more: true }, "1970-01-01T00:00:00.000000Z"],
    ["2024-08-26T15:33:27.642Z", "2024-08-26T15:33:27.642000Z"],
    ["2024-08-26", "2024-08-26T00:00:00.000000Z"],
  ])("%j is %s", (value, canonical) => {
    expect(decodeTimestamp(value)).toBe(canonical);
  });

  test.each([
    [{ _seconds: 0 }],
    [{ _nanoseconds: 0 }],
    [{ _seconds: "0", _nanoseconds: 0 }],
    [{ _seconds: 0.5, _nanoseconds: 0 }],
    [{ _seconds: 0, _nanoseconds: -1 }],
    [{ _seconds: 0, _nanoseconds: 1_000_000_000 }],
    [{ _seconds: 1e18, _nanoseconds: 0 }],
    [{ seconds: 0, nanoseconds: 0 }],
    [[]],
    ["soon"],
    [1_724_686_407],
    [true],
  ])("%j is kept as it is, for validation to name it", (value) => {
    expect(decodeTimestamp(value)).toBe(value);
  });
});

describe("an ISO instant", () => {
  test("text is decoded", () => {
    expect(decodeIsoInstant("2024-02-08T16:44:03.086000")).toBe("2024-02-08T16:44:03.086000Z");
  });

  test("a Timestamp object is none", () => {
    const value = { _seconds: 0, _nanoseconds: 0 };
    expect(decodeIsoInstant(value)).toBe(value);
  });
});

describe("an object", () => {
  const decode = compileDecoder({
    properties: {
      name: {},
      at: { format: "firestore-timestamp" },
      inner: { properties: { level: {} } },
      list: { items: { properties: { day: { format: "iso-instant" } } } },
      words: { items: {} },
    },
  });

  test("null equals absent, at every depth", () => {
    expect(decode({ name: null, at: null, inner: { level: null }, list: [{ day: null }] })).toEqual({
      inner: {},
      list: [{}],
    });
  });

  test("fields that are not named are dropped, at every depth", () => {
    expect(decode({ name: "n", notes: "x", inner: { level: 1, notes: "x" }, list: [{ notes: "x" }] })).toEqual({
      name: "n",
      inner: { level: 1 },
      list: [{}],
    });
  });

  test("wrong values are kept", () => {
    const wrong = { name: { a: 1 }, at: "soon", inner: "text", list: { day: 1 }, words: 5 };
    expect(decode(wrong)).toEqual(wrong);
    expect(decode([])).toEqual([]);
    expect(decode("text")).toBe("text");
  });

  test("an array keeps its order and its length, so that pointers stay true", () => {
    expect(decode({ list: [1, { day: "2024-01-01" }, null, "x"] })).toEqual({
      list: [1, { day: "2024-01-01T00:00:00.000000Z" }, null, "x"],
    });
  });

  test("text is as UTF-8 can hold it, in a field, in a list and in the place of a list", () => {
    expect(decode({ name: "cut \ud83d", words: ["\ude00"] })).toEqual({ name: "cut \ufffd", words: ["\ufffd"] });
    expect(decode({ words: "a,\ud83d" })).toEqual({ words: "a,\ufffd" });
  });

  test("a document reaches no prototype", () => {
    const raw = JSON.parse('{"__proto__": {"name": "inherited"}, "constructor": 1}') as object;
    expect(decode(raw)).toEqual({});
    expect(decode(Object.create({ name: "inherited" }))).toEqual({});
  });
});

describe.each(changelogContracts.map((contract) => [contract.table, contract] as const))("%s", (table, contract) => {
  test("any JSON can be decoded, and decoding what is decoded changes nothing", () => {
    fc.assert(
      fc.property(fc.oneof(fc.object(), anyDocument(table)), (raw) => {
        const decoded = contract.decode(raw);
        expect(contract.decode(decoded as object)).toEqual(decoded);
      }),
    );
  });

  test("a document with each null left out decodes to the same", () => {
    fc.assert(
      fc.property(anyDocument(table), (raw) => {
        expect(contract.decode(withoutNulls(raw) as object)).toEqual(contract.decode(raw));
      }),
    );
  });
});

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((entry) => (entry === null ? null : withoutNulls(entry)));
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutNulls(field)]));
}
