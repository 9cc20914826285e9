import { bronzeMedications, bronzeTherapySessions } from "@junoplus/contracts";
import { expect, test } from "vitest";
import { documentName, firestorePlace } from "./firestore-place";
import { importLine } from "./import-change";
import { readChange } from "./read-change";

const place = { project: "juno", database: "(default)" };
const at = "2024-03-01T08:00:00.123456Z";

test("an import has the extension's columns, no event, and the wildcards of the collection", () => {
  const line = importLine(bronzeTherapySessions, place, { path: "users/u1/therapy_sessions/s1", data: "{}" }, at);
  expect(JSON.parse(line)).toEqual({
    timestamp: at,
    event_id: "",
    document_name: "projects/juno/databases/(default)/documents/users/u1/therapy_sessions/s1",
    operation: "IMPORT",
    data: "{}",
    old_data: null,
    document_id: "s1",
    path_params: '{"userId":"u1"}',
  });
});

test("a collection without wildcards has none", () => {
  const line = importLine(bronzeMedications, place, { path: "medications/u1", data: "{}" }, at);
  expect(JSON.parse(line)).toMatchObject({ document_id: "u1", path_params: "{}" });
});

test("a run reads it as the change that it says", () => {
  const line = importLine(bronzeMedications, place, { path: "medications/u1", data: '{"medications":[]}' }, at);
  expect(readChange(bronzeMedications, line)).toMatchObject({
    path: "medications/u1",
    timestamp: at,
    eventId: "",
    operation: "IMPORT",
    data: '{"medications":[]}',
    rejection: null,
  });
});

test.each([
  ["juno-app", { project: "juno-app", database: "(default)" }],
  ["juno-app/(default)", { project: "juno-app", database: "(default)" }],
  ["juno.example:app/second", { project: "juno.example:app", database: "second" }],
  ["juno-app/", null],
  ["juno-app/second/third", null],
  ["Juno", null],
  ["", null],
])("the place %j", (text, place) => {
  expect(firestorePlace(text)).toEqual(place);
});

test("a document's name names project and database", () => {
  expect(documentName({ project: "p", database: "second" }, "medications/u1")).toBe(
    "projects/p/databases/second/documents/medications/u1",
  );
});
