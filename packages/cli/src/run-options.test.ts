import { describe, expect, test } from "vitest";
import { OptionsError } from "./options-error";
import { BUILT_TABLES, runOptions } from "./run-options";

const NOW = "2026-01-01T00:00:00.000000Z";
const GOOD = { source: "log", warehouse: "duckdb:m.duckdb" };

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
    allowEmpty: false,
    log: "text",
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
    [{ ...GOOD, runner: "dataflow" }, "--runner dataflow: write direct or prism"],
    [{ ...GOOD, log: "xml" }, "--log xml: write text or json"],
  ])("%j", (given, words) => {
    expect(faultsOf(given)).toEqual([expect.stringContaining(words)]);
  });
});

test("all faults come at once", () => {
  expect(faultsOf({ warehouse: "x", asOf: "y", tables: "z", runner: "w" })).toHaveLength(5);
});
