import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LoggedChange, OPERATIONS, type Rejection } from "./change";
import { compareChanges } from "./change-order";
import { type ResolvedDocument, resolveChanges, validChange } from "./document-changes";
import { documentState } from "./document-state";

const BROKEN: Rejection = { reason: "breaks_contract", detail: "/a: is broken", pointers: ["/a"], isEntry: false };
const ENTRY: Rejection = { reason: "missing_key", detail: "/l/0/a: is missing", pointers: ["/l/0/a"], isEntry: true };

interface Facts {
  readonly timestamp: string;
  readonly operation: string;
  readonly eventId: string;
  readonly data: string | null;
  /** What duplicates may differ in. */
  readonly payload: string;
}

/** A change of one document; its data says what is wrong with it, as in a change log. */
function logged({ timestamp, operation, eventId, data, payload }: Facts): LoggedChange {
  const isDelete = operation === "DELETE";
  const rejection = !isDelete && (data === null || data === "broken") ? BROKEN : null;
  const rejectedEntries = !isDelete && data === "entry broken" ? [ENTRY] : [];
  return {
    key: "c/d",
    path: "c/d",
    timestamp,
    eventId,
    operation,
    data,
    id: JSON.stringify([timestamp, operation, eventId, data]),
    rejection,
    rejectedEntries,
    payload: rejection === null && rejectedEntries.length === 0 ? null : payload,
  };
}

const change = fc
  .record({
    timestamp: fc.constantFrom(
      "1970-01-01T00:00:00.000000Z",
      "2024-08-26T10:00:00.000001Z",
      "2024-08-26T10:00:00.000002Z",
    ),
    operation: fc.constantFrom(...OPERATIONS),
    eventId: fc.constantFrom("", "a", "b"),
    data: fc.constantFrom(null, "null", "{}", "broken", "entry broken"),
    payload: fc.constantFrom("long name", "short name"),
  })
  .map(logged);
const changes = fc.array(change, { maxLength: 12 });

function resolve(input: readonly LoggedChange[]): ResolvedDocument {
  return resolveChanges.extractOutput(input.reduce(resolveChanges.addInput, resolveChanges.createAccumulator()));
}

/** The same by sorting, which needs every change at once. */
function naive(input: readonly LoggedChange[]): ResolvedDocument {
  const byId = new Map<string, LoggedChange>();
  for (const candidate of input) {
    const other = byId.get(candidate.id);
    if (other === undefined || (candidate.payload ?? "") < (other.payload ?? "")) byId.set(candidate.id, candidate);
  }
  const distinct = [...byId.values()];
  const valid = distinct.filter(({ rejection }) => rejection === null).map(validChange);
  const winner = valid.sort(compareChanges).at(-1) ?? null;
  const isDeleted = winner?.operation === "DELETE";
  return {
    winner,
    kept: distinct
      .filter(({ payload }) => payload !== null)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ id, path, timestamp, eventId, operation, rejection, rejectedEntries, payload }) => ({
        ...{ id, path, timestamp, eventId, operation },
        rejections: rejection === null ? rejectedEntries : [rejection],
        payload: payload ?? "",
      })),
    redelivered: [],
    before: null,
    changeIds: valid
      .map(({ timestamp, operation, eventId, data }) => JSON.stringify([timestamp, operation, eventId, data]))
      .sort(),
    rejectedIds: distinct
      .filter(({ rejection }) => rejection !== null)
      .map(({ id }) => id)
      .sort(),
    counts: {
      read: input.length,
      duplicates: input.length - distinct.length,
      rejected: distinct.length - valid.length,
      superseded: Math.max(valid.length - 1, 0),
      deleted: isDeleted ? 1 : 0,
      live: winner !== null && !isDeleted ? 1 : 0,
    },
  };
}

