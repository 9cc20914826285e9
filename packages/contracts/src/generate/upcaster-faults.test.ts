import { join } from "node:path";
import { expect, test } from "vitest";
import type { Upcasters } from "../contract";
import { VERSIONED_CONTRACT } from "../testing/built-contracts";
import { type ContractFolder, type ContractSchema, olderVersions, readContracts } from "./schema-file";
import { upcasterFaults } from "./upcaster-faults";

const [contract] = readContracts(VERSIONED_CONTRACT) as [ContractFolder];
const older = olderVersions(VERSIONED_CONTRACT, contract);
const upcast = (): object => ({});
const UPCASTERS: Upcasters = { 1: upcast, 2: upcast };

function withFacts(facts: object, properties = contract.schema.properties): ContractFolder {
  const changelog = { ...contract.schema.changelog, ...facts } as NonNullable<ContractSchema["changelog"]>;
  return { ...contract, schema: { ...contract.schema, changelog, properties } };
}

test("older versions come in their order, without the contract's own", () => {
  expect(older.map(({ version }) => version)).toEqual(["1.0.0", "1.0.1", "1.1.0", "2.0.0", "3.0.0"]);
  expect(olderVersions(join(VERSIONED_CONTRACT, "src"), contract)).toEqual([]);
});

test("nothing is wrong with a contract that has an upcaster for each older major", () => {
  expect(upcasterFaults(contract, older, UPCASTERS)).toEqual([]);
});

test.each([
  ["a major without upcaster", contract, { 2: upcast }, "bronze_check_ins 3.1.0 has no upcaster from major 1: add it"],
  [
    "an upcaster of no older major",
    contract,
    { ...UPCASTERS, 3: upcast },
    "an upcaster from major 3, which is no older",
  ],
  ["an unknown major of documents that claim none", withFacts({ unversioned: 4 }), UPCASTERS, "as major 4"],
  ["upcasters that no document reaches", withFacts({ versionField: undefined }), UPCASTERS, "but no versionField"],
  ["a version field that is not in the contract", withFacts({}, {}), UPCASTERS, "schemaVersion is no field of type"],
  [
    "a version field that is a map",
    withFacts({}, { schemaVersion: { type: "object" } }),
    UPCASTERS,
    "schemaVersion is no field of type",
  ],
])("named is %s", (_case, folder, upcasters, words) => {
  const faults = upcasterFaults(folder, older, upcasters);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(words);
});
