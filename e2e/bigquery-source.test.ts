import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BigQuery } from "@google-cloud/bigquery";
import { rejectedChangePayloads, rejectedChanges, runs } from "@junoplus/contracts";
import { bigQueryClient } from "@junoplus/warehouse/bigquery-client";
import {
  type BigQueryEmulator,
  startBigQueryEmulator,
  withoutBigQueryEmulator,
} from "@junoplus/warehouse/testing/bigquery-emulator";
import { startFaultProxy } from "@junoplus/warehouse/testing/fault-proxy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { breakingConnection } from "./testing/breaking-connection";
import { EXTENSION_COLUMNS, loadSample } from "./testing/changelog-dataset";
import { type CliResult, medallion } from "./testing/cli";
import { derivedTables, rejectedText, rowsOf } from "./testing/published-tables";
import { SAMPLE } from "./testing/sample";
import { tempDirectory } from "./testing/temp-directory";

const directory = tempDirectory();
const at = (name: string): string => join(directory, `${name}.duckdb`);
const store = (name: string): string => `duckdb:${at(name)}`;

describe.skipIf(withoutBigQueryEmulator)("change logs in BigQuery (an emulator, needs Python 3.13)", () => {
  let emulator: BigQueryEmulator;
  let api: BigQuery;
  const run = (
    source: string,
    name: string,
    { rest = emulator.endpoint, storage = emulator.grpcEndpoint, args = [] as readonly string[] } = {},
  ): Promise<CliResult> => {
    const env = { BIGQUERY_EMULATOR_HOST: rest, BIGQUERY_STORAGE_EMULATOR_HOST: storage };
    const given = ["--source", source, "--warehouse", store(name), "--as-of", "2025-01-01", ...args];
    return medallion(["run", ...given], { env });
  };

  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
    api = bigQueryClient({ project: emulator.project, location: "US" }, emulator.endpoint).api;
    await loadSample(api, "logs", directory);
    for (const [source, name] of [
      ["bigquery:p1.logs", "bigquery"],
      [SAMPLE, "files"],
    ] as const) {
      const { code, stderr } = await run(source, name);
      expect(code, stderr).toBe(0);
    }
  }, 600_000);
  afterAll(() => emulator?.stop());

  test("the same rows give, cell by cell, the same tables as files do", async () => {
    const tables = await derivedTables(store("bigquery"));
    expect(Object.values(tables).flat().length).toBeGreaterThan(5_000);
    expect(JSON.stringify(tables)).toBe(JSON.stringify(await derivedTables(store("files"))));
  });

  test("what is rejected is kept as the same text, and the ledger counts the same", async () => {
    const contracts = [rejectedChanges, rejectedChangePayloads];
    const rejected = await rejectedText(store("bigquery"), contracts);
    expect(rejected.length).toBeGreaterThan(100);
    expect(rejected).toEqual(await rejectedText(store("files"), contracts));
    const ledger = async (name: string) =>
      (await rowsOf(store(name), [runs]))["runs"]?.map((row) => ({
        ...row,
        ...{ run_id: "", source: "", started_at: "", checked_at: "" },
      }));
    expect(await ledger("bigquery")).toEqual(await ledger("files"));
  });

  test("nothing that was fetched is left", () => {
    expect(existsSync(`${at("bigquery")}.staging`)).toBe(false);
  });

  test("tables of older versions and of other layouts give the same", async () => {
    const partitioned = { type: "DAY", field: "timestamp", requirePartitionFilter: true };
    await loadSample(api, "older", directory, (prefix) =>
      prefix === "medications_data"
        ? { columns: EXTENSION_COLUMNS.filter(({ name }) => name !== "path_params" && name !== "document_id") }
        : { metadata: { timePartitioning: partitioned, clustering: { fields: ["document_id"] } } },
    );
    const { code, stderr } = await run("bigquery:p1.older/us", "older");
    expect(code, stderr).toBe(0);
    expect(JSON.stringify(await derivedTables(store("older")))).toBe(
      JSON.stringify(await derivedTables(store("files"))),
    );
  });

  test("every table that is missing, elsewhere or no change log is named with what to do, and nothing is opened", async () => {
    await api.createDataset("broken", { location: "US" });
    const columns = EXTENSION_COLUMNS.filter(({ name }) => name !== "data").map(({ name, type, mode }) =>
      name === "timestamp" ? { name, type: "STRING", mode } : { name, type, mode },
    );
    await api
      .dataset("broken")
      .table("medications_data_raw_changelog")
      .create({ schema: { fields: columns } });
    await api.dataset("broken").createTable("user_health_data_raw_changelog", { view: "SELECT 1 AS one" });
    const { code, stdout, stderr } = await run("bigquery:p1.broken/EU", "broken");
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).not.toMatch(/\n\s+at /);
    for (const words of [
      /p1\.broken\.therapy_sessions_data_raw_changelog: is not there\. Install/,
      /p1\.broken\.user_health_data_raw_changelog: is a view/,
      /p1\.broken\.medications_data_raw_changelog: lies in US and not in EU/,
      /medications_data_raw_changelog: column timestamp is STRING and not TIMESTAMP/,
      /medications_data_raw_changelog: has no column data \(STRING\)/,
    ]) {
      expect(stderr).toMatch(words);
    }
    expect(existsSync(at("broken"))).toBe(false);
  });

  test("who may not read is told the role", async () => {
    const proxy = await startFaultProxy(emulator.endpoint);
    try {
      const message = "Access Denied: Table p1:logs.x: Permission bigquery.tables.get denied";
      const what = { status: 403, reason: "accessDenied", message };
      proxy.plan({ method: "GET", path: /tables\//, times: 1, what });
      const { code, stderr } = await run("bigquery:p1.logs", "denied", { rest: proxy.endpoint });
      expect(code).toBe(1);
      expect(stderr).toMatch(/^error: p1\.logs\.\w+_raw_changelog: Access Denied.*Data Viewer/m);
      expect(stderr).not.toMatch(/\n\s+at /);
    } finally {
      await proxy.stop();
    }
  });

  test("a stream that breaks is gone on with: no change is lost, none comes twice", async () => {
    const connection = await breakingConnection(emulator.grpcEndpoint, 700_000, 2);
    try {
      const { code, stderr } = await run("bigquery:p1.logs", "mended", { storage: connection.endpoint });
      expect(code, stderr).toBe(0);
      expect(connection.broken()).toBe(2);
      const read = async (name: string) =>
        (await rowsOf(store(name), [runs]))["runs"]?.map((row) => row["changes_read"]);
      expect(await read("mended")).toEqual(await read("files"));
    } finally {
      await connection.stop();
    }
  });

  test("a stream that stays broken ends the run: old tables stay, what was fetched is gone", async () => {
    const before = await derivedTables(store("bigquery"));
    const connection = await breakingConnection(emulator.grpcEndpoint, 700_000, Number.POSITIVE_INFINITY);
    try {
      const { code, stderr } = await run("bigquery:p1.logs", "bigquery", { storage: connection.endpoint });
      expect(code).toBe(1);
      expect(stderr).toMatch(/error: p1\.logs\.\w+_raw_changelog: .*connection broke/);
    } finally {
      await connection.stop();
    }
    expect(existsSync(`${at("bigquery")}.staging`)).toBe(false);
    expect(await derivedTables(store("bigquery"))).toEqual(before);
  });
});
