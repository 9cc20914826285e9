import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeChangelog } from "@junoplus/bronze-ingest/testing/changelog-generator";
import { beforeAll, expect, test } from "vitest";
import { MAIN, medallion } from "./testing/cli";
import { derivedTables } from "./testing/published-tables";
import { SAMPLE } from "./testing/sample";
import { tempDirectory } from "./testing/temp-directory";

const temp = tempDirectory();
const log = join(temp, "log");
const path = join(temp, "m.duckdb");
const args = (source: string) => ["run", "--source", source, "--warehouse", `duckdb:${path}`, "--as-of", "2025-01-01"];

/** A run that works for some seconds, and the moment at which it is reading. */
function startLongRun() {
  const child = spawn(process.execPath, [MAIN, ...args(log), "--log", "json"], { stdio: ["ignore", "ignore", "pipe"] });
  const reading = new Promise<void>((resolve) => {
    child.stderr.on("data", (text: Buffer) => {
      if (text.toString().includes('"stage":"read"')) resolve();
    });
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", (code) => resolve(code)));
  return { child, reading, ended };
}

beforeAll(async () => {
  await writeChangelog(log, { changes: 60_000, seed: 3 });
  expect((await medallion(args(SAMPLE))).code).toBe(0);
});

test("Ctrl-C ends a run, leaves the published tables and nothing of its staging", async () => {
  const before = await derivedTables(`duckdb:${path}`);
  const { child, reading, ended } = startLongRun();
  await reading;
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(existsSync(`${path}.staging`)).toBe(false);
  expect(await derivedTables(`duckdb:${path}`)).toEqual(before);
});

test("a second run on a warehouse at work is refused with the holder's name, and the first one ends well", async () => {
  const { reading, ended } = startLongRun();
  await reading;
  const { code, stderr } = await medallion(args(SAMPLE));
  expect(code).toBe(1);
  expect(stderr).toContain("another process has it open");
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(await ended).toBe(0);
});
