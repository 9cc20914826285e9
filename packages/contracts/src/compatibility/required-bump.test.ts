import { describe, expect, test } from "vitest";
import { differences } from "./differences";
import { bumpOf, checkBump, requiredBump } from "./required-bump";

const words = differences({ description: "a" }, { description: "b" });
const addition = differences({}, { properties: { a: { type: "string" } } });
const tightening = differences({ minimum: 0 }, { minimum: 1 });

test.each([
  ["nothing, same version", "1.0.0", "1.0.0", [], "none", "none", true],
  ["nothing, raised all the same", "1.0.0", "1.0.1", [], "none", "patch", true],
  ["words, same version", "1.0.0", "1.0.0", words, "patch", "none", false],
  ["words, patch", "1.0.9", "1.0.10", words, "patch", "patch", true],
  ["a field, patch", "1.2.3", "1.2.4", addition, "minor", "patch", false],
  ["a field, minor", "1.9.3", "1.10.0", addition, "minor", "minor", true],
  ["a field, major", "1.2.3", "2.0.0", addition, "minor", "major", true],
  ["a break, minor", "1.2.3", "1.3.0", tightening, "major", "minor", false],
  ["a break, major", "1.2.3", "2.0.0", tightening, "major", "major", true],
  ["a fall", "1.2.3", "1.1.9", words, "patch", "backwards", false],
  ["a fall without a change", "2.0.0", "1.9.9", [], "none", "backwards", false],
] as const)("%s", (_case, before, after, found, required, actual, isEnough) => {
  expect(checkBump(before, after, found)).toMatchObject({ required, actual, isEnough });
});

test("a bump that is too small names the version to write", () => {
  expect(checkBump("1.2.3", "1.2.4", tightening).message).toMatchInlineSnapshot(
    `"1.2.3 to 1.2.4 is too little, major is needed: write 2.0.0 or higher in $id, then npm run freeze and npm run generate."`,
  );
  expect(checkBump("1.2.3", "1.2.3", addition).message).toContain("write 1.3.0 or higher in $id");
  expect(checkBump("1.2.3", "1.2.3", words).message).toContain("write 1.2.4 or higher in $id");
});

test("what is no version is refused", () => {
  expect(() => checkBump("1.0", "1.0.0", [])).toThrow("1.0 is no version; write <major>.<minor>.<patch>");
});

/** A document with these fields, open as change logs are. */
const log = (properties: object, rest: object = {}): object => ({
  type: "object",
  properties,
  changelog: { prefix: "things", path: "things/{id}", missing: {} },
  ...rest,
});
/** A table with these columns beside its key. */
const table = (columns: Readonly<Record<string, object>>, warehouse: object = {}): object => {
  const properties = { id: { type: "string" }, ...columns };
  const block = { dataset: "silver", kind: "table", write: "replace", key: ["id"], ...warehouse };
  return {
    type: "object",
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
    warehouse: block,
  };
};
const level = { type: "integer", minimum: 0, maximum: 10 };
const day = { type: "string", format: "date" };
const size = { type: "string", enum: ["small", "large"] };
const nested = (properties: object): object => ({ type: "object", properties });

