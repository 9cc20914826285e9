import {
  type BigQueryEmulator,
  startBigQueryEmulator,
  withoutBigQueryEmulator,
} from "@junoplus/warehouse/testing/bigquery-emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CliResult, medallion } from "./testing/cli";
import { derivedTables } from "./testing/published-tables";
import { SAMPLE } from "./testing/sample";

describe.skipIf(withoutBigQueryEmulator)("runs into one BigQuery (an emulator, needs Python 3.13)", () => {
  let emulator: BigQueryEmulator;
  const run = (asOf: string, killWhenToldOf?: string): Promise<CliResult> =>
    medallion(["run", "--source", SAMPLE, "--warehouse", `bigquery:${emulator.project}`, "--as-of", asOf], {
      env: { BIGQUERY_EMULATOR_HOST: emulator.endpoint },
      ...(killWhenToldOf !== undefined && { killWhenToldOf }),
    });
  /** Every instant that the published rows carry: one when all tables are of one run. */
  const instants = async (): Promise<readonly string[]> => {
    const tables = await derivedTables(`bigquery:${emulator.project}`, { bigQueryEndpoint: emulator.endpoint });
    const rows = Object.values(tables).flat();
    expect(rows.length).toBeGreaterThan(5_000);
    return [...new Set(rows.map((row) => String(row["processed_at"] ?? row["refreshed_at"])))];
  };

  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
    const { code, stderr } = await run("2025-01-01");
    expect(code, stderr).toBe(0);
  }, 600_000);
  afterAll(() => emulator?.stop());

  test("of two runs at once, each ends or is refused by name, and the tables are of one of them", {
    timeout: 600_000,
  }, async () => {
    const days = ["2025-02-01", "2025-02-02"];
    const outcomes = await Promise.all(days.map((day) => run(day)));
    const published = days.filter((_, at) => outcomes[at]?.code === 0);
    expect(published.length).toBeGreaterThan(0);
    for (const { code, stderr } of outcomes) {
      if (code !== 0) expect(stderr).toMatch(/error: bigquery:p1: run \S+ is at work here\. Wait until it ends/);
    }
    const [instant, ...others] = await instants();
    expect(others).toEqual([]);
    expect(published.map((day) => `${day}T00:00:00.000000Z`)).toContain(instant);
  });

  test("after a run that was killed the next one waits for its lock, says so, and publishes", {
    timeout: 600_000,
  }, async () => {
    const before = await instants();
    expect((await run("2025-03-01", "loading")).code).toBeNull();
    expect(await instants()).toEqual(before);
    const { code, stderr } = await run("2025-04-01");
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/run \S+ holds the warehouse: if it was killed, its lock ends within a minute/);
    expect(await instants()).toEqual(["2025-04-01T00:00:00.000000Z"]);
  });
});
