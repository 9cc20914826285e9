import { expect, test } from "vitest";
import type { ContractFolder, ContractSchema, PropertySchema } from "../generate/schema-file";
import { warehouseDiff } from "./warehouse-diff";

const ID: PropertySchema = { type: "string", description: "Id.", classification: "internal" };
const LEVEL: PropertySchema = { type: "integer", description: "Level.", classification: "internal" };

function table(columns: Readonly<Record<string, PropertySchema>>, facts: object = {}): ContractFolder {
  const schema: ContractSchema = {
    $id: "urn:junoplus:contract:silver:things:1.0.0",
    title: "silver_things",
    description: "Things.",
    properties: { id: ID, ...columns },
    warehouse: { dataset: "silver", kind: "table", write: "replace", key: ["id"], ...facts },
  };
  return { layer: "silver", name: "things", path: "schemas/silver/things", version: "1.0.0", schema };
}

const diff = (before: ContractFolder, after: ContractFolder) => warehouseDiff(before, after, "p");

test("no change implies no statement", () => {
  expect(diff(table({}), table({}))).toEqual({ bigQuery: [], duckDb: [], notInPlace: [] });
});

test("a nullable column is added at the end, with its words", () => {
  const note: PropertySchema = { ...ID, type: ["string", "null"], description: 'Someone\'s "note".' };
  expect(diff(table({}), table({ note }))).toEqual({
    bigQuery: [
      'ALTER TABLE `p_silver.silver_things` ADD COLUMN note STRING OPTIONS (description = "Someone\'s \\"note\\".");',
    ],
    duckDb: [
      'ALTER TABLE "p_silver"."silver_things" ADD COLUMN "note" VARCHAR;',
      'COMMENT ON COLUMN "p_silver"."silver_things"."note" IS \'Someone\'\'s "note".\';',
    ],
    notInPlace: [],
  });
});

test("an array column is added empty", () => {
  const { bigQuery, duckDb } = diff(table({}), table({ tags: { ...ID, type: "array", items: { type: "string" } } }));
  expect(bigQuery[0]).toContain("ADD COLUMN tags ARRAY<STRING>");
  expect(duckDb.slice(0, 3)).toEqual([
    'ALTER TABLE "p_silver"."silver_things" ADD COLUMN "tags" VARCHAR[] DEFAULT [];',
    'ALTER TABLE "p_silver"."silver_things" ALTER COLUMN "tags" DROP DEFAULT;',
    'ALTER TABLE "p_silver"."silver_things" ALTER COLUMN "tags" SET NOT NULL;',
  ]);
});

test("REQUIRED becomes NULLABLE, and an integer a number, in place", () => {
  const { bigQuery, duckDb, notInPlace } = diff(
    table({ level: LEVEL }),
    table({ level: { ...LEVEL, type: ["number", "null"] } }),
  );
  expect(bigQuery).toEqual([
    "ALTER TABLE `p_silver.silver_things` ALTER COLUMN level SET DATA TYPE FLOAT64;",
    "ALTER TABLE `p_silver.silver_things` ALTER COLUMN level DROP NOT NULL;",
  ]);
  expect(duckDb).toEqual([
    'ALTER TABLE "p_silver"."silver_things" ALTER COLUMN "level" SET DATA TYPE DOUBLE;',
    'ALTER TABLE "p_silver"."silver_things" ALTER COLUMN "level" DROP NOT NULL;',
  ]);
  expect(notInPlace).toEqual([]);
});

const maybe = (schema: PropertySchema): PropertySchema => ({ ...schema, type: [String(schema.type), "null"] });
const day: PropertySchema = { ...ID, format: "date" };

