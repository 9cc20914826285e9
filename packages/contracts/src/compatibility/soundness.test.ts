import Ajv2020 from "ajv/dist/2020";
import fc from "fast-check";
import { expect, test } from "vitest";
import { formats } from "../formats";
import { type Direction, verdictOf } from "./difference";
import { differences } from "./differences";
import { filler } from "./property-rules";
import { type Schema, schemaOf } from "./schema";

const ajv = new Ajv2020({ strict: false, formats, validateFormats: true, addUsedSchema: false });
const NAMES = ["a", "b", "c"] as const;
const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(values, { nil: undefined, freq: 2 });
const rarely = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, values);

/** Schemas small enough that pairs of them often meet, over every keyword that has a rule. */
const { schema: schemas } = fc.letrec<{ schema: Schema; leaf: Schema; map: Schema; list: Schema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 2, depthIdentifier: "schema" },
    tie("leaf"),
    { weight: 2, arbitrary: tie("map") },
    tie("list"),
  ),
  leaf: without({
    type: maybe(
      fc.oneof(
        fc.constantFrom("string", "integer", "number", "boolean"),
        fc.uniqueArray(fc.constantFrom("string", "integer", "number", "null"), { minLength: 1, maxLength: 3 }),
      ),
    ),
    enum: rarely(fc.uniqueArray(fc.constantFrom("x", "xy", 1, 2, null), { minLength: 1 })),
    const: rarely(fc.constantFrom("x", 1)),
    minimum: rarely(fc.integer({ min: 0, max: 2 })),
    maximum: rarely(fc.integer({ min: 1, max: 3 })),
    minLength: rarely(fc.integer({ min: 0, max: 2 })),
    maxLength: rarely(fc.integer({ min: 1, max: 3 })),
    pattern: rarely(fc.constantFrom("^x", "y")),
    format: rarely(fc.constantFrom("date", "date-time")),
  }),
  map: without({
    type: maybe(fc.constant("object")),
    properties: maybe(fc.dictionary(fc.constantFrom(...NAMES), tie("schema"), { maxKeys: 3, noNullPrototype: true })),
    required: rarely(fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 })),
    additionalProperties: maybe(fc.oneof(fc.boolean(), tie("leaf"))),
    ...conditions(fc.constantFrom(...NAMES).map((name) => ({ required: [name] }))),
  }),
  list: without({
    type: fc.constantFrom("array", ["array", "string"]),
    items: maybe(tie("schema")),
    minItems: rarely(fc.integer({ min: 0, max: 2 })),
    maxItems: rarely(fc.integer({ min: 1, max: 3 })),
    uniqueItems: maybe(fc.boolean()),
  }),
}));

function conditions(branch: fc.Arbitrary<object>) {
  const branches = rarely(
    fc.uniqueArray(branch, { minLength: 1, maxLength: 2, selector: (value) => JSON.stringify(value) }),
  );
  return {
    anyOf: branches,
    oneOf: branches,
    allOf: branches,
    if: rarely(branch),
    else: rarely(branch),
  };
}

function without(fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Schema> {
  return fc
    .record(fields)
    .map((schema) => Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined)));
}

/** A version and what became of it: one keyword or several changed somewhere, as a pull request does. */
function changed(schema: Schema): fc.Arbitrary<Schema> {
  const keywords = Object.keys(schema);
  return schemas.chain((other) => {
    const merged = { ...schema, ...other };
    const replaced = fc
      .subarray(Object.keys(merged))
      .map((kept) => Object.fromEntries(kept.map((key) => [key, merged[key]])));
    const dropped = fc.subarray(keywords).map((kept) => Object.fromEntries(kept.map((key) => [key, schema[key]])));
    const properties = Object.entries(schemaOf(schema["properties"]));
    const below = properties.map(([name, field]) =>
      changed(schemaOf(field)).map((value) => ({
        ...schema,
        properties: { ...Object.fromEntries(properties), [name]: value },
      })),
    );
    const elements =
      schema["items"] === undefined ? [] : [changed(schemaOf(schema["items"])).map((items) => ({ ...schema, items }))];
    const one = Object.keys(other).map((key) => fc.constant({ ...schema, [key]: other[key] }));
    const field = fc.constantFrom(...NAMES).map((name) => {
      const fields = { [name]: other, ...Object.fromEntries(properties) };
      return { ...schema, properties: fields };
    });
    const isMap = properties.length > 0 || schema["type"] === "object";
    const openness = maybe(fc.boolean()).map((additionalProperties) =>
      Object.fromEntries(
        Object.entries({ ...schema, additionalProperties }).filter(([, value]) => value !== undefined),
      ),
    );
    return fc.oneof(replaced, dropped, ...one, ...below, ...elements, ...(isMap ? [field, field, openness] : []));
  });
}

