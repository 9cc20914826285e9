import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeAll, describe, expect, test } from "vitest";
import { MAIN, medallion } from "./testing/cli";
import { sampleLines } from "./testing/sample";
import { tempDirectory } from "./testing/temp-directory";

const temp = tempDirectory();
const call = (...args: readonly string[]) => medallion(args, { cwd: temp });

/** Every name and mail address of the sample: what no output may show. */
const IDENTIFIERS: readonly string[] = [
  ...new Set(
    sampleLines("user_health_data").flatMap((line) =>
      [...line.matchAll(/\\"user(?:Email|Name)\\":\\"((?:[^"\\]|\\\\.)+?)\\"/g)].map((match) => match[1] as string),
    ),
  ),
];

beforeAll(async () => {
  const { code, stdout, stderr } = await call("demo");
  expect(code, stderr).toBe(0);
  expect(stdout.trimEnd().split("\n").at(-1)).toBe(`report: ${join(temp, "medallion-report.html")}`);
});

describe("after the demo", () => {
  test("the report is one page without network and without a direct identifier", () => {
    const page = readFileSync(join(temp, "medallion-report.html"), "utf8");
    expect(page).toContain("silver_therapy_sessions");
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(page.match(/<svg/g)?.length).toBeGreaterThan(3);
    expect(IDENTIFIERS.length).toBeGreaterThan(50);
    expect(IDENTIFIERS.filter((identifier) => page.includes(identifier))).toEqual([]);
  });

  test("check finds every promise kept", async () => {
    const { code, stdout } = await call("check");
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/\d+ checks: \d+ passed, 8 warned, 0 failed\n$/);
  });

  test("rejected counts, lists and shows without a health value or a name", async () => {
    const counted = await call("rejected");
    expect(counted.code).toBe(0);
    expect(counted.stdout).toContain("breaks_contract");
    const listed = await call("rejected", "list", "--limit", "500", "--format", "json");
    const rows = JSON.parse(listed.stdout) as readonly { change_hash: string; table_name: string }[];
    expect(rows).toHaveLength(174);
    const outputs = [counted.stdout, listed.stdout];
    for (const prefix of ["user_health_data", "therapy_sessions_data", "medications_data", "period_tracking_data"]) {
      const row = rows.find(({ table_name }) => table_name === prefix);
      const shown = await call("rejected", "show", row?.change_hash ?? "");
      expect(shown.code).toBe(0);
      expect(shown.stdout).toContain("shape, values masked");
      outputs.push(shown.stdout);
    }
    const values = [...IDENTIFIERS, "Ibuprofen", "Naproxen", "cramps", "headache"];
    expect(values.filter((value) => outputs.some((output) => output.includes(value)))).toEqual([]);
  });

  test("a reader that closes the pipe early is no fault", () => {
    const { status, stdout, stderr } = spawnSync(
      "bash",
      ["-c", `set -o pipefail; "${process.execPath}" "${MAIN}" rejected list --limit 500 | head -n 1`],
      { cwd: temp, encoding: "utf8" },
    );
    expect(stderr).toBe("");
    expect(stdout.split("\n")).toHaveLength(2);
    expect(status).toBe(0);
  });

  test("an unknown run or change is a bad argument", async () => {
    expect((await call("rejected", "--run", "r0")).code).toBe(2);
    expect((await call("rejected", "show", "no-such-change")).code).toBe(2);
    expect((await call("report", "--run", "r0")).code).toBe(2);
    const { code, stderr } = await call("report", "--out", join(temp, "no", "where.html"));
    expect(code).toBe(2);
    expect(stderr).toContain("--out");
  });

  test("commands on a warehouse that is not there say so", async () => {
    const { code, stderr } = await call("check", "--warehouse", "duckdb:other.duckdb");
    expect(code).toBe(1);
    expect(stderr).toContain("other.duckdb");
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe("check finds what was done to published tables behind the pipeline's back", () => {
  test.each([
    [
      "a lost row",
      "DELETE FROM junoplus_analytics_silver.silver_therapy_sessions WHERE session_id = (SELECT min(session_id) FROM junoplus_analytics_silver.silver_therapy_sessions)",
      "FAIL user_analytics_v1",
    ],
    [
      "a value out of range",
      "UPDATE junoplus_analytics_silver.silver_therapy_sessions SET initial_heat = 4 WHERE initial_heat = 3",
      "FAIL silver_therapy_sessions",
    ],
    [
      "a doubled key",
      "INSERT INTO junoplus_analytics_silver.silver_user_profiles SELECT * FROM junoplus_analytics_silver.silver_user_profiles LIMIT 1",
      "FAIL silver_user_profiles.key_unique",
    ],
    [
      "a drifted column",
      "ALTER TABLE junoplus_analytics_gold.daily_metrics_v1 ADD COLUMN extra INTEGER",
      "FAIL daily_metrics_v1.catalog_follows_contract",
    ],
  ])("%s", async (_what, sql, words) => {
    const directory = tempDirectoryOfDemo();
    expect((await medallion(["demo"], { cwd: directory })).code).toBe(0);
    const instance = await DuckDBInstance.create(join(directory, "medallion.duckdb"));
    const connection = await instance.connect();
    await connection.run(sql);
    connection.closeSync();
    instance.closeSync();
    const { code, stdout } = await medallion(["check"], { cwd: directory });
    expect(code).toBe(1);
    expect(stdout).toContain(words);
  });
});

let demos = 0;

function tempDirectoryOfDemo(): string {
  const directory = join(temp, `demo-${demos++}`);
  mkdirSync(directory);
  return directory;
}
