import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ChangelogSourceError, changelogFiles } from "./changelog-files";

const PREFIXES = ["therapy_sessions_data", "medications_data"];
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "changelog-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function write(...names: readonly string[]): void {
  for (const name of names) writeFileSync(join(directory, name), name);
}

function found(): readonly string[] {
  return changelogFiles(directory, PREFIXES).map(({ prefix, path }) => `${prefix} ${path.slice(directory.length + 1)}`);
}

test("a change log is all files of its prefix, by name, plain and compressed", () => {
  write(
    "therapy_sessions_data_raw_changelog_2.ndjson.gz",
    "therapy_sessions_data_raw_changelog.ndjson",
    "therapy_sessions_data_raw_changelog-000001.ndjson",
    "medications_data_raw_changelog.ndjson.gz",
  );
  expect(found()).toEqual([
    "therapy_sessions_data therapy_sessions_data_raw_changelog-000001.ndjson",
    "therapy_sessions_data therapy_sessions_data_raw_changelog.ndjson",
    "therapy_sessions_data therapy_sessions_data_raw_changelog_2.ndjson.gz",
    "medications_data medications_data_raw_changelog.ndjson.gz",
  ]);
});

test("a file comes with its size in bytes", () => {
  writeFileSync(join(directory, "medications_data_raw_changelog.ndjson"), "é\n");
  expect(changelogFiles(directory, PREFIXES)).toEqual([
    { prefix: "medications_data", path: join(directory, "medications_data_raw_changelog.ndjson"), bytes: 3 },
  ]);
});

test("other files and folders are none of it", () => {
  write("medications_data_raw_changelog.ndjson");
  write("medications_data_raw_changelog.json", "medications_data_raw_changelog.ndjson.part", "truth.json", "README.md");
  write("medications_data_raw_latest.ndjson", "other_medications_data_raw_changelog.ndjson");
  mkdirSync(join(directory, "therapy_sessions_data_raw_changelog.ndjson"));
  expect(found()).toEqual(["medications_data medications_data_raw_changelog.ndjson"]);
});

test("a collection without a file has no changes", () => {
  write("medications_data_raw_changelog.ndjson");
  expect(found()).toHaveLength(1);
});

test("a link to a file is a file", () => {
  write("elsewhere");
  symlinkSync(join(directory, "elsewhere"), join(directory, "medications_data_raw_changelog.ndjson"));
  expect(found()).toEqual(["medications_data medications_data_raw_changelog.ndjson"]);
});

test("a link that leads nowhere is refused, and named", () => {
  symlinkSync(join(directory, "gone"), join(directory, "medications_data_raw_changelog.ndjson"));
  expect(found).toThrow(ChangelogSourceError);
  expect(found).toThrow("medications_data_raw_changelog.ndjson");
});

test("a directory without any change log is refused, with the name that is expected", () => {
  write("changelog.ndjson");
  expect(found).toThrow(ChangelogSourceError);
  expect(found).toThrow("therapy_sessions_data_raw_changelog.ndjson");
});

test.each([
  ["that is not there", "gone", "is not there"],
  ["that is a file", "file", "is not a directory"],
])("a directory %s is refused", (_case, name, fault) => {
  write("file");
  expect(() => changelogFiles(join(directory, name), PREFIXES)).toThrow(ChangelogSourceError);
  expect(() => changelogFiles(join(directory, name), PREFIXES)).toThrow(fault);
});
