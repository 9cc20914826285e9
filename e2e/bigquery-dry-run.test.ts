import type { PlannedCall } from "@junoplus/warehouse";
import { bigQueryClient } from "@junoplus/warehouse/bigquery-client";
import {
  type BigQueryEmulator,
  startBigQueryEmulator,
  withoutBigQueryEmulator,
} from "@junoplus/warehouse/testing/bigquery-emulator";
import { type FaultProxy, startFaultProxy } from "@junoplus/warehouse/testing/fault-proxy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callsOf, callText } from "./testing/bigquery-calls";
import { loadSample } from "./testing/changelog-dataset";
import { type CliResult, medallion } from "./testing/cli";
import { tempDirectory } from "./testing/temp-directory";

const directory = tempDirectory();
const RATES = ["--price-per-tib", "6.25", "--read-price-per-tib", "1.1"];

interface Report {
  readonly reads: readonly {
    readonly kind: string;
    readonly name: string;
    readonly bytes: number;
    readonly price: number;
  }[];
  readonly calls: readonly PlannedCall[];
  readonly totals: { readonly readBytes: number; readonly readPrice: number; readonly unknown: number };
}

describe.skipIf(withoutBigQueryEmulator)("a dry run on BigQuery (an emulator, needs Python 3.13)", () => {
  let emulator: BigQueryEmulator;
  let proxy: FaultProxy;
  const run = (...args: readonly string[]): Promise<CliResult> => {
    const env = { BIGQUERY_EMULATOR_HOST: proxy.endpoint, BIGQUERY_STORAGE_EMULATOR_HOST: emulator.grpcEndpoint };
    const given = ["--source", "bigquery:p1.logs", "--warehouse", "bigquery:p1", "--as-of", "2025-01-01"];
    return medallion(["run", ...given, ...args], { env });
  };
  const dryRun = async (): Promise<Report> => {
    const { code, stdout, stderr } = await run("--dry-run", "--format", "json", ...RATES);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as Report;
  };

  /** What the first run came to, before which nothing was there, and what the second did. */
  const planned: Report[] = [];
  const calls: { readonly ofDryRun: readonly string[]; readonly ofRun: readonly string[] }[] = [];

  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
    const { api } = bigQueryClient({ project: emulator.project, location: "US" }, emulator.endpoint);
    await loadSample(api, "logs", directory);
    proxy = await startFaultProxy(emulator.endpoint);
    for (let time = 0; time < 2; time++) {
      planned.push(await dryRun());
      const ofDryRun = callsOf(proxy.takeRequests());
      const { code, stderr } = await run();
      expect(code, stderr).toBe(0);
      calls.push({ ofDryRun, ofRun: callsOf(proxy.takeRequests()) });
    }
  }, 900_000);
  afterAll(async () => {
    await proxy?.stop();
    await emulator?.stop();
  });

  /** Calls of one phase are made side by side: tables are staged, then asked about, then published. */
  const phasesOf = (made: readonly string[]): readonly string[] =>
    made
      .filter((call) => !call.startsWith("tables.delete"))
      .map((call) => {
        if (/^query job\s+BEGIN TRANSACTION/.test(call)) return "publish";
        if (/^query job\s+SELECT/.test(call)) return "ask";
        return call.includes("RUN__") ? "stage" : "make";
      })
      .filter((phase, i, phases) => phase !== phases[i - 1]);

  test.each([
    ["the first", 0],
    ["a later", 1],
  ])("%s run makes the calls that its dry run had told, phase by phase", (_which, time) => {
    const told = (planned[time]?.calls ?? []).map(({ call, target, statement }) => callText(call, target, statement));
    const made = calls[time]?.ofRun ?? [];
    expect(made.length).toBeGreaterThan(40);
    expect(told.toSorted()).toEqual(made.toSorted());
    expect(phasesOf(told)).toEqual(phasesOf(made));
    expect(phasesOf(made)).toEqual(expect.arrayContaining(["stage", "ask", "publish"]));
  });

  test("it asks, and makes no call of its own that creates, changes or runs anything", () => {
    expect(calls.map(({ ofDryRun }) => ofDryRun)).toEqual([[], []]);
  });

  test("each change log is a read session, with the bytes of its columns and their price", () => {
    const { reads = [], totals } = planned[0] ?? {};
    expect(reads.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "read session p1.logs.medications_data_raw_changelog",
      "read session p1.logs.period_tracking_data_raw_changelog",
      "read session p1.logs.therapy_sessions_data_raw_changelog",
      "read session p1.logs.user_health_data_raw_changelog",
    ]);
    const bytes = reads.reduce((sum, read) => sum + read.bytes, 0);
    // The emulator counts eight bytes for every cell, whatever is in it.
    expect(bytes).toBe(7_752 * 7 * 8);
    expect(totals?.readBytes).toBe(bytes);
    expect(totals?.readPrice).toBeCloseTo((bytes / 2 ** 40) * 1.1, 12);
  });

  test("before the first run no figure is made up for tables that are not there; afterwards every query has one", () => {
    const scans = (time: number) => (planned[time]?.calls ?? []).flatMap(({ scan }) => (scan === null ? [] : [scan]));
    expect(new Set(scans(0).map(({ bytes, basis }) => `${bytes}: ${basis}`))).toEqual(
      new Set(["null: not known before the first run"]),
    );
    expect(planned[0]?.totals.unknown).toBe(scans(0).length);
    expect(scans(1).length).toBeGreaterThan(5);
    expect(planned[1]?.totals.unknown).toBe(0);
    expect(scans(1).some(({ basis }) => basis === "published tables stand in for staged ones")).toBe(true);
  });

  test("for people it is a table with the sums at its end", async () => {
    const { code, stdout } = await run("--dry-run", ...RATES);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^call +bytes +billed +USD +of +remarks\n/);
    expect(stdout).toMatch(/^load job .* staged silver\.silver_medications +where it has rows$/m);
    expect(stdout).toMatch(/\nread from BigQuery: 434,112 bytes: 0\.\d{6} USD\n/);
    expect(stdout).toMatch(/nothing was created, changed, locked or loaded\n$/);
  });

  test("who may not read is refused as a run would be", async () => {
    const message = "Access Denied: Dataset p1:junoplus_analytics_staging: Permission bigquery.datasets.get denied";
    const what = { status: 403, reason: "accessDenied", message };
    proxy.plan({ method: "GET", path: /datasets\/junoplus_analytics_staging/, times: 1, what });
    const { code, stdout, stderr } = await run("--dry-run");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: bigquery:p1: lock: Access Denied.*Data Editor/m);
  });

  test("a table that cannot follow its contract is refused as by a run, and left as it is", async () => {
    const table = `${emulator.endpoint}/bigquery/v2/projects/p1/datasets/junoplus_analytics_gold/tables/user_analytics_v1`;
    const headers = { "content-type": "application/json" };
    await fetch(table, { method: "PATCH", headers, body: JSON.stringify({ description: "somebody's own" }) });
    const faults = ({ stderr }: CliResult) => stderr.split("\n").filter((line) => /^(error: | )/.test(line));
    const [dry, real] = [await run("--dry-run"), await run()];
    expect(dry.code).toBe(1);
    expect(dry.stdout).toBe("");
    expect(faults(dry)).toEqual(faults(real));
    expect(faults(dry).join()).toMatch(/user_analytics_v1.*was not made by this program/);
  });
});
