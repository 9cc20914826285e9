import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FrozenContractError, freeze } from "./freeze";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "contracts-"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(name: string, version: string, description = ""): void {
  const folder = join(root, "schemas/silver", name);
  mkdirSync(folder, { recursive: true });
  const schema = { $id: `urn:junoplus:contract:silver:${name}:${version}`, description };
  writeFileSync(join(folder, "schema.json"), `${JSON.stringify(schema, null, 2)}\n`);
}

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

test("freezing copies the schema, byte for byte", () => {
  write("alpha", "1.0.0");
  expect(freeze(root)).toEqual(["schemas/silver/alpha/versions/1.0.0.json"]);
  expect(read("schemas/silver/alpha/versions/1.0.0.json")).toBe(read("schemas/silver/alpha/schema.json"));
});

test("freezing again changes nothing", () => {
  write("alpha", "1.0.0");
  freeze(root);
  expect(freeze(root)).toEqual([]);
});

test("a raised version is frozen beside the older one", () => {
  write("alpha", "1.0.0", "old");
  freeze(root);
  const old = read("schemas/silver/alpha/versions/1.0.0.json");
  write("alpha", "1.1.0", "new");
  expect(freeze(root)).toEqual(["schemas/silver/alpha/versions/1.1.0.json"]);
  expect(readdirSync(join(root, "schemas/silver/alpha/versions"))).toEqual(["1.0.0.json", "1.1.0.json"]);
  expect(read("schemas/silver/alpha/versions/1.0.0.json")).toBe(old);
});

test("a frozen version is never overwritten: every one that differs is named, with the cure, and nothing is written", () => {
  for (const name of ["alpha", "beta", "gamma"]) write(name, "1.0.0");
  freeze(root);
  write("alpha", "1.0.0", "changed");
  write("beta", "2.0.0");
  write("gamma", "1.0.0", "changed");
  const attempt = (): unknown => freeze(root);
  expect(attempt).toThrow(FrozenContractError);
  expect(attempt).toThrow(
    /alpha\/versions\/1\.0\.0\.json\n.*gamma\/versions\/1\.0\.0\.json\nRaise the version in \$id/,
  );
  expect(read("schemas/silver/alpha/versions/1.0.0.json")).not.toContain("changed");
  expect(readdirSync(join(root, "schemas/silver/beta/versions"))).toEqual(["1.0.0.json"]);
});
