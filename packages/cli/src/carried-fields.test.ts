import { expect, test } from "vitest";
import { CarriedFields } from "./carried-fields";

function carried(field: string, documents: readonly unknown[]): number | undefined {
  const fields = new CarriedFields([field]);
  for (const document of documents) fields.add(document);
  return fields.result()[0]?.documents;
}

test("a document carries a field that it holds anything in but null", () => {
  expect(carried("/mood", [{ mood: "good" }, { mood: 0 }, { mood: {} }, { mood: null }, {}, null, "mood"])).toBe(3);
});

test("a field below a map or in any entry of an array counts once a document", () => {
  expect(carried("/map/a~1b", [{ map: { "a/b": 1 } }, { map: [1] }, { map: { a: 1 } }])).toBe(1);
  expect(carried("/days/*/mood", [{ days: [{}, { mood: 1 }, { mood: 2 }] }, { days: [] }, { days: {} }])).toBe(1);
});

test("what a document inherits is no field of it", () => {
  expect(carried("/constructor", [{}, { constructor: 1 }])).toBe(1);
});
