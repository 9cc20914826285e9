import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CompiledValidator, faultsOf } from "./faults";
import type { PropertySchema } from "./generate/schema-file";
import { contractAjv } from "./generate/validators";
import {
  bronzeMedications,
  bronzePeriodTracking,
  changelogContracts,
  silverUserProfiles,
  tableContracts,
} from "./generated";
import { documentSchema } from "./testing/any-document";

function validator(schema: object): CompiledValidator {
  return contractAjv().compile(schema) as CompiledValidator;
}

test("a value that keeps the contract has no fault", () => {
  expect(faultsOf(validator({ type: "integer" }), 5, {})).toEqual([]);
  // A double that is whole is an integer: JSON writes it without decimals.
  expect(faultsOf(validator({ type: "integer" }), 5.0, {})).toEqual([]);
});

test("all faults are named, not just the first", () => {
  const validate = validator({
    type: "object",
    additionalProperties: false,
    required: ["gone"],
    properties: { level: { type: "integer", maximum: 3 }, day: { type: "string", format: "date" } },
  });
  expect(faultsOf(validate, { level: 4, day: "soon", more: 1 }, {})).toEqual([
    { pointer: "/gone", message: "is missing", rule: "required", reason: "breaks_contract" },
    { pointer: "/more", message: "is not in the contract", rule: "additionalProperties", reason: "breaks_contract" },
    { pointer: "/level", message: "must be <= 3", rule: "maximum", reason: "breaks_contract" },
    { pointer: "/day", message: "must be a date", rule: "format", reason: "breaks_contract" },
  ]);
});

test("a pointer escapes tilde and slash", () => {
  const validate = validator({ type: "object", required: ["a/b~c"] });
  expect(faultsOf(validate, {}, {})).toEqual([
    { pointer: "/a~1b~0c", message: "is missing", rule: "required", reason: "breaks_contract" },
  ]);
});

test("a condition is no fault, what it asks for is one", () => {
  const validate = validator({
    type: "object",
    if: { required: ["x"] },
    else: { required: ["b"] },
    anyOf: [{ required: ["a"] }, { required: ["c"] }],
  });
  expect(faultsOf(validate, { a: 1 }, {}).map(({ pointer }) => pointer)).toEqual(["/b"]);
});

describe("absence", () => {
  const missing = { "/key": "missing_key", "/list/*/day": "no_date" } as const;
  const validate = validator({
    type: "object",
    required: ["key", "other"],
    properties: {
      key: { type: "string", minLength: 1, pattern: "\\S" },
      list: { type: "array", items: { type: "object", required: ["day"], properties: { day: { type: "string" } } } },
    },
  });
  const reasons = (value: unknown): string[] =>
    faultsOf(validate, value, missing).map(({ pointer, reason }) => `${pointer} ${reason}`);

  test("it has the reason that the contract gives it", () => {
    expect(reasons({ other: 1 })).toEqual(["/key missing_key"]);
  });

  test("blank is absent", () => {
    expect(reasons({ key: " ", other: 1 })).toEqual(["/key missing_key"]);
  });

  test("a wrong type is not absence", () => {
    expect(reasons({ key: 5, other: 1 })).toEqual(["/key breaks_contract"]);
  });

  test("elsewhere it breaks the contract", () => {
    expect(reasons({ key: "k" })).toEqual(["/other breaks_contract"]);
  });

  test("it is found at any index of an array", () => {
    expect(reasons({ key: "k", other: 1, list: [{ day: "d" }, {}, { day: 5 }] })).toEqual([
      "/list/1/day no_date",
      "/list/2/day breaks_contract",
    ]);
  });
});

