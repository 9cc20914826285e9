import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BigQuery } from "@google-cloud/bigquery";
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
import { appendChanges, loadChangelogs } from "./testing/changelog-dataset";
import { type CliResult, medallion } from "./testing/cli";
import { SAMPLE_PREFIXES, sampleLines } from "./testing/sample";
import { tempDirectory } from "./testing/temp-directory";

const directory = tempDirectory();
const RATES = ["--price-per-tib", "6.25", "--read-price-per-tib", "1.1"];
const SESSIONS = "therapy_sessions_data";
/** Of each log of the sample: which calls a run makes does not depend on how many changes it reads. */
const LINES = 400;
const first = (prefix: string): readonly string[] => sampleLines(prefix).slice(0, LINES);
const CHANGES = SAMPLE_PREFIXES.reduce((sum, prefix) => sum + first(prefix).length, 0);

interface Report {
  readonly reading: { readonly since: string | null; readonly because: string | null };
  readonly reads: readonly {
    readonly kind: string;
    readonly name: string;
    readonly from: string | null;
    readonly bytes: number;
    readonly price: number;
  }[];
  readonly calls: readonly PlannedCall[];
  readonly totals: {
    readonly readBytes: number;
    readonly readPrice: number;
    readonly unknown: number;
  };
}

/** Runs, and what is added to the log before the dry run of each. */
const RUNS: Readonly<Record<string, { readonly added: readonly object[] }>> = {
  "the first run": { added: [] },
  "a run that goes on": {
    added: sampleLines(SESSIONS)
      .slice(LINES, LINES + 5)
      .map((line) => JSON.parse(line)),
  },
  "a run that finds an old import": {
    added: first(SESSIONS)
      .slice(0, 1)
      .map((line) => ({ ...JSON.parse(line), timestamp: "1970-01-01 00:00:00 UTC" })),
  },
};

/** What a run and its dry run came to. */
interface Outcome {
  readonly report: Report;
  readonly ofDryRun: readonly string[];
  readonly ofRun: readonly string[];
  /** The last line of the run. */
  readonly said: string;
}