test.each([
  ["a column is gone", table({ level: LEVEL }), table({}), "level: is in the contract no more, and nothing drops it"],
  ["a new REQUIRED column", table({}), table({ level: LEVEL }), "level: a new column cannot be NOT NULL"],
  [
    "NULLABLE to REQUIRED",
    table({ level: maybe(LEVEL) }),
    table({ level: LEVEL }),
    "level: NULLABLE does not become REQUIRED",
  ],
  [
    "number to integer",
    table({ level: { ...LEVEL, type: "number" } }),
    table({ level: LEVEL }),
    "level: FLOAT64 does not become INT64",
  ],
  [
    "a day to an instant",
    table({ day }),
    table({ day: { ...day, format: "date-time" } }),
    "day: DATE does not become TIMESTAMP",
  ],
  [
    "a value to an array",
    table({ level: LEVEL }),
    table({ level: { ...LEVEL, type: "array", items: { type: "integer" } } }),
    "level: INT64 does not become ARRAY<INT64>",
  ],
  [
    "another key",
    table({ level: LEVEL }),
    table({ level: LEVEL }, { key: ["id", "level"] }),
    "key: no table changes its key in place",
  ],
  [
    "another partition",
    table({ day }),
    table({ day }, { partition: { column: "day", granularity: "DAY" } }),
    "partition: no table changes",
  ],
  ["another dataset", table({}), table({}, { dataset: "gold" }), "dataset: no table changes"],
  [
    "another clustering",
    table({}),
    table({}, { cluster: ["id"] }),
    "bq update --clustering_fields=id p_silver.silver_things",
  ],
])("%s: not in place, and nothing is dropped", (_case, before, after, words) => {
  const { bigQuery, duckDb, notInPlace } = diff(before, after);
  expect(notInPlace.join("\n")).toContain(words);
  expect([...bigQuery, ...duckDb]).toEqual([]);
});

const BY_DAY = { partition: { column: "day", granularity: "DAY" } };
const byDay = (options: object) =>
  table({ day: { ...ID, format: "date" } }, { ...BY_DAY, write: "append", ...options });

test.each([
  ["a filter that is no longer asked for", { requirePartitionFilter: true }, {}, "require_partition_filter = FALSE"],
  [
    "a longer expiration",
    { partitionExpirationDays: 30 },
    { partitionExpirationDays: 31 },
    "partition_expiration_days = 31",
  ],
  ["no expiration", { partitionExpirationDays: 30 }, {}, "partition_expiration_days = NULL"],
])("%s is set in BigQuery; DuckDB has nothing to set", (_case, before, after, setting) => {
  expect(diff(byDay(before), byDay(after))).toEqual({
    bigQuery: [`ALTER TABLE \`p_silver.silver_things\` SET OPTIONS (${setting});`],
    duckDb: [],
    notInPlace: [],
  });
});

test.each([
  ["a new filter", {}, { requirePartitionFilter: true }, "it would refuse the queries of readers"],
  ["a new expiration", {}, { partitionExpirationDays: 30 }, "it would drop rows"],
  ["a shorter expiration", { partitionExpirationDays: 30 }, { partitionExpirationDays: 29 }, "it would drop rows"],
])("%s is set by no statement", (_case, before, after, words) => {
  const { bigQuery, duckDb, notInPlace } = diff(byDay(before), byDay(after));
  expect(notInPlace.join("\n")).toContain(words);
  expect([...bigQuery, ...duckDb]).toEqual([]);
});

test("other words are set, the table's own in BigQuery", () => {
  const before = table({});
  const after = {
    ...table({}),
    schema: { ...before.schema, description: "Other.", properties: { id: { ...ID, description: "New." } } },
  };
  expect(diff(before, after).bigQuery).toEqual([
    'ALTER TABLE `p_silver.silver_things` ALTER COLUMN id SET OPTIONS (description = "New.");',
    'ALTER TABLE `p_silver.silver_things` SET OPTIONS (description = "Other.");',
  ]);
  expect(diff(before, after).duckDb).toEqual(['COMMENT ON COLUMN "p_silver"."silver_things"."id" IS \'New.\';']);
});

test("a view is replaced by the next run", () => {
  const view = (sql: string) => table({ level: { ...LEVEL, sql } }, { kind: "view", from: "other" });
  expect(diff(view("a"), view("b")).notInPlace).toEqual([
    'view "p_silver"."silver_things": the next run replaces it by CREATE OR REPLACE VIEW',
  ]);
  expect(diff(view("a"), view("a"))).toEqual({ bigQuery: [], duckDb: [], notInPlace: [] });
});

test("a change log implies nothing: the extension writes it", () => {
  const { warehouse: _, ...schema } = table({}).schema;
  expect(diff({ ...table({}), schema }, { ...table({}), schema })).toEqual({
    bigQuery: [],
    duckDb: [],
    notInPlace: [],
  });
});