describe("MAJOR: any break, a format or type change, a removal, a rename, another key or partition", () => {
  test.each<[string, object, object]>([
    ["a tightened range", log({ level }), log({ level: { ...level, maximum: 5 } })],
    ["fewer enum values", log({ size }), log({ size: { ...size, enum: ["small"] } })],
    ["a field made mandatory", log({ level }), log({ level }, { required: ["level"] })],
    ["a new mandatory field", log({}), log({ level }, { required: ["level"] })],
    ["a column that may be NULL no more", table({ level: { type: ["integer", "null"] } }), table({ level })],
    ["a day to an instant", log({ day }), log({ day: { ...day, format: "date-time" } })],
    ["a format comes", log({ day: { type: "string" } }), log({ day })],
    ["a format goes", log({ day }), log({ day: { type: "string" } })],
    ["another type", log({ level }), log({ level: { type: "string" } })],
    ["a further type", log({ level: { type: "integer" } }), log({ level: { type: ["integer", "string"] } })],
    ["number to integer", log({ level: { type: "number" } }), log({ level: { type: "integer" } })],
    ["a value to an array", log({ level }), log({ level: { type: "array", items: level } })],
    ["another type of the elements", log({ tags: list("string") }), log({ tags: list("integer") })],
    ["a removal", log({ level, size }), log({ size })],
    ["a removal in a map", log({ map: nested({ level, size }) }), log({ map: nested({ size }) })],
    ["a column's removal", table({ level }), table({})],
    ["a rename", log({ level }), log({ intensity: level })],
    ["a column's rename", table({ level }), table({ intensity: level })],
    ["another key", table({ level }), table({ level }, { key: ["id", "level"] })],
    [
      "the key in another order",
      table({ level }, { key: ["id", "level"] }),
      table({ level }, { key: ["level", "id"] }),
    ],
    ["a partition", table({ day }), table({ day }, { partition: { column: "day", granularity: "DAY" } })],
    [
      "another granularity",
      table({ day }, { partition: { column: "day", granularity: "DAY" } }),
      table({ day }, { partition: { column: "day", granularity: "MONTH" } }),
    ],
    [
      "a mandatory filter",
      table({ day }, { partition: { column: "day", granularity: "DAY" } }),
      table({ day }, { partition: { column: "day", granularity: "DAY" }, requirePartitionFilter: true }),
    ],
    [
      "a shorter expiration",
      table({ day }, { partition: { column: "day", granularity: "DAY" } }),
      table({ day }, { partition: { column: "day", granularity: "DAY" }, partitionExpirationDays: 400 }),
    ],
    [
      "another path",
      log({ level }),
      { ...log({ level }), changelog: { prefix: "things", path: "t/{id}", missing: {} } },
    ],
    ["a closed document", log({ level }), log({ level }, { additionalProperties: false })],
  ])("%s", (_case, before, after) => {
    expect(requiredBump(differences(before, after))).toBe("major");
  });
});

describe("MINOR: an optional field, more enum values, a relaxation, integer to number", () => {
  test.each<[string, object, object]>([
    ["an optional field", log({}), log({ level })],
    ["an optional field in a map", log({ map: nested({}) }), log({ map: nested({ level }) })],
    ["an optional map", log({}), log({ map: nested({ level }) })],
    ["a nullable column", table({}), table({ level: { type: ["integer", "null"] } })],
    ["an array column", table({}), table({ tags: list("string") })],
    ["more enum values", log({ size }), log({ size: { ...size, enum: ["small", "medium", "large"] } })],
    ["any value at all", log({ size }), log({ size: { type: "string" } })],
    ["a wider range", log({ level }), log({ level: { ...level, minimum: -1, maximum: 11 } })],
    ["no bound", log({ level }), log({ level: { type: "integer" } })],
    ["no longer mandatory", log({ level }, { required: ["level"] }), log({ level })],
    ["a column that may be NULL", table({ level }), table({ level: { ...level, type: ["integer", "null"] } })],
    ["integer to number", log({ level }), log({ level: { ...level, type: "number" } })],
    [
      "integer to number, and more of them",
      log({ level }),
      log({ level: { type: "number", minimum: 0, maximum: 11 } }),
    ],
    ["another clustering", table({ level }), table({ level }, { cluster: ["id"] })],
  ])("%s", (_case, before, after) => {
    expect(requiredBump(differences(before, after))).toBe("minor");
  });
});

describe("PATCH: words and examples", () => {
  test.each<[string, object, object]>([
    ["words", log({ level: { ...level, description: "a" } }), log({ level: { ...level, description: "b" } })],
    ["examples", log({ level: { ...level, examples: [1] } }), log({ level: { ...level, examples: [1, 2] } })],
  ])("%s", (_case, before, after) => {
    expect(requiredBump(differences(before, after))).toBe("patch");
  });
});

test("several differences need the most that one of them needs", () => {
  expect(requiredBump([...words, ...addition])).toBe("minor");
  expect(requiredBump([...addition, ...tightening, ...words])).toBe("major");
});

test("older code that is broken by what no minor announces is a break like any other", () => {
  const unlisted = { kind: "role_added", pointer: "", message: "", backward: "holds", forward: "breaks" } as const;
  expect(bumpOf(unlisted)).toBe("major");
});

function list(type: string): object {
  return { type: "array", items: { type } };
}
