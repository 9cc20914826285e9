import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BigQuery } from "@google-cloud/bigquery";
import type { RunOutcome } from "@junoplus/cli";
import { lastRun, runs } from "@junoplus/contracts";
import { openWarehouse } from "@junoplus/warehouse";
import { bigQueryClient } from "@junoplus/warehouse/bigquery-client";
import {
  type BigQueryEmulator,
  startBigQueryEmulator,
  withoutBigQueryEmulator,
} from "@junoplus/warehouse/testing/bigquery-emulator";
import { type FaultProxy, type SeenRequest, startFaultProxy } from "@junoplus/warehouse/testing/fault-proxy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appendChanges, loadChangelogs } from "./testing/changelog-dataset";
import { type CliResult, medallion } from "./testing/cli";
import { content } from "./testing/growing-log";
import { changesOf, type LoggedChange, moved } from "./testing/logged-change";
import { publishedRun } from "./testing/published-run";
import { rowsOf } from "./testing/published-tables";
import { SAMPLE_PREFIXES, sampleLines } from "./testing/sample";
import { tempDirectory } from "./testing/temp-directory";

const directory = tempDirectory();
const AS_OF = "2026-02-28T12:00:00.000000Z";
const SESSIONS = "therapy_sessions_data";
const SOURCE = "bigquery:p1.logs";
const WAREHOUSE = "bigquery:p1";

/** The logs of a few users, in the order of time: the first changes are in the log, the last ones come in steps. */
const userOf = (path: unknown): string =>
  /(?:users|user_profiles|medications)\/([A-Za-z0-9]+)/.exec(`${path}`)?.[1] ?? "";
const users = [...new Set(sampleLines(SESSIONS).map(userOf))].slice(0, 12);
const changesOfUsers = (prefix: string): readonly LoggedChange[] =>
  changesOf(prefix).filter(({ document_name }) => users.includes(userOf(document_name)));
/** The changes of a step of each log; sessions have many steps. */
const STEP = 4;
const STEPS = 8;
const stepsOf = (prefix: string): number => STEP * (prefix === SESSIONS ? STEPS : 1);
const begun = (prefix: string): readonly LoggedChange[] => changesOfUsers(prefix).slice(0, -stepsOf(prefix));
const stepOf = (prefix: string, step: number): readonly LoggedChange[] =>
  changesOfUsers(prefix)
    .slice(-stepsOf(prefix))
    .slice(STEP * step, STEP * (step + 1));

const asks = (words: RegExp) => (request: SeenRequest) =>
  request.method === "POST" && !request.body.includes('"dryRun":true') && words.test(request.body);
const PUBLICATION = asks(/BEGIN TRANSACTION.*document_states/s);

/** What a run is at when it dies, as the proxy sees it, in the order in which that comes. */
const MOMENTS: Readonly<Record<string, (proxy: FaultProxy) => Promise<void>>> = {
  "takes the lock": (proxy) => proxy.next(asks(/"tableId":"run_lock"/)),
  "takes the fence": (proxy) => proxy.next(asks(/INSERT INTO [^;]*publication_fence/)),
  "reads where the last run ended": (proxy) => proxy.next(asks(/SELECT [^;]*`last_run`/)),
  "asks what lies before the look-back": (proxy) => proxy.next(asks(/FOR SYSTEM_TIME AS OF/)),
  "stages what is touched": (proxy) => proxy.next(asks(/__state__touched_documents/)),
  "looks up states": (proxy) => proxy.next(asks(/SELECT [^;]*`document_states`/)),
  "loads rows": (proxy) => proxy.next(asks(/"destinationTable":\{[^}]*__state__document_states/)),
  "loads its history": (proxy) => proxy.next(asks(/"destinationTable":\{[^}]*__quality__runs/)),
  "sends the publication": (proxy) => proxy.next(PUBLICATION),
  "cleans up": async (proxy) => {
    await proxy.next(PUBLICATION);
    await proxy.next(({ method, path }) => method === "DELETE" && path.includes("__state__document_states"));
  },
};

