import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { BigQuery } from "@google-cloud/bigquery";
import type { RunOutcome } from "@junoplus/cli";
import { lastRun, recentChanges, tablePositions } from "@junoplus/contracts";
import { openWarehouse } from "@junoplus/warehouse";
import { bigQueryClient } from "@junoplus/warehouse/bigquery-client";
import {
  type BigQueryEmulator,
  startBigQueryEmulator,
  withoutBigQueryEmulator,
} from "@junoplus/warehouse/testing/bigquery-emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appendChanges, loadSample } from "./testing/changelog-dataset";
import { content } from "./testing/growing-log";
import { changesOf, type LoggedChange, moved } from "./testing/logged-change";
import { publishedRun } from "./testing/published-run";
import { rowsOf } from "./testing/published-tables";
import { SAMPLE, SAMPLE_PREFIXES, sampleLines } from "./testing/sample";
import { type StorageFaultProxy, startStorageFaultProxy } from "./testing/storage-fault-proxy";
import { tempDirectory } from "./testing/temp-directory";

const directory = tempDirectory();
const AS_OF = "2026-02-28T12:00:00.000000Z";
const SESSIONS = "therapy_sessions_data";

describe.skipIf(withoutBigQueryEmulator)("a log in BigQuery that grows (an emulator, needs Python 3.13)", () => {
  let emulator: BigQueryEmulator;
  let storage: StorageFaultProxy;
  let api: BigQuery;
  const url = (name: string): string => `duckdb:${join(directory, `${name}.duckdb`)}`;

  /** Each dataset is a log of its own, laid out in partitions that demand a filter. */
  const load = (dataset: string): Promise<void> =>
    loadSample(api, dataset, directory, () => ({
      metadata: { timePartitioning: { type: "DAY", field: "timestamp", requirePartitionFilter: true } },
    }));

  const append = (dataset: string, prefix: string, changes: readonly LoggedChange[]): Promise<void> =>
    appendChanges(api, { dataset, prefix, scratch: directory }, changes);

  const run = async (
    source: string,
    name: string,
  ): Promise<RunOutcome & { readonly warnings: readonly string[]; readonly sessions: number }> => {
    const endpoints = { bigQueryEndpoint: emulator.endpoint, bigQueryStorageEndpoint: storage.endpoint };
    storage.takeSessions();
    const warnings: string[] = [];
    const given = { source, warehouse: url(name), since: "last", ...endpoints };
    const outcome = await publishedRun(AS_OF, given, (text) => warnings.push(text));
    return { ...outcome, warnings, sessions: storage.takeSessions() };
  };

  /** The followed warehouse against one that reads the whole log now. */
  const mustEqualWholeRun = async (dataset: string, name: string): Promise<void> => {
    const whole = `${name}-${randomUUID()}`;
    expect((await run(`bigquery:p1.${dataset}`, whole)).reading.since).toBeNull();
    expect(await content(url(name))).toEqual(await content(url(whole)));
  };

  /** The same where the log was read whole again: every whole read tells anew what it rejects. */
  const mustEqualWholeRunButHistory = async (dataset: string, name: string, outcome: RunOutcome): Promise<void> => {
    const whole = `${name}-${randomUUID()}`;
    const { rejections, flows } = await run(`bigquery:p1.${dataset}`, whole);
    expect([outcome.rejections, outcome.flows]).toEqual([rejections, flows]);
    const withoutHistory = async (of: string) => ({ ...(await content(url(of))), rejected: [] });
    expect(await withoutHistory(name)).toEqual(await withoutHistory(whole));
  };

  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
    api = bigQueryClient({ project: emulator.project, location: "US" }, emulator.endpoint).api;
    storage = await startStorageFaultProxy(emulator.grpcEndpoint);
    await load("logs");
  }, 300_000);
  afterAll(async () => {
    await storage?.stop();
    await emulator?.stop();
  });

  test("is read from the look-back on, and gives what a run over the whole log gives, counts too", {
    timeout: 600_000,
  }, async () => {
    const first = await run("bigquery:p1.logs", "followed");
    const all = SAMPLE_PREFIXES.reduce((sum, prefix) => sum + sampleLines(prefix).length, 0);
    expect(first.reading).toMatchObject({ since: null, changes: all, fetched: { rows: all } });

    const sessions = changesOf(SESSIONS);
    const [newest, other] = [sessions.at(-1), sessions.at(-20)] as [LoggedChange, LoggedChange];
    const late = moved(newest, -1, { document_name: other["document_name"], document_id: other["document_id"] });
    const added = [
      moved(newest, 0.01, { operation: "UPDATE" }),
      moved(newest, 0.02, { operation: "DELETE", data: null }),
      late,
      // Delivered again, and twice.
      newest,
      newest,
    ];
    await append("logs", SESSIONS, added);
    const second = await run("bigquery:p1.logs", "followed");
    expect(second.warnings).toEqual([]);
    expect(second.reading).toMatchObject({ since: first.identity.runId, changes: added.length });
    const [sent, sentAtFirst] = [second.reading.fetched, first.reading.fetched];
    expect(sent?.rows).toBeLessThan((sentAtFirst?.rows ?? 0) / 10);
    expect(sent?.bytes).toBeLessThan((sentAtFirst?.bytes ?? 0) / 10);
    expect(second.reading.users).toBeLessThan(4);
    // One of each table, for the rows that are read: all of them, then those of the look-back.
    expect([first.sessions, second.sessions]).toEqual([SAMPLE_PREFIXES.length, SAMPLE_PREFIXES.length]);
    await mustEqualWholeRun("logs", "followed");

    // Nothing was added: the look-back alone is read, and none of it is new.
    const third = await run("bigquery:p1.logs", "followed");
    expect(third.reading).toMatchObject({ since: second.identity.runId, changes: 0, users: 0 });
    await mustEqualWholeRun("logs", "followed");
  });

  test.each([
    [
      "an import, stamped 1970",
      (change: LoggedChange) => moved({ ...change, timestamp: "1970-01-01T00:00:00Z" }, 0, { operation: "IMPORT" }),
    ],
    ["a change that is later than the look-back", (change: LoggedChange) => moved(change, -30)],
  ])("that gets %s is read whole, and the run says so", { timeout: 300_000 }, async (_what, changed) => {
    const name = randomUUID();
    await run("bigquery:p1.logs", name);
    await append("logs", SESSIONS, [changed(changesOf(SESSIONS).at(-1) as LoggedChange)]);
    const outcome = await run("bigquery:p1.logs", name);
    const { reading, warnings, sessions } = outcome;
    expect(reading.since).toBeNull();
    // That is known before any is opened.
    expect(sessions).toBe(SAMPLE_PREFIXES.length);
    expect(warnings).toEqual([
      expect.stringMatching(
        /the whole log is read: p1\.logs\.therapy_sessions_data_raw_changelog holds \d+ rows from before/,
      ),
    ]);
    await mustEqualWholeRunButHistory("logs", name, outcome);
    expect((await run("bigquery:p1.logs", name)).reading.since).not.toBeNull();
  });

  test("that lost or changed a row is read whole, before the look-back and within", { timeout: 300_000 }, async () => {
    await load("shrinking");
    await run("bigquery:p1.shrinking", "shrinking");
    const name = "`p1.shrinking.medications_data_raw_changelog`";
    const all = `timestamp >= TIMESTAMP "0001-01-01 00:00:00+00"`;
    const earlier = (condition: string) =>
      `UPDATE ${name} SET timestamp = TIMESTAMP_SUB(timestamp, INTERVAL 1 HOUR) WHERE ${condition}`;
    const gone = (condition: string) => `DELETE FROM ${name} WHERE ${condition}`;
    for (const [order, change, words] of [
      ["ASC", gone, /holds \d+ rows from before/],
      ["ASC", earlier, /holds other rows from before/],
      [
        "DESC",
        gone,
        /rows that had been read were changed or are gone in p1\.shrinking\.medications_data_raw_changelog/,
      ],
    ] as const) {
      const [[row]] = await api.query(
        `SELECT CAST(timestamp AS STRING) AS at FROM ${name} WHERE ${all} ORDER BY timestamp ${order} LIMIT 1`,
      );
      await api.query(change(`timestamp = TIMESTAMP "${row.at}"`));
      const outcome = await run("bigquery:p1.shrinking", "shrinking");
      expect(outcome.reading.since).toBeNull();
      expect(outcome.warnings).toEqual([expect.stringMatching(words)]);
      await mustEqualWholeRunButHistory("shrinking", "shrinking", outcome);
    }
  });

  test("whose rows may not be read is refused before a table is made", async () => {
    const message = "Permission 'bigquery.readsessions.create' denied on resource";
    storage.plan({ method: "CreateReadSession", code: "PERMISSION_DENIED", message, times: SAMPLE_PREFIXES.length });
    await expect(run("bigquery:p1.logs", "refused")).rejects.toThrow(/needs BigQuery Read Session User/);
    const warehouse = await openWarehouse(url("refused"), { readOnly: true });
    try {
      expect(await warehouse.exists(lastRun)).toBe(false);
    } finally {
      await warehouse.close();
    }
  });

  test("is not gone on with from files, nor files from it", { timeout: 300_000 }, async () => {
    await run(SAMPLE, "sources");
    const fromFiles = await run("bigquery:p1.logs", "sources");
    expect(fromFiles.reading.since).toBeNull();
    expect(fromFiles.warnings).toContain("the whole log is read: the last run read files and no tables");
    const { table_positions: positions = [], recent_changes: recent = [] } = await rowsOf(url("sources"), [
      tablePositions,
      recentChanges,
    ]);
    expect(positions.map(({ changelog }) => changelog)).toEqual(SAMPLE_PREFIXES.toSorted());
    expect(recent.length).toBeGreaterThan(0);
    const { reading, warnings } = await run(SAMPLE, "sources");
    expect(reading.since).toBeNull();
    expect(warnings).toContain("the whole log is read: the last run read tables and no files");
    expect(Object.values(await rowsOf(url("sources"), [tablePositions, recentChanges]))).toEqual([[], []]);
  });
});
