import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import { describe, expect, test } from "vitest";
import { type ContractFolder, olderVersions, readContracts } from "./generate/schema-file";
import { upcasterFaults } from "./generate/upcaster-faults";
import { VERSIONED_CONTRACT } from "./testing/built-contracts";
import { upcasters } from "./upcasters";

const packageRoot = join(__dirname, "..");
const changelogs = readContracts(packageRoot).filter(({ schema }) => schema.changelog !== undefined);

test.each(changelogs.map((contract) => [contract.path, contract] as const))(
  "%s: each older major has an upcaster, where documents claim their version",
  (_path, contract) => {
    const registered = upcasters[contract.schema.title] ?? {};
    expect(upcasterFaults(contract, olderVersions(packageRoot, contract), registered)).toEqual([]);
  },
);

test("upcasters belong to a change log", () => {
  const titles = changelogs.map(({ schema }) => schema.title);
  expect(Object.keys(upcasters).filter((title) => !titles.includes(title))).toEqual([]);
});

describe("the metaschema", () => {
  const metaschema = JSON.parse(readFileSync(join(packageRoot, "schemas/table.metaschema.json"), "utf8")) as object;
  const allows = new Ajv2020({ allErrors: true }).compile(metaschema);
  const [{ schema }] = readContracts(VERSIONED_CONTRACT) as [ContractFolder];

  test("takes a contract whose documents claim their version", () => {
    expect(allows(schema), JSON.stringify(allows.errors)).toBe(true);
  });

  test.each([
    ["a version field without name", { versionField: "" }],
    ["a version field that is a list", { versionField: ["schemaVersion"] }],
    ["a text for the major of unversioned documents", { unversioned: "1.0.0" }],
    ["the major of unversioned documents alone", { versionField: undefined }],
  ])("refuses %s", (_case, facts) => {
    const changelog = { ...schema.changelog, ...facts };
    expect(allows(JSON.parse(JSON.stringify({ ...schema, changelog })))).toBe(false);
  });
});
