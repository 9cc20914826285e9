import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readContracts } from "./schema-file";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "contracts-"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(layer: string, name: string, id: string): void {
  const folder = join(root, "schemas", layer, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "schema.json"), JSON.stringify({ $id: id }));
}

test("contracts come in layer order, then by name", () => {
  write("gold", "alpha", "urn:junoplus:contract:gold:alpha:2.0.1");
  write("silver", "beta", "urn:junoplus:contract:silver:beta:1.0.0");
  write("silver", "alpha", "urn:junoplus:contract:silver:alpha:1.10.0");
  write("bronze", "omega", "urn:junoplus:contract:bronze:omega:1.0.0");
  expect(readContracts(root).map(({ path, version }) => `${path} ${version}`)).toEqual([
    "schemas/bronze/omega 1.0.0",
    "schemas/silver/alpha 1.10.0",
    "schemas/silver/beta 1.0.0",
    "schemas/gold/alpha 2.0.1",
  ]);
});

test.each([
  ["another name", "urn:junoplus:contract:silver:other:1.0.0"],
  ["another layer", "urn:junoplus:contract:gold:alpha:1.0.0"],
  ["no version", "urn:junoplus:contract:silver:alpha"],
  ["half a version", "urn:junoplus:contract:silver:alpha:1.0"],
  ["a version with a word", "urn:junoplus:contract:silver:alpha:1.0.0-beta"],
  ["something before it", "x:urn:junoplus:contract:silver:alpha:1.0.0"],
])("an $id with %s is refused, with the file and what to write", (_case, id) => {
  write("silver", "alpha", id);
  expect(() => readContracts(root)).toThrow(
    `schemas/silver/alpha/schema.json: $id is "${id}"; write urn:junoplus:contract:silver:alpha:<version>`,
  );
});