const schemaPairs = schemas.chain((before) => fc.tuple(fc.constant(before), changed(before)));

const scalars = fc.constantFrom<unknown>(
  "",
  "x",
  "xy",
  "yxz",
  "2024-02-29",
  "2024-02-29T00:00:00.000000Z",
  0,
  1,
  2,
  3,
  4,
  1.5,
  true,
  null,
);
const { value: values } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthIdentifier: "value", withCrossShrink: true },
    scalars,
    fc.dictionary(fc.constantFrom(...NAMES, "d"), tie("value"), { maxKeys: 3, noNullPrototype: true }),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
}));
const documents = fc.array(values, { minLength: 30, maxLength: 30 });

/** True when a document carries a field that its schema does not name, at any depth. */
function hasUnnamed(value: unknown, schema: unknown): boolean {
  const { properties, items } = schemaOf(schema);
  if (Array.isArray(value)) return value.some((element) => hasUnnamed(element, items));
  if (typeof value !== "object" || value === null) return false;
  const named = schemaOf(properties);
  return Object.entries(value).some(([name, field]) => !Object.hasOwn(named, name) || hasUnnamed(field, named[name]));
}

test.each(["backward", "forward"] as const)("a %s verdict is sound for random documents", (direction: Direction) => {
  const seen = { holds: 0, assumes: 0, breaks: 0, read: 0 };
  fc.assert(
    fc.property(schemaPairs, documents, ([before, after], all) => {
      const verdict = verdictOf(differences(before, after), direction);
      seen[verdict] += 1;
      if (verdict === "breaks") return;
      const [written, read] = direction === "backward" ? [before, after] : [after, before];
      const [wrote, reads] = [ajv.compile(written), ajv.compile(read)];
      for (const document of all) {
        if (!wrote(document) || (verdict === "assumes" && hasUnnamed(document, written))) continue;
        seen.read += 1;
        if (!reads(document)) {
          expect.fail(`${verdict}: ${JSON.stringify(document)} is valid for ${JSON.stringify(written)} only`);
        }
      }
    }),
    { numRuns: 4000 },
  );
  // Or the property would hold because nothing was ever tried.
  expect(seen.holds).toBeGreaterThan(400);
  expect(seen.assumes).toBeGreaterThan(60);
  expect(seen.read).toBeGreaterThan(4000);
});

const columnSchemas: fc.Arbitrary<Record<string, Schema>> = fc.dictionary(
  fc.constantFrom(...NAMES),
  without({
    type: fc.constantFrom(
      "string",
      "integer",
      "number",
      "array",
      ["string", "null"],
      ["integer", "null"],
      ["number", "null"],
    ),
    minimum: rarely(fc.integer({ min: 0, max: 2 })),
    minLength: rarely(fc.constant(1)),
    enum: rarely(fc.constantFrom(["x"], ["x", null], ["x", "xy", null])),
  }),
);
const tables = columnSchemas.map((properties) => ({
  type: "object",
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
  warehouse: { dataset: "silver", kind: "table", write: "replace", key: ["a"] },
}));

test("a backward verdict between tables is sound for rows whose new columns the store has filled", () => {
  const tried = { rows: 0, filled: 0 };
  fc.assert(
    fc.property(
      tables,
      tables,
      fc.array(fc.record({ a: scalars, b: scalars, c: scalars }), { minLength: 20 }),
      (before, after, all) => {
        if (verdictOf(differences(before, after), "backward") !== "holds") return;
        const [wrote, reads] = [ajv.compile(before), ajv.compile(after)];
        const added = Object.entries(after.properties).filter(([name]) => !Object.hasOwn(before.properties, name));
        for (const values of all) {
          const row = Object.fromEntries(Object.keys(before.properties).map((name) => [name, values[name as "a"]]));
          if (!wrote(row)) continue;
          tried.rows += 1;
          tried.filled += added.length;
          const filled = { ...row, ...Object.fromEntries(added.map(([name, column]) => [name, filler(column)])) };
          if (!reads(filled)) expect.fail(`${JSON.stringify(filled)} breaks ${JSON.stringify(after)}`);
        }
      },
    ),
    { numRuns: 4000 },
  );
  expect(tried.rows).toBeGreaterThan(500);
  expect(tried.filled).toBeGreaterThan(200);
});
