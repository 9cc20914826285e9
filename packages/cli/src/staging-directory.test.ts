import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createStagingDirectory, removeStagingDirectory, shardsOf } from "./staging-directory";

const newUrl = (): string => `duckdb:${join(mkdtempSync(join(tmpdir(), "staging-")), "m.duckdb")}`;

test("a run stages beside the warehouse, and leaves nothing", () => {
  const url = newUrl();
  const directory = createStagingDirectory(url, "r1");
  expect(directory).toBe(join(`${url.slice("duckdb:".length)}.staging`, "r1"));
  removeStagingDirectory(directory, url);
  expect(existsSync(join(directory, ".."))).toBe(false);
});

test("what a killed run left is removed by the next one", () => {
  const url = newUrl();
  const killed = createStagingDirectory(url, "r1");
  mkdirSync(join(killed, "silver_medications"));
  const next = createStagingDirectory(url, "r2");
  expect(readdirSync(join(next, ".."))).toEqual(["r2"]);
});

test("shards are whole files only, by name", () => {
  const directory = createStagingDirectory(newUrl(), "r1");
  mkdirSync(join(directory, "t"));
  for (const name of ["b.ndjson", "a.ndjson", "c.part"]) writeFileSync(join(directory, "t", name), "{}\n");
  expect(shardsOf(directory, "t")).toEqual([join(directory, "t", "a.ndjson"), join(directory, "t", "b.ndjson")]);
  expect(shardsOf(directory, "no_rows")).toEqual([]);
});

test("an in-memory warehouse stages in the system's folder", () => {
  const directory = createStagingDirectory("duckdb::memory:", "r1");
  expect(directory.startsWith(tmpdir())).toBe(true);
  removeStagingDirectory(directory, "duckdb::memory:");
  expect(existsSync(directory)).toBe(false);
});