describe("bronze contracts", () => {
  test.each([
    [{}, ["/date no_date"]],
    [{ days: [] }, ["/startDate no_date"]],
    [{ days: [], date: "2024-01-01" }, ["/startDate no_date"]],
    [{ days: [{}] }, ["/days/0/date no_date"]],
    [{ days: [{ date: null, pain_level: 11 }] }, ["/days/0/date no_date", "/days/0/pain_level breaks_contract"]],
    [{ date: "soon" }, ["/date breaks_contract"]],
    [{ date: "2024-01-01", flow_intensity: "gushing" }, ["/flow_intensity breaks_contract"]],
    [{ date: "2024-01-01", flow_intensity: "Medium" }, ["/flow_intensity breaks_contract"]],
    [{ date: "2024-01-01", flow_intensity: 6 }, ["/flow_intensity breaks_contract"]],
    [{ date: "2024-01-01", flow_intensity: 2.5 }, ["/flow_intensity breaks_contract"]],
    [{ date: "2024-01-01", pain_level: "8" }, ["/pain_level breaks_contract"]],
    [{ date: "2024-01-01", symptoms: ["cramps", 5] }, ["/symptoms/1 breaks_contract"]],
    [{ date: "2024-01-01", cycle_day: -400 }, []],
    [{ date: "2024-01-01", pain_level: 5.0, notes: { any: "thing" } }, []],
    [{ startDate: "2024-01-01" }, []],
    [{ startDate: "2024-01-01", days: [] }, []],
  ])("period tracking %j", (raw, expected) => {
    const faults = bronzePeriodTracking.faults(bronzePeriodTracking.decode(raw));
    expect(faults.map(({ pointer, reason }) => `${pointer} ${reason}`).sort()).toEqual(expected);
  });

  test.each([
    [{ name: "" }, "missing_key"],
    [{ name: " \t" }, "missing_key"],
    [{ name: null }, "missing_key"],
    [{}, "missing_key"],
    [{ name: 5 }, "breaks_contract"],
    [{ name: "a", dosage: { mg: 5 } }, "breaks_contract"],
    [{ name: "a", startDate: { _seconds: 0, _nanoseconds: 0 } }, "breaks_contract"],
    [null, "breaks_contract"],
    ["Ibuprofen", "breaks_contract"],
  ])("medication %j: %s", (entry, reason) => {
    const faults = bronzeMedications.faults(bronzeMedications.decode({ medications: [entry] }));
    expect(faults.map((fault) => fault.reason)).toEqual([reason]);
    expect(faults[0]?.pointer).toMatch(/^\/medications\/0/);
  });
});

describe("no fault tells a value", () => {
  /** Values that no rule mentions: whatever of them stands in a message came from the document. */
  const strings = fc.integer({ min: 1_000_000, max: 9_999_999 }).map((n) => `secret${n}`);
  const numbers = fc.integer({ min: 100_000_000, max: 999_999_999 }).map((n) => n * 8 + 0.125);
  const scalars = fc.oneof(strings, numbers, numbers.map(Math.floor), fc.boolean(), fc.constant(null));
  const anything = fc.oneof(
    scalars,
    fc.array(scalars, { maxLength: 3 }),
    fc.record({ _seconds: scalars, _nanoseconds: scalars }),
    fc.record({ name: scalars, date: scalars }),
  );

  function fieldsOf(node: PropertySchema): fc.Arbitrary<unknown> {
    if (node.properties !== undefined) {
      const fields = Object.entries(node.properties).map(([name, child]) => [name, fieldsOf(child)] as const);
      return fc.oneof({ weight: 5, arbitrary: fc.record(Object.fromEntries(fields), { requiredKeys: [] }) }, anything);
    }
    if (node.items !== undefined) return fc.oneof(fc.array(fieldsOf(node.items), { maxLength: 3 }), anything);
    return anything;
  }

  function expectSilence(document: unknown, faults: readonly { pointer: string; message: string }[]): void {
    const told = faults.map(({ pointer, message }) => `${pointer}: ${message}`).join("; ");
    for (const value of leavesOf(document)) expect(told).not.toContain(value);
  }

  test.each(changelogContracts.map((contract) => [contract.table, contract] as const))("%s", (table, contract) => {
    let found = 0;
    fc.assert(
      fc.property(fieldsOf(documentSchema(table)), (document) => {
        const faults = contract.faults(contract.decode(document as object));
        found += faults.length;
        expectSilence(document, faults);
      }),
    );
    expect(found).toBeGreaterThan(100);
  });

  test.each(tableContracts.map((contract) => [contract.table, contract] as const))("%s", (_table, contract) => {
    const columns = contract.columns.map(({ name }) => [name, anything] as const);
    fc.assert(
      fc.property(fc.record(Object.fromEntries(columns), { requiredKeys: [] }), (row) => {
        const faults = contract.faults(row);
        expect(faults.length).toBeGreaterThan(0);
        expectSilence(row, faults);
      }),
    );
  });
});

function leavesOf(value: unknown): string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(leavesOf);
  return typeof value === "string" || typeof value === "number" ? [String(value)] : [];
}

test("a table refuses columns that it does not have: nothing is carried on unseen", () => {
  expect(silverUserProfiles.faults({ shoe_size: 38 })).toContainEqual({
    pointer: "/shoe_size",
    message: "is not in the contract",
    rule: "additionalProperties",
    reason: "breaks_contract",
  });
});