describe.skipIf(withoutBigQueryEmulator)("a log in BigQuery, followed there (an emulator, needs Python 3.13)", () => {
  let emulator: BigQueryEmulator;
  let proxy: FaultProxy;
  let api: BigQuery;
  let steps = 0;

  const append = (prefix: string, changes: readonly LoggedChange[]): Promise<void> =>
    appendChanges(api, { dataset: "logs", prefix, scratch: directory }, changes);
  /** The next sessions of the sample. */
  const grow = async (): Promise<void> => {
    steps += 1;
    expect(steps).toBeLessThan(STEPS);
    await append(SESSIONS, stepOf(SESSIONS, steps));
  };
  const run = (warehouse: string): Promise<RunOutcome> => {
    const endpoints = { bigQueryEndpoint: emulator.endpoint, bigQueryStorageEndpoint: emulator.grpcEndpoint };
    return publishedRun(AS_OF, { source: SOURCE, warehouse, since: "last", ...endpoints });
  };
  const command = (killOn?: Promise<void>): Promise<CliResult> => {
    const env = { BIGQUERY_EMULATOR_HOST: proxy.endpoint, BIGQUERY_STORAGE_EMULATOR_HOST: emulator.grpcEndpoint };
    const given = ["--source", SOURCE, "--warehouse", WAREHOUSE, "--as-of", AS_OF, "--since", "last"];
    return medallion(["run", ...given], { env, ...(killOn !== undefined && { killOn }) });
  };
  const followed = () => content(WAREHOUSE, { bigQueryEndpoint: emulator.endpoint });
  /** What a run into DuckDB gives that reads the whole log as it is now. */
  const whole = async () => {
    const url = `duckdb:${join(directory, `${randomUUID()}.duckdb`)}`;
    expect((await run(url)).reading.since).toBeNull();
    return content(url);
  };

  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
    proxy = await startFaultProxy(emulator.endpoint);
    api = bigQueryClient({ project: emulator.project, location: "US" }, emulator.endpoint).api;
    const log = join(directory, "log");
    mkdirSync(log);
    for (const prefix of SAMPLE_PREFIXES) {
      const lines = begun(prefix).map((change) => `${JSON.stringify(change)}\n`);
      writeFileSync(join(log, `${prefix}_raw_changelog.ndjson`), lines.join(""));
    }
    await loadChangelogs(api, "logs", { directory: log, scratch: directory });
    expect((await run(WAREHOUSE)).reading.since).toBeNull();
  }, 600_000);
  afterAll(async () => {
    await proxy?.stop();
    await emulator?.stop();
  });

  test("gives, when it has grown in steps, what a run over the whole log gives in DuckDB, in every cell", {
    timeout: 600_000,
  }, async () => {
    const [other, newest] = begun(SESSIONS).slice(-2) as [LoggedChange, LoggedChange];
    const broken = moved(newest, 0.02, { data: "{" });
    await append(SESSIONS, [
      // Of one document the end, of another one a change that is late, and one that came before.
      moved(newest, 0.01, { operation: "DELETE", data: null }),
      moved(newest, -1, { document_name: other["document_name"], document_id: other["document_id"] }),
      newest,
      { ...broken, document_name: String(broken["document_name"]).replace(/^.*\/documents\//, "") },
    ]);
    const first = await run(WAREHOUSE);
    expect(first.reading).toMatchObject({ because: null, changes: 4 });
    // Comes again, with a lesser text: of the two that one is kept.
    await append(SESSIONS, [broken]);
    await Promise.all(SAMPLE_PREFIXES.map((prefix) => append(prefix, stepOf(prefix, 0))));
    const second = await run(WAREHOUSE);
    expect(second.reading).toMatchObject({ because: null, changes: 1 + STEP * SAMPLE_PREFIXES.length });
    for (const sum of ["deleted", "rejected", "superseded", "duplicates"] as const) {
      expect(second.flows.reduce((total, flow) => total + flow[sum], 0)).toBeGreaterThan(0);
    }
    expect(await followed()).toEqual(await whole());
  });

  test("is, whenever a run is killed, in all tables old or in all new, and the next run loads nothing twice", {
    timeout: 900_000,
  }, async () => {
    let before = await followed();
    await grow();
    let after = await whole();
    const left = { old: 0, new: 0 };
    for (const [moment, comes] of Object.entries(MOMENTS)) {
      const { code, stderr } = await command(comes(proxy));
      expect(code, `${moment}: it was not killed, and said ${stderr}`).toBeNull();
      await emulator.jobsAreDone();
      const found = await followed();
      expect([before, after], `killed when it ${moment}`).toContainEqual(found);
      const isNew = JSON.stringify(found) === JSON.stringify(after);
      left[isNew ? "new" : "old"] += 1;
      if (isNew) {
        await grow();
        [before, after] = [after, await whole()];
      }
      // As if its lease had passed, which takes a minute (bigquery-two-runs.test.ts).
      await api.dataset("junoplus_analytics_staging").table("run_lock").delete({ ignoreNotFound: true });
    }
    expect(left.old).toBeGreaterThan(6);
    expect(left.new).toBeGreaterThan(0);
    const { reading } = await run(WAREHOUSE);
    expect(reading).toMatchObject({ because: null, changes: 4 });
    expect(await followed()).toEqual(after);
    await mustHaveOneHistory();
  });

  test("is followed by one of two runs at once, and the other one is refused by name or finds nothing more", {
    timeout: 600_000,
  }, async () => {
    await grow();
    const outcomes = await Promise.all([command(), command()]);
    const published = outcomes.filter(({ code }) => code === 0);
    expect(published.length).toBeGreaterThan(0);
    for (const { code, stderr } of outcomes) {
      if (code !== 0) expect(stderr).toMatch(/error: bigquery:p1: run \S+ is at work here\. Wait until it ends/);
    }
    expect(await followed()).toEqual(await whole());
    await mustHaveOneHistory();
  });

  /** Each run that published is in the chain that the state stands for, once, and none of the dead has left anything. */
  async function mustHaveOneHistory(): Promise<void> {
    const options = { bigQueryEndpoint: emulator.endpoint };
    const { last_run: chain = [], runs: ledger = [] } = await rowsOf(WAREHOUSE, [lastRun, runs], options);
    const told = ledger.map(({ run_id, table_name, status }) => `${run_id} ${table_name} ${status}`);
    expect(new Set(told).size).toBe(told.length);
    const published = [...new Set(ledger.map(({ run_id }) => run_id))].sort();
    expect(chain.map(({ run_ids }) => run_ids)).toEqual([published]);
    const warehouse = await openWarehouse(WAREHOUSE, { ...options, readOnly: true });
    try {
      expect(await warehouse.abandonedRuns()).toEqual([]);
    } finally {
      await warehouse.close();
    }
  }
});