describe.skipIf(withoutBigQueryEmulator)("a dry run on BigQuery (an emulator, needs Python 3.13)", () => {
  let emulator: BigQueryEmulator;
  let proxy: FaultProxy;
  let api: BigQuery;
  const run = (...args: readonly string[]): Promise<CliResult> => {
    const env = { BIGQUERY_EMULATOR_HOST: proxy.endpoint, BIGQUERY_STORAGE_EMULATOR_HOST: emulator.grpcEndpoint };
    const given = [
      "--source",
      "bigquery:p1.logs",
      "--warehouse",
      "bigquery:p1",
      "--as-of",
      "2025-01-01",
      "--since",
      "last",
    ];
    return medallion(["run", ...given, ...args], { env });
  };
  const done = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...args);
    expect(code, stderr).toBe(0);
    return stdout;
  };
  const outcomes = new Map<string, Outcome>();
  const outcomeOf = (which: string): Outcome => {
    const outcome = outcomes.get(which);
    if (outcome === undefined) throw new Error(`${which} did not end`);
    return outcome;
  };

  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
    api = bigQueryClient({ project: emulator.project, location: "US" }, emulator.endpoint).api;
    const log = join(directory, "log");
    mkdirSync(log);
    for (const prefix of SAMPLE_PREFIXES) {
      writeFileSync(join(log, `${prefix}_raw_changelog.ndjson`), `${first(prefix).join("\n")}\n`);
    }
    await loadChangelogs(api, "logs", { directory: log, scratch: directory });
    proxy = await startFaultProxy(emulator.endpoint);
    for (const [which, { added }] of Object.entries(RUNS)) {
      if (added.length > 0) await appendChanges(api, { dataset: "logs", prefix: SESSIONS, scratch: directory }, added);
      const report = JSON.parse(await done("--dry-run", "--format", "json", ...RATES)) as Report;
      const ofDryRun = callsOf(proxy.takeRequests());
      const said = (await done()).trimEnd().split("\n").at(-1) ?? "";
      outcomes.set(which, { report, ofDryRun, ofRun: callsOf(proxy.takeRequests()), said });
    }
  }, 900_000);
  afterAll(async () => {
    await proxy?.stop();
    await emulator?.stop();
  });

  const textOf = ({ call, target, statement }: PlannedCall): string => callText(call, target, statement);

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

  test.each(Object.keys(RUNS))("%s makes the calls that its dry run had told, phase by phase", (which) => {
    const { report, ofRun: made } = outcomeOf(which);
    // What is left out where it has no effect was made, or was not.
    const told = report.calls.filter((call) => call.only === null || made.includes(textOf(call))).map(textOf);
    expect(made.length).toBeGreaterThan(40);
    expect(told.toSorted()).toEqual(made.toSorted());
    expect(phasesOf(told)).toEqual(phasesOf(made));
    expect(phasesOf(made)).toEqual(expect.arrayContaining(["stage", "ask", "publish"]));
  });

  test.each(Object.keys(RUNS))("before %s it asks only what it says, and makes, changes and locks nothing", (which) => {
    const { report, ofDryRun } = outcomeOf(which);
    expect(ofDryRun.toSorted()).toEqual(
      report.calls
        .filter(({ isAsked }) => isAsked)
        .map(textOf)
        .toSorted(),
    );
    for (const call of ofDryRun) expect(call).toMatch(/^query job\nSELECT /);
  });

  test("each change log is a read session, with the bytes of its columns and their price", () => {
    const { reads, totals } = outcomeOf("the first run").report;
    expect(reads.map(({ kind, name, from }) => `${kind} ${name} ${from}`)).toEqual([
      "read session p1.logs.medications_data_raw_changelog null",
      "read session p1.logs.period_tracking_data_raw_changelog null",
      "read session p1.logs.therapy_sessions_data_raw_changelog null",
      "read session p1.logs.user_health_data_raw_changelog null",
    ]);
    const bytes = reads.reduce((sum, read) => sum + read.bytes, 0);
    // The emulator counts eight bytes for every cell, whatever is in it.
    expect(bytes).toBe(CHANGES * 7 * 8);
    expect(totals.readBytes).toBe(bytes);
    expect(totals.readPrice).toBeCloseTo((bytes / 2 ** 40) * 1.1, 12);
  });

  test("how much of the log a run reads is told before it, and why", () => {
    const [none, goes, falls] = Object.keys(RUNS).map(outcomeOf);
    expect(none?.report.reading).toEqual({
      since: null,
      because: "no run has left a state of all tables to go on from",
    });
    const { since, because } = goes?.report.reading ?? {};
    expect(because).toBeNull();
    expect(none?.said).toContain(`run ${since}: `);
    expect(goes?.said).toMatch(new RegExp(`gone on from run ${since}: .* from 5 changes`));
    for (const { from } of goes?.report.reads ?? []) expect(from).toMatch(/^2024-.*Z$/);
    expect(falls?.report.reading).toMatchObject({
      since: null,
      because: expect.stringMatching(/therapy_sessions_data_raw_changelog holds \d+ rows from before/),
    });
    expect(falls?.report.reads.map(({ from }) => from)).toEqual([null, null, null, null]);
    expect(falls?.said).toMatch(/tables published/);
  });

  test("before the first run no figure is made up for tables that are not there; afterwards every query has one", () => {
    const scans = (which: string) =>
      outcomeOf(which).report.calls.flatMap(({ scan, target }) =>
        scan === null || target.startsWith("logs.") ? [] : [scan],
      );
    const [nothing = "", ...later] = Object.keys(RUNS);
    expect(new Set(scans(nothing).map(({ bytes, basis }) => `${bytes}: ${basis}`))).toEqual(
      new Set(["null: not known before the first run"]),
    );
    expect(outcomeOf(nothing).report.totals.unknown).toBe(scans(nothing).length);
    for (const which of later) {
      expect(scans(which).length).toBeGreaterThan(5);
      expect(outcomeOf(which).report.totals.unknown).toBe(0);
      expect(scans(which).some(({ basis }) => basis === "published tables stand in for staged ones")).toBe(true);
    }
  });

  test("for people it is a table with the sums at its end", async () => {
    const { code, stdout } = await run("--dry-run", ...RATES);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^call +bytes +billed +USD +of +remarks\n/);
    expect(stdout).toMatch(/^load job .* staged silver\.silver_medications +where it has rows$/m);
    expect(stdout).toMatch(/\nread from BigQuery: [\d,]{5,} bytes: 0\.\d{6} USD\n/);
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