describe("whatever the changes of a document", () => {
  test("the result is that of sorting them all", () => {
    fc.assert(
      fc.property(changes, (input) => {
        expect(resolve(input)).toEqual(naive(input));
      }),
      { numRuns: 1000 },
    );
  });

  test("any order gives the same result", () => {
    const orders = changes.chain((input) =>
      fc.tuple(fc.constant(input), fc.shuffledSubarray(input, { minLength: input.length })),
    );
    fc.assert(
      fc.property(orders, ([input, shuffled]) => {
        expect(resolve(shuffled)).toEqual(resolve(input));
      }),
      { numRuns: 1000 },
    );
  });

  test("duplicates change the counts of read and duplicates, and nothing else", () => {
    const duplicated = changes.chain((input) =>
      fc.tuple(fc.constant(input), fc.array(input.length === 0 ? change : fc.constantFrom(...input), { maxLength: 6 })),
    );
    fc.assert(
      fc.property(duplicated, ([input, more]) => {
        const copies = input.length === 0 ? [] : more;
        const once = resolve(input);
        const again = resolve([...input, ...copies]);
        expect(again).toEqual({
          ...once,
          counts: {
            ...once.counts,
            read: once.counts.read + copies.length,
            duplicates: once.counts.duplicates + copies.length,
          },
        });
      }),
      { numRuns: 1000 },
    );
  });

  test("any tree of partial results gives the same result", () => {
    // Runners combine in bundles, and what bundles gave in any order and grouping.
    const bundles = fc.array(changes, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(bundles, fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 5, maxLength: 5 }), (input, merges) => {
        let partials = input.map((bundle) =>
          bundle.reduce(resolveChanges.addInput, resolveChanges.createAccumulator()),
        );
        for (const [from, size] of merges) {
          const start = from % partials.length;
          const merged = partials.splice(start, 1 + (size % partials.length));
          partials = [...partials, resolveChanges.mergeAccumulators(merged)];
        }
        expect(resolveChanges.extractOutput(resolveChanges.mergeAccumulators(partials))).toEqual(resolve(input.flat()));
      }),
      { numRuns: 1000 },
    );
  });

  test("changes read are duplicates, rejected, superseded, deleted and live ones", () => {
    fc.assert(
      fc.property(changes, (input) => {
        const { read, duplicates, rejected, superseded, deleted, live } = resolve(input).counts;
        expect(read).toBe(input.length);
        expect(duplicates + rejected + superseded + deleted + live).toBe(read);
        expect(Math.min(duplicates, rejected, superseded, deleted, live)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("what an earlier run left of a document", () => {
  const FACTS = { changelog: "c", key: "c/d", userId: null, rowKeys: [], earlier: [] };
  const halves = fc.tuple(fc.array(change, { minLength: 1, maxLength: 12 }), fc.array(change, { maxLength: 12 }));
  const added = (counts: ResolvedDocument["counts"], more: ResolvedDocument["counts"]) =>
    Object.fromEntries(Object.entries(counts).map(([fate, n]) => [fate, n + more[fate as keyof typeof more]]));

  test("stands for its changes: with later ones it leaves the same state, and counts that add up", () => {
    fc.assert(
      fc.property(halves, ([first, then]) => {
        const all = resolve([...first, ...then]);
        const before = resolve(first);
        const left = documentState(before, FACTS);
        const after = resolveChanges.extractOutput(
          [...then, left].reduce(resolveChanges.addInput, resolveChanges.createAccumulator()),
        );
        expect(documentState(after, FACTS)).toEqual(documentState(all, FACTS));
        expect(added(before.counts, after.counts)).toEqual(all.counts);
      }),
      { numRuns: 1000 },
    );
  });

  test("tells the rejected changes that came again from the new ones", () => {
    fc.assert(
      fc.property(halves, ([first, then]) => {
        const before = resolve(first);
        const after = resolveChanges.extractOutput(
          [documentState(before, FACTS), ...then].reduce(resolveChanges.addInput, resolveChanges.createAccumulator()),
        );
        const idsOf = (kept: ResolvedDocument["kept"]): string[] => kept.map(({ id }) => id);
        const known = new Set(idsOf(before.kept));
        const later = idsOf(resolve(then).kept);
        expect(idsOf(after.kept)).toEqual(later.filter((id) => !known.has(id)));
        expect(idsOf(after.redelivered)).toEqual(later.filter((id) => known.has(id)));
      }),
      { numRuns: 500 },
    );
  });

  test("holds nothing of a deleted document but its place in the order", () => {
    const gone = logged({
      timestamp: "2024-08-26T10:00:00.000001Z",
      operation: "DELETE",
      eventId: "a",
      data: "{}",
      payload: "",
    });
    expect(documentState(resolve([gone]), FACTS)).toMatchObject({ operation: "DELETE", event_id: "a", data: null });
  });
});

describe("the winner", () => {
  const at = (second: number, facts: Partial<Facts> = {}): LoggedChange =>
    logged({
      timestamp: `2024-08-26T10:00:0${second}.000000Z`,
      operation: "UPDATE",
      eventId: "e",
      data: "{}",
      payload: "p",
      ...facts,
    });

  test("is the newest valid change, when the newest is rejected", () => {
    const { winner, counts } = resolve([at(1), at(2), at(3, { data: "broken" })]);
    expect(winner?.timestamp).toBe("2024-08-26T10:00:02.000000Z");
    expect(counts).toEqual({ read: 3, duplicates: 0, rejected: 1, superseded: 1, deleted: 0, live: 1 });
  });

  test("is a DELETE, when what came after it is rejected: the document stays deleted", () => {
    const { winner, counts } = resolve([at(1), at(2, { operation: "DELETE", data: null }), at(3, { data: "broken" })]);
    expect(winner?.operation).toBe("DELETE");
    expect(counts).toEqual({ read: 3, duplicates: 0, rejected: 1, superseded: 1, deleted: 1, live: 0 });
  });

  test("is the change with a rejected entry: the rest of its document stands", () => {
    const { winner, kept, counts } = resolve([at(1), at(2, { data: "entry broken" })]);
    expect(winner?.data).toBe("entry broken");
    expect(kept.map(({ rejections }) => rejections)).toEqual([[ENTRY]]);
    expect(counts).toMatchObject({ rejected: 0, live: 1 });
  });

  test("is none, when no change is valid", () => {
    const { winner, counts } = resolve([at(1, { data: "broken" }), at(2, { data: null })]);
    expect(winner).toBeNull();
    expect(counts).toEqual({ read: 2, duplicates: 0, rejected: 2, superseded: 0, deleted: 0, live: 0 });
  });
});

test("a rejected change that came twice is kept once, with the lesser text", () => {
  const copy = { timestamp: "2024-08-26T10:00:00.000000Z", operation: "UPDATE", eventId: "e", data: "broken" };
  const { kept, counts } = resolve([logged({ ...copy, payload: "b" }), logged({ ...copy, payload: "a" })]);
  expect(kept.map(({ payload }) => payload)).toEqual(["a"]);
  expect(counts).toMatchObject({ read: 2, duplicates: 1, rejected: 1 });
});
