import { describe, expect, test } from "vitest";
import { OptionsError } from "./options-error";
import { BUILT_TABLES, runOptions } from "./run-options";

const NOW = "2026-01-01T00:00:00.000000Z";
const GOOD = { source: "log", warehouse: "duckdb:m.duckdb" };

const ELSEWHERE = { ...GOOD, runner: "portable", endpoint: "localhost:8073" };

function faultsOf(given: Parameters<typeof runOptions>[0]): readonly string[] {
  try {
    runOptions(given, NOW);
  } catch (error) {
    if (error instanceof OptionsError) return error.faults;
  }
  return [];
}

test("policy tags are named by classification", () => {
  const [one, other] = [1, 2].map((tag) => `projects/p/locations/us/taxonomies/7/policyTags/${tag}`);
  const options = runOptions({ ...GOOD, policyTags: `health=${one}, direct_identifier=${other}` }, NOW);
  expect(options.policyTags).toEqual({ health: one, direct_identifier: other });
});

test("a warehouse is a file or a project", () => {
  expect(runOptions({ ...GOOD, warehouse: "bigquery:project/EU" }, NOW).warehouse).toBe("bigquery:project/EU");
});

test("only source and warehouse have to be given", () => {
  expect(runOptions(GOOD, NOW)).toEqual({
    source: "log",
    warehouse: "duckdb:m.duckdb",
    prefix: "junoplus_analytics",
    asOf: NOW,
    tables: new Set(BUILT_TABLES),
    policyTags: {},
    runner: "direct",
    endpoint: undefined,
    environment: undefined,
    processes: 1,
    since: null,
    lookBackDays: 3,
    full: false,
    allowEmpty: false,
    log: "text",
    dryRun: null,
  });
});

test.each([
  ["2025-01-01", "2025-01-01T00:00:00.000000Z"],
  ["2025-01-01T06:00:00+02:00", "2025-01-01T04:00:00.000000Z"],
  ["2025-01-01T06:00:00.1234567Z", "2025-01-01T06:00:00.123456Z"],
])("--as-of %s is the instant %s", (asOf, instant) => {
  expect(runOptions({ ...GOOD, asOf }, NOW).asOf).toBe(instant);
});

test("--tables names the tables that are built", () => {
  expect(runOptions({ ...GOOD, tables: "silver_medications, daily_metrics_v1" }, NOW).tables).toEqual(
    new Set(["silver_medications", "daily_metrics_v1"]),
  );
});

test.each([
  [undefined, undefined],
  ["process:/opt/beam-worker", { kind: "process", command: "/opt/beam-worker" }],
  ["external:[::1]:5000", { kind: "external", address: "[::1]:5000" }],
  ["docker:registry:5000/worker:1", { kind: "docker", image: "registry:5000/worker:1" }],
])("--environment %s says where the workers of a portable runner come from", (environment, meant) => {
  const options = runOptions({ ...ELSEWHERE, ...(environment !== undefined && { environment }) }, NOW);
  expect(options).toMatchObject({ runner: "portable", endpoint: "localhost:8073" });
  expect(options.environment).toEqual(meant);
});

describe("a fault is named with its cure", () => {
  test.each([
    [{ ...GOOD, source: "" }, "--source is missing"],
    [{ ...GOOD, source: "gs://bucket/logs" }, "--source gs://bucket/logs: is neither a directory nor"],
    [{ ...GOOD, source: "bigquery:p1.d", bigQueryEndpoint: "localhost:9050" }, "an emulator has two addresses"],
    [{ ...GOOD, source: "bigquery:p1.d/" }, "--source bigquery:p1.d/: is no dataset"],
    [{ ...GOOD, warehouse: "" }, "--warehouse is missing"],
    [{ ...GOOD, policyTags: "secret=x" }, "--policy-tags secret=x: write CLASSIFICATION=TAG"],
    [{ ...GOOD, policyTags: "health=x" }, "--policy-tags health=x: a tag is projects/P/locations/L"],
    [{ ...GOOD, warehouse: "bigquery:" }, "--warehouse bigquery:: is no known store"],
    [{ ...GOOD, warehouse: "duckdb:" }, "--warehouse duckdb:: is no known store"],
    [{ ...GOOD, prefix: "Juno-Plus" }, "--prefix Juno-Plus"],
    [{ ...GOOD, asOf: "2025-02-30" }, "--as-of 2025-02-30: is no instant"],
    [{ ...GOOD, tables: "," }, "--tables is empty"],
    [{ ...GOOD, tables: "silver_moods" }, "--tables silver_moods: is no table"],
    [{ ...GOOD, tables: "runs" }, "--tables runs: is written by every run"],
    [{ ...GOOD, runner: "dataflow" }, "--runner dataflow: write direct, prism or portable"],
    [{ ...GOOD, runner: "portable" }, "--endpoint is missing: name the runner's job service"],
    [{ ...GOOD, runner: "portable", endpoint: "localhost" }, "--endpoint localhost: name the runner's job service"],
    [{ ...GOOD, endpoint: "localhost:8073" }, "--endpoint localhost:8073: belongs to --runner portable"],
    [{ ...GOOD, runner: "prism", environment: "docker:w" }, "--environment docker:w: belongs to --runner portable"],
    [{ ...GOOD, processes: "4" }, "--processes 4: belongs to --runner prism, or portable without --environment"],
    [{ ...ELSEWHERE, environment: "docker:w", processes: "4" }, "--processes 4: belongs to --runner prism"],
    [{ ...GOOD, runner: "prism", processes: "0" }, "--processes 0: write a whole number from 1 to 99"],
    [{ ...ELSEWHERE, environment: "docker" }, "--environment docker: write process:<command>"],
    [{ ...ELSEWHERE, environment: "external:w" }, "--environment external:w: write process:<command>"],
    [{ ...GOOD, since: "last", lookback: "3d" }, "--lookback 3d: write days, a whole number"],
    [{ ...GOOD, since: "last", lookback: "7" }, "--lookback 7: belongs to --since last with a source in BigQuery"],
    [{ ...GOOD, log: "xml" }, "--log xml: write text or json"],
  ])("%j", (given, words) => {
    expect(faultsOf(given)).toEqual([expect.stringContaining(words)]);
  });
});

test("all faults come at once", () => {
  expect(faultsOf({ warehouse: "x", asOf: "y", tables: "z", runner: "w" })).toHaveLength(5);
});

test("a run goes on from the last one when it is asked to, and from no other", () => {
  expect(runOptions({ ...GOOD, since: "last" }, NOW).since).toBe("last");
  expect(runOptions({ ...GOOD, full: true }, NOW)).toMatchObject({ since: null, full: true });
  expect(runOptions({ ...GOOD, since: "last", full: true }, NOW)).toMatchObject({ since: "last", full: true });
  expect(faultsOf({ ...GOOD, since: "yesterday", tables: "silver_medications" })).toEqual([
    "--since yesterday: write last",
    "--since and --tables: choose one; a run that goes on from another keeps all tables in step",
  ]);
});
