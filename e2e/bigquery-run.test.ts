import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rejectedChangePayloads, rejectedChanges, runs } from "@junoplus/contracts";
import {
  type BigQueryEmulator,
  startBigQueryEmulator,
  withoutBigQueryEmulator,
} from "@junoplus/warehouse/testing/bigquery-emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CliResult, medallion } from "./testing/cli";
import { derivedTables, rejectedText, rowsOf } from "./testing/published-tables";
import { SAMPLE } from "./testing/sample";
import { tempDirectory } from "./testing/temp-directory";

const directory = tempDirectory();
const duckDb = `duckdb:${join(directory, "m.duckdb")}`;

describe.skipIf(withoutBigQueryEmulator)("the recorded sample in BigQuery (an emulator, needs Python 3.13)", () => {
  let emulator: BigQueryEmulator;
  let bigQuery: string;
  const onBoth = async (...args: readonly string[]): Promise<readonly [CliResult, CliResult]> => {
    const env = { BIGQUERY_EMULATOR_HOST: emulator.endpoint };
    return [
      await medallion([...args, "--warehouse", bigQuery], { env }),
      await medallion([...args, "--warehouse", duckDb]),
    ];
  };

  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
    bigQuery = `bigquery:${emulator.project}`;
    for (const { code, stderr } of await onBoth("run", "--source", SAMPLE, "--as-of", "2025-01-01")) {
      expect(code, stderr).toBe(0);
    }
  }, 600_000);
  afterAll(() => emulator?.stop());

  test("every table has, cell by cell, the rows that it has in DuckDB", async () => {
    const tables = await derivedTables(bigQuery, { bigQueryEndpoint: emulator.endpoint });
    expect(Object.values(tables).flat().length).toBeGreaterThan(5_000);
    expect(JSON.stringify(tables)).toBe(JSON.stringify(await derivedTables(duckDb)));
  });

  test("the same changes are rejected, and the ledger counts the same", async () => {
    const options = { bigQueryEndpoint: emulator.endpoint };
    const contracts = [rejectedChanges, rejectedChangePayloads];
    expect(await rejectedText(bigQuery, contracts, options)).toEqual(await rejectedText(duckDb, contracts));
    const ledger = async (...at: Parameters<typeof rowsOf>) =>
      (await rowsOf(...at))["runs"]?.map((row) => ({ ...row, run_id: "", started_at: "", checked_at: "" }));
    expect(await ledger(bigQuery, [runs], options)).toEqual(await ledger(duckDb, [runs]));
  });

  test("check finds the same in both: every promise kept, every catalog fact its contract's", async () => {
    const [inBigQuery, inDuckDb] = await onBoth("check");
    const withoutAges = (text: string): string => text.replace(/it is \S+ \w+ old/g, "");
    expect({ ...inBigQuery, stdout: withoutAges(inBigQuery.stdout) }).toEqual({
      code: 0,
      stdout: withoutAges(inDuckDb.stdout),
      stderr: "",
    });
    expect(inBigQuery.stdout).toMatch(/\d{3} checks: .*, 0 failed/);
  });

  test("rejected tells the same of both", async () => {
    const [inBigQuery, inDuckDb] = await onBoth("rejected", "count");
    const withoutRun = (text: string): string => text.replace(/run \S+:/, "");
    expect(withoutRun(inBigQuery.stdout)).toBe(withoutRun(inDuckDb.stdout));
    const [strange] = await onBoth("rejected", "list", "--reason", 'it\'s \\ "odd"');
    expect(strange.stdout).toContain("0 of 0 shown");
  });

  test("report draws the same page of both, but for what differs from run to run", async () => {
    const pages = await Promise.all(
      [bigQuery, duckDb].map(async (warehouse, at) => {
        const out = join(directory, `${at}.html`);
        const env = { BIGQUERY_EMULATOR_HOST: emulator.endpoint };
        const { code, stderr } = await medallion(["report", "--warehouse", warehouse, "--out", out], { env });
        expect(code, stderr).toBe(0);
        // Run ids, times, and durations and ages that are counted from them.
        return readFileSync(out, "utf8").replace(
          /\d{14}-[0-9a-f]{8}|20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?Z?)?|[\d.]+\s(s|min)<|1\d,\d{3}(\.\d+)?|\d+ days/g,
          "",
        );
      }),
    );
    expect(pages[0]?.length).toBeGreaterThan(50_000);
    expect(pages[0]).toBe(pages[1]);
  });

  test("a table whose catalog another hand changed is named by check, with what differs", async () => {
    const table = `${emulator.endpoint}/bigquery/v2/projects/p1/datasets/junoplus_analytics_gold/tables/user_analytics_v1`;
    const changed = { clustering: { fields: ["user_id"] }, labels: { contract_version: "0-9-0" } };
    const headers = { "content-type": "application/json" };
    expect((await fetch(table, { method: "PATCH", headers, body: JSON.stringify(changed) })).status).toBe(200);
    const [{ code, stdout }] = await onBoth("check");
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /FAIL user_analytics_v1.catalog_follows_contract: .*cluster is "user_id" instead of "user_id, user_segment"; .*label contract_version is "0-9-0"/,
    );
    expect(stdout).toContain(", 1 failed");
  });
});
