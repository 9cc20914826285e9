import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createFrom } from "./create";
import { fileRanges } from "./file-ranges";
import { readRows } from "./read-rows";
import { collect } from "./testing/run-and-collect";

const folder = mkdtempSync(join(tmpdir(), "read-rows-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("rows of files come back as they were written, each once, however the files are cut", async () => {
  const rows = Array.from({ length: 50 }, (_, id) => ({ id, word: "é".repeat(id % 7), none: null, list: ["a\n"] }));
  const path = join(folder, "rows.ndjson");
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  writeFileSync(path, text);
  const ranges = fileRanges([{ path, bytes: Buffer.byteLength(text) }], 64);
  const { outputs } = await collect((root) => ({ rows: root.apply(createFrom(ranges)).apply(readRows("rows")) }));
  const found = outputs["rows"] as typeof rows;
  expect(found.toSorted((a, b) => a.id - b.id)).toEqual(rows);
});
