import { FirestoreBigQueryEventHistoryTracker } from "@firebaseextensions/firestore-bigquery-change-tracker";
import { type DocumentData, FieldValue, Firestore, GeoPoint, Timestamp } from "@google-cloud/firestore";
import fc from "fast-check";
import { expect, test } from "vitest";
import { changelogData } from "./changelog-data";

const firestore = new Firestore({ projectId: "juno" });

const scalars = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  // NaN, infinities and -0 among them.
  fc.double(),
  fc.string({ unit: "binary" }),
  fc
    .record({ seconds: fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), nanos: fc.nat(999_999_999) })
    .map(({ seconds, nanos }) => new Timestamp(seconds, nanos)),
  fc
    .record({
      latitude: fc.double({ min: -90, max: 90, noNaN: true }),
      longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    })
    .map(({ latitude, longitude }) => new GeoPoint(latitude, longitude)),
  fc.constantFrom("users/u1", "users/u1/therapy_sessions/s1").map((path) => firestore.doc(path)),
  fc
    .array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 3 })
    .map((values) => FieldValue.vector(values)),
);
const bytes = fc.uint8Array({ maxLength: 4 }).map((array) => Buffer.from(array));
// The extension's writer (2.2.1) takes a field named by a number for an element of an array: beside bytes it loses others.
const fieldName = fc
  .string({ minLength: 1, maxLength: 6 })
  .filter((name) => !name.startsWith("__") && !(name in {}) && !/^\d+$/.test(name));

const { document } = fc.letrec<{ document: DocumentData; value: unknown; array: unknown[] }>((tie) => ({
  document: fc.dictionary(fieldName, tie("value"), { maxKeys: 4 }),
  value: fc.oneof({ maxDepth: 3 }, scalars, bytes, tie("array"), tie("document")),
  // Firestore has no array in an array; of one with bytes the extension loses elements (below).
  array: fc.array(fc.oneof(scalars, tie("document")), { maxLength: 4 }),
}));

test("is, to the byte, what the extension's own writer makes of the same document", () => {
  const tracker = new FirestoreBigQueryEventHistoryTracker({
    datasetId: "d",
    tableId: "t",
    bqProjectId: "juno",
  } as ConstructorParameters<typeof FirestoreBigQueryEventHistoryTracker>[0]);
  fc.assert(
    fc.property(document, (fields) => {
      expect(changelogData(fields)).toBe(JSON.stringify(tracker.serializeData(fields)));
    }),
    { numRuns: 500 },
  );
});

test("bytes are left out wherever they stand, and nothing with them", () => {
  const photo = Buffer.from("x");
  expect(changelogData({ photo, kept: 1, list: [photo, 1, { photo, kept: 2 }, photo] })).toBe(
    '{"kept":1,"list":[1,{"kept":2}]}',
  );
});
