import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { contractNames } from "@junoplus/contracts/lint/lint";
import { expect, test } from "vitest";
import { codeOwners, parseCodeOwners } from "./code-owners";

const ROOT = join(__dirname, "../../../..");

const ownersOf = parseCodeOwners(`
# Everything else.
*                     @org/platform
/schemas/bronze/      @org/mobile @org/platform  # the app writes it
/schemas/bronze/free/
*.md                  @org/writers
`);

test.each([
  ["src/main.ts", ["@org/platform"]],
  ["schemas/bronze/sessions/schema.json", ["@org/mobile", "@org/platform"]],
  ["other/schemas/bronze/schema.json", ["@org/platform"]],
  ["schemas/bronze/free/schema.json", []],
  ["schemas/bronze/sessions/README.md", ["@org/writers"]],
])("%s: the last line that matches decides", (path, owners) => {
  expect(ownersOf(path)).toEqual(owners);
});

test("without the file nobody owns anything", () => {
  expect(codeOwners(join(ROOT, "packages"))("cli/src/main.ts")).toEqual([]);
});

test("every contract of the project has an owner, and every line owns a path that is there", () => {
  const owners = codeOwners(ROOT);
  const names = contractNames(join(ROOT, "packages/contracts"));
  const paths = names.map((name) => `packages/contracts/schemas/${name}/schema.json`);
  expect(paths.filter((path) => owners(path).length === 0)).toEqual([]);
  const patterns = readFileSync(join(ROOT, ".github/CODEOWNERS"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("/"))
    .map((line) => line.split(/\s+/)[0] ?? "");
  expect(patterns.length).toBeGreaterThan(5);
  expect(patterns.filter((pattern) => !existsSync(join(ROOT, pattern)))).toEqual([]);
});
