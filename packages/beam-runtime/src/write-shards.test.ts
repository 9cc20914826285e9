import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFrom } from "./create";
import { type Counters, DirectRunner } from "./direct-runner";
import type { Root } from "./sdk";
import { FAULT, failingAtWord } from "./testing/sample-steps";
import { writeShards, writtenCounter } from "./write-shards";

const MIB = 1024 * 1024;
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "write-shards-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes lines through a pipeline and gives its counters. */
async function write(lines: readonly string[], name = "out", directory = folder): Promise<Counters> {
  const result = await new DirectRunner().run((root: Root) => {
    root.apply(createFrom(lines)).map(failingAtWord).apply(writeShards(directory, name));
  });
  return result.counters();
}

function shards(name = "out"): string[] {
  return existsSync(join(folder, name)) ? readdirSync(join(folder, name)) : [];
}

function textOf(name = "out"): string {
  return shards(name)
    .map((shard) => readFileSync(join(folder, name, shard), "utf8"))
    .join("");
}

test("every line is written once, each with its line feed, whatever its characters", async () => {
  const line = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }).map((text) => text.replaceAll("\n", "")),
    fc.constantFrom("", "\r", "\u2028", "é", "😀", '{"a":"\\n"}'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1 }), fc.uuid(), async (lines, name) => {
      const counters = await write(lines, name);
      expect(textOf(name).split("\n")).toEqual([...lines, ""]);
      expect(counters).toEqual({ [`written/${name}`]: lines.length });
    }),
    { numRuns: 30 },
  );
});

test("a bundle of more than is flushed at once is one shard, in order", async () => {
  const lines = Array.from({ length: 5000 }, (_, i) => `${i} ${"é😀".repeat(150)}`);
  expect(lines.join("\n").length).toBeGreaterThan(2 * MIB);
  await write(lines);
  expect(shards()).toHaveLength(1);
  expect(textOf() === `${lines.join("\n")}\n`).toBe(true);
});

test("a line longer than what is flushed at once is written whole", async () => {
  const lines = ["a", "b".repeat(3 * MIB), "c"];
  await write(lines);
  expect(textOf() === `${lines.join("\n")}\n`).toBe(true);
});

test("a shard has its name only when it is whole: a run that fails leaves a part and no shard", async () => {
  const lines = [...Array<string>(3).fill("a".repeat(MIB)), "fail"];
  await expect(write(lines)).rejects.toBe(FAULT);
  expect(shards()).toEqual([expect.stringMatching(/^[0-9a-f-]{36}\.part$/)]);
});

test("a run that ends leaves a shard and no part", async () => {
  await write(["a"]);
  expect(shards()).toEqual([expect.stringMatching(/^[0-9a-f-]{36}\.ndjson$/)]);
});

test("nothing is written for no line: no folder, no counter", async () => {
  expect(await write([])).toEqual({});
  expect(readdirSync(folder)).toEqual([]);
});

test("each run adds a shard of its own", async () => {
  await write(["a"]);
  await write(["b"]);
  expect(shards()).toHaveLength(2);
  expect(textOf().split("\n").toSorted()).toEqual(["", "a", "b"]);
});

test("several outputs are written beside each other, each under its own counter", async () => {
  const result = await new DirectRunner().run((root: Root) => {
    const lines = root.apply(createFrom(["a", "b"]));
    lines.apply(writeShards(folder, "one"));
    lines.map(failingAtWord).apply(writeShards(folder, "two"));
    lines.apply(writeShards(join(folder, "deep"), "one/more"));
  });
  for (const name of ["one", "two", "deep/one/more"]) expect(textOf(name)).toBe("a\nb\n");
  const names = ["one", "two", "one/more"].map(writtenCounter);
  expect(await result.counters()).toEqual(Object.fromEntries(names.map((name) => [name, 2])));
});

test("a folder that cannot be made fails the run", async () => {
  const path = join(folder, "file");
  writeFileSync(path, "");
  await expect(write(["a"], "out", path)).rejects.toThrow("ENOTDIR");
});
