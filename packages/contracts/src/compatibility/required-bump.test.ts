import { expect, test } from "vitest";
import { differences } from "./differences";
import { checkBump } from "./required-bump";

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
