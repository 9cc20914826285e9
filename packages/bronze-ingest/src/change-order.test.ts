import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OPERATIONS } from "./change";
import { compareChanges, type Ordered } from "./change-order";

const UPDATE: Ordered = { timestamp: "2024-08-26T10:00:00.000001Z", operation: "UPDATE", eventId: "b", data: "{}" };

/** Few values, so that ties are common; text where the orders of UTF-8 and UTF-16 part. */
const changes: fc.Arbitrary<Ordered> = fc.record({
  timestamp: fc.constantFrom(
    "1970-01-01T00:00:00.000000Z",
    "2024-08-26T10:00:00.000001Z",
    "2024-08-26T10:00:00.000002Z",
  ),
  operation: fc.constantFrom(...OPERATIONS),
  eventId: fc.constantFrom("", "a", "b", "ab", "\uffff", "😀"),
  data: fc.constantFrom(null, "", "null", "{}", '{"a":1}', "\uffff", "😀"),
});

function sign(a: Ordered, b: Ordered): number {
  return Math.sign(compareChanges(a, b));
}

describe("the later of two changes", () => {
  test.each([
    ["the greater timestamp, by a microsecond", {}, { timestamp: "2024-08-26T10:00:00.000002Z", eventId: "a" }],
    ["a DELETE at the same instant", {}, { operation: "DELETE", eventId: "a", data: null }],
    ["the greater event id at the same instant", {}, { eventId: "c", data: "" }],
    ["the longer of two event ids that begin alike", {}, { eventId: "bb" }],
    ["the greater event id by UTF-8 bytes, not by UTF-16 units", { eventId: "\uffff" }, { eventId: "😀" }],
    ["the greater data, everything else being equal", { data: '{"a":1}' }, { data: '{"a":2}' }],
    ["the greater data by UTF-8 bytes", { data: "\uffff" }, { data: "😀" }],
    ["the one with data, where the other has none", { data: null }, { data: "" }],
  ] satisfies [string, Partial<Ordered>, Partial<Ordered>][])("is %s", (_rule, earlier, later) => {
    expect(sign({ ...UPDATE, ...later }, { ...UPDATE, ...earlier })).toBe(1);
    expect(sign({ ...UPDATE, ...earlier }, { ...UPDATE, ...later })).toBe(-1);
  });

  test("an update a microsecond after a DELETE is later: the document is back", () => {
    const deletion: Ordered = { ...UPDATE, operation: "DELETE", data: null };
    expect(sign({ ...UPDATE, timestamp: "2024-08-26T10:00:00.000002Z" }, deletion)).toBe(1);
  });

  test("is never an IMPORT of the epoch, but against another one", () => {
    const epoch: Ordered = { timestamp: "1970-01-01T00:00:00.000000Z", operation: "IMPORT", eventId: "", data: "z" };
    fc.assert(
      fc.property(changes, (change) => {
        fc.pre(change.timestamp !== epoch.timestamp);
        expect(sign(epoch, change)).toBe(-1);
      }),
    );
  });

  test("an IMPORT with its wall clock counts at that time", () => {
    expect(sign({ ...UPDATE, operation: "IMPORT", timestamp: "2024-08-26T10:00:00.000002Z" }, UPDATE)).toBe(1);
  });
});

test("the order is that of timestamp, DELETE, event id and data, in this order", () => {
  const naive = (a: Ordered, b: Ordered): number => {
    const bytes = (x: string, y: string): number => Buffer.compare(Buffer.from(x), Buffer.from(y));
    const deletes = [a, b].map(({ operation }) => (operation === "DELETE" ? 1 : 0)) as [number, number];
    return (
      bytes(a.timestamp, b.timestamp) ||
      deletes[0] - deletes[1] ||
      bytes(a.eventId, b.eventId) ||
      bytes(a.data ?? "", b.data ?? "")
    );
  };
  fc.assert(
    fc.property(changes, changes, (a, b) => {
      const expected = Math.sign(naive(a, b));
      if (expected !== 0) expect(sign(a, b)).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});

test("the order is total: opposite when swapped, transitive, zero for equal changes only", () => {
  fc.assert(
    fc.property(changes, changes, changes, (a, b, c) => {
      expect(sign(a, b) + sign(b, a)).toBe(0);
      expect(sign(a, b) === 0).toBe(JSON.stringify(a) === JSON.stringify(b));
      const [first, second, third] = [a, b, c].sort(compareChanges) as [Ordered, Ordered, Ordered];
      expect(sign(first, second)).toBeLessThanOrEqual(0);
      expect(sign(second, third)).toBeLessThanOrEqual(0);
      expect(sign(first, third)).toBeLessThanOrEqual(0);
    }),
    { numRuns: 2000 },
  );
});
