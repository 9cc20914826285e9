import { describe, expect, test } from "vitest";
import { columnsOf } from "./columns";
import type { ContractFolder, PropertySchema } from "./schema-file";

const WORDS = { description: "What it holds.", classification: "internal" } as const;

function contract(property: PropertySchema): ContractFolder {
  return {
    layer: "silver",
    name: "visits",
    path: "schemas/silver/visits",
    version: "1.0.0",
    schema: {
      $id: "urn:junoplus:contract:silver:visits:1.0.0",
      title: "silver_visits",
      description: "Visits.",
      properties: { visit: property },
    },
  };
}

describe("a column's type and mode", () => {
  test.each([
    [{ type: "string" }, "STRING", "REQUIRED"],
    [{ type: ["string", "null"] }, "STRING", "NULLABLE"],
    [{ type: ["null", "string"] }, "STRING", "NULLABLE"],
    [{ type: "string", format: "date" }, "DATE", "REQUIRED"],
    [{ type: ["string", "null"], format: "date-time" }, "TIMESTAMP", "NULLABLE"],
    [{ type: "integer" }, "INT64", "REQUIRED"],
    [{ type: ["number", "null"] }, "FLOAT64", "NULLABLE"],
    [{ type: "boolean" }, "BOOL", "REQUIRED"],
    [{ type: "array", items: { type: "string" } }, "STRING", "REPEATED"],
    [{ type: "array", items: { type: "string", format: "date" } }, "DATE", "REPEATED"],
  ] satisfies [PropertySchema, string, string][])("%j is %s %s", (property, type, mode) => {
    expect(columnsOf(contract({ ...WORDS, ...property }))).toEqual([{ name: "visit", type, mode, ...WORDS }]);
  });
});

test("a column carries its bounds, role and expression, and allowed values beside NULL", () => {
  const facts = { role: "feature", asOf: "current", minimum: 0, maximum: 3, sql: "a + b" } as const;
  const property = { ...WORDS, ...facts, type: ["string", "null"], enum: ["a", "b", null] };
  expect(columnsOf(contract(property))).toEqual([
    { name: "visit", type: "STRING", mode: "NULLABLE", ...WORDS, ...facts, allowed: ["a", "b"] },
  ]);
});

test("the elements of a repeated column give its allowed values", () => {
  const property = { ...WORDS, type: "array", items: { type: "string", enum: ["a", "b"] } };
  expect(columnsOf(contract(property))[0]).toMatchObject({ mode: "REPEATED", allowed: ["a", "b"] });
});

describe("nothing is guessed: refused, with the contract and the column, is", () => {
  const { description: _description, ...undescribed } = WORDS;
  const { classification: _classification, ...unclassified } = WORDS;

  test.each([
    ["a column without description", { ...undescribed, type: "string" }, "has no description"],
    ["a column without classification", { ...unclassified, type: "string" }, "has no classification"],
    ["a column without type", WORDS, "is no column type"],
    ["a column that is only null", { ...WORDS, type: "null" }, "is no column type"],
    ["two types", { ...WORDS, type: ["string", "integer"] }, "is no column type"],
    ["two types beside null", { ...WORDS, type: ["string", "number", "null"] }, "is no column type"],
    ["an object", { ...WORDS, type: "object" }, "is no column type"],
    ["an unknown format", { ...WORDS, type: "string", format: "uuid" }, "with format uuid is no column type"],
    ["a Firestore format", { ...WORDS, type: "string", format: "firestore-timestamp" }, "is no column type"],
    ["a format of another type", { ...WORDS, type: "integer", format: "date" }, "is no column type"],
    ["an array without items", { ...WORDS, type: "array" }, "is an array without items"],
    ["an array of NULLs", { ...WORDS, type: "array", items: { type: ["string", "null"] } }, "has NULL elements"],
    ["an array of arrays", { ...WORDS, type: "array", items: { type: "array" } }, "is no column type"],
    [
      "an array that may be NULL",
      { ...WORDS, type: ["array", "null"], items: { type: "string" } },
      "is no column type",
    ],
  ] satisfies [string, PropertySchema, string][])("%s", (_case, property, fault) => {
    expect(() => columnsOf(contract(property))).toThrow("schemas/silver/visits/schema.json, column visit: ");
    expect(() => columnsOf(contract(property))).toThrow(fault);
  });
});
