import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { FilePositions } from "@junoplus/contracts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { changelogFiles } from "./changelog-files";
import { filePosition, filesSince, PositionError } from "./file-positions";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "file-positions-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const pathOf = (name: string): string => join(directory, `m_raw_changelog${name}`);
const list = () => changelogFiles(directory, ["m"]);
const positions = (): readonly FilePositions[] => list().map(filePosition);
const added = (known: readonly FilePositions[]): readonly (readonly [string, number | undefined])[] =>
  filesSince(list(), known).map(({ path, start }) => [path.slice(pathOf("").length), start]);

test("a grown file is read from where it ended, a new one whole, any other not at all", () => {
  writeFileSync(pathOf("-1.ndjson"), "one\n");
  writeFileSync(pathOf("-2.ndjson"), "two\n");
  writeFileSync(pathOf("-3.ndjson.gz"), gzipSync("three\n"));
  writeFileSync(pathOf("-4.ndjson"), "");
  const known = positions();
  expect(added(known)).toEqual([]);
  appendFileSync(pathOf("-2.ndjson"), "more\n");
  appendFileSync(pathOf("-4.ndjson"), "first\n");
  writeFileSync(pathOf("-5.ndjson.gz"), gzipSync("five\n"));
  expect(added(known)).toEqual([
    ["-2.ndjson", 4],
    ["-4.ndjson", 0],
    ["-5.ndjson.gz", undefined],
  ]);
});

test("a last line without a break was whole when a break follows, and is a fault when it went on", () => {
  writeFileSync(pathOf("-1.ndjson"), "one\ntwo");
  const known = positions();
  appendFileSync(pathOf("-1.ndjson"), "\nthree\n");
  expect(added(known)).toEqual([["-1.ndjson", 7]]);
  writeFileSync(pathOf("-1.ndjson"), "one\ntwo and more\n");
  expect(() => added(known)).toThrow(/ended within a line/);
});

test.each<[string, RegExp, () => void]>([
  ["shrank", /has 3 bytes, and had 8/, () => writeFileSync(pathOf("-1.ndjson"), "one")],
  ["has another begin", /begins otherwise/, () => writeFileSync(pathOf("-1.ndjson"), "tow\none\nthree\n")],
  ["has another end of what was read", /begins otherwise/, () => writeFileSync(pathOf("-1.ndjson"), "one\ntow\n")],
  ["is gone", /is gone/, () => rmSync(pathOf("-1.ndjson"))],
  ["is compressed and grew", /has grown/, () => appendFileSync(pathOf("-2.ndjson.gz"), gzipSync("more\n"))],
])("a file that %s is a fault, and nothing is read", (_what, fault, happen) => {
  writeFileSync(pathOf("-1.ndjson"), "one\ntwo\n");
  writeFileSync(pathOf("-2.ndjson.gz"), gzipSync("two\n"));
  const known = positions();
  happen();
  expect(() => added(known)).toThrow(PositionError);
  expect(() => added(known)).toThrow(fault);
});

test("all faults are told at once", () => {
  for (const name of ["-1.ndjson", "-2.ndjson", "-3.ndjson"]) writeFileSync(pathOf(name), "one\ntwo\n");
  const known = positions();
  rmSync(pathOf("-1.ndjson"));
  writeFileSync(pathOf("-2.ndjson"), "");
  expect(() => added(known)).toThrow(/-2\.ndjson: has 0 bytes[\s\S]*-1\.ndjson: is gone/);
});
