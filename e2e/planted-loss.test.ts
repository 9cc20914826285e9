import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runs } from "@junoplus/contracts";
import { expect, test } from "vitest";
import { medallion } from "./testing/cli";
import { derivedTables, rowsOf } from "./testing/published-tables";
import { SAMPLE } from "./testing/sample";
import { tempDirectory } from "./testing/temp-directory";

const temp = tempDirectory();

/** Drops the first line that is written to a table's shard: a loss between the pipeline and the warehouse. */
function lossOf(table: string): string {
  const path = join(temp, `lose-${table}.cjs`);
  writeFileSync(
    path,
    `const fs = require("node:fs");
     const { openSync, writeSync } = fs;
     const shards = new Set();
     let lost = false;
     fs.openSync = (path, ...rest) => {
       const file = openSync(path, ...rest);
       if (String(path).includes("/${table}/")) shards.add(file);
       return file;
     };
     fs.writeSync = (file, bytes, ...rest) => {
       if (!shards.has(file) || lost) return writeSync(file, bytes, ...rest);
       lost = true;
       const end = bytes.indexOf(10) + 1;
       for (let at = end; at < bytes.length; ) at += writeSync(file, bytes, at);
       return bytes.length;
     };
     require("node:module").syncBuiltinESMExports();`,
  );
  return path;
}

const TABLES = [
  "silver_therapy_sessions",
  "silver_medications",
  "ml_training_base_v2",
  "daily_metrics_v1",
  "rejected_changes",
];

test.each(TABLES)("a row of %s lost on its way fails the run with exit 1, and the old tables stay", async (table) => {
  const warehouse = `duckdb:${join(temp, `${table}.duckdb`)}`;
  const args = ["run", "--source", SAMPLE, "--warehouse", warehouse, "--as-of"];
  expect((await medallion([...args, "2025-01-01"])).code).toBe(0);
  const before = await derivedTables(warehouse);
  const { code, stdout } = await medallion([...args, "2025-02-02"], { preload: [lossOf(table)] });
  expect(code).toBe(1);
  expect(stdout).toMatch(new RegExp(`FAIL ${table === "rejected_changes" ? "\\w+" : table}\\.\\w+: .*1 lost`));
  expect(stdout.trimEnd().split("\n").at(-1)).toContain("FAILED");
  expect(await derivedTables(warehouse)).toEqual(before);
  const { runs: ledger = [] } = await rowsOf(warehouse, [runs]);
  expect(
    new Set(ledger.filter((row) => row["as_of"] === "2025-02-02T00:00:00.000000Z").map((row) => row["status"])),
  ).toEqual(new Set(["failed"]));
});
