import { bronzeMedications, bronzePeriodTracking, changelogContracts } from "@junoplus/contracts";
import { anyDocument } from "@junoplus/contracts/testing/any-document";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { documentOf, faultsOfDocument } from "./document";

describe("faults", () => {
  test("of an array entry are told apart by entry, the document's own are its own", () => {
    const faults = faultsOfDocument(bronzePeriodTracking, {
      pain_level: 11,
      days: [{ date: "2024-01-01" }, { pain_level: 11 }, { date: "soon" }],
    });
    expect(faults.document.map(({ pointer }) => pointer)).toEqual(["/pain_level"]);
    expect(faults.entries.map(({ array, index, faults: found }) => [array, index, found.length])).toEqual([
      ["days", 1, 2],
      ["days", 2, 1],
    ]);
  });

  test("of the array itself are the document's", () => {
    expect(faultsOfDocument(bronzeMedications, { medications: 5 })).toMatchObject({
      document: [{ pointer: "/medications" }],
      entries: [],
    });
  });
});

describe("the document of a change", () => {
  test("is decoded, without the entries that are rejected alone", () => {
    const data = {
      medications: [{ name: "A" }, { dosage: 1 }, { name: "B", startDate: "2024-01-01" }, "C"],
      notes: "x",
    };
    expect(documentOf(bronzeMedications, JSON.stringify(data))).toEqual({
      medications: [{ name: "A" }, { name: "B", startDate: "2024-01-01T00:00:00.000000Z" }],
    });
  });

  test("is one with an empty array, when every entry is rejected", () => {
    expect(documentOf(bronzeMedications, '{"medications":[{},5]}')).toEqual({ medications: [] });
  });

  test.each(changelogContracts.map((contract) => [contract.table, contract] as const))(
    "%s: of an accepted change it keeps the contract, and lacks rejected entries only",
    (table, contract) => {
      const entry = fc.oneof(fc.constant({}), fc.constant(5), fc.constant({ date: "soon", name: 5 }));
      const broken = fc
        .tuple(anyDocument(table), fc.array(entry, { maxLength: 2 }), fc.nat(4))
        .map(([raw, more, at]) => {
          const array = contract.entries[0] ?? "";
          if (!Array.isArray(raw[array])) return { raw, added: 0 };
          return { raw: { ...raw, [array]: (raw[array] as unknown[]).toSpliced(at, 0, ...more) }, added: more.length };
        });
      fc.assert(
        fc.property(broken, ({ raw, added }) => {
          const document = documentOf<unknown>(contract, JSON.stringify(raw));
          expect(contract.faults(document)).toEqual([]);
          expect(faultsOfDocument(contract, raw).entries).toHaveLength(added);
        }),
      );
    },
  );
});
