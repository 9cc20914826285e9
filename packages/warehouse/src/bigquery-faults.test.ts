import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openBigQuery } from "./bigquery-warehouse";
import { PublishError, QueryError } from "./errors";
import { type BigQueryEmulator, startBigQueryEmulator, withoutBigQueryEmulator } from "./testing/bigquery-emulator";
import { history, things } from "./testing/contracts";
import { type FaultProxy, startFaultProxy } from "./testing/fault-proxy";
import { others } from "./testing/generations";
import { shard, temporaryFolder } from "./testing/shards";
import type { Warehouse } from "./warehouse";

const INSERT = { method: "POST", path: /^\/bigquery\/v2\/projects\/p1\/jobs/ };
const UPLOAD = { method: "POST", path: /^\/upload/ };
const CREATE = { method: "POST", path: /_staging\/tables/ };
const POLL = { method: "GET", path: /\/jobs\/medallion_publish_/ };
const UNAVAILABLE = { status: 503, reason: "backendError", message: "Error encountered during execution." };

describe.skipIf(withoutBigQueryEmulator)("on the emulator, behind a line that fails (needs Python 3.13)", () => {
  const folder = temporaryFolder();
  let emulator: BigQueryEmulator;
  let proxy: FaultProxy;
  let warehouse: Warehouse;
  let opened = 0;
  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
    proxy = await startFaultProxy(emulator.endpoint);
  }, 300_000);
  afterAll(async () => {
    await proxy?.stop();
    await emulator?.stop();
    folder.remove();
  });
  beforeEach(async () => {
    opened += 1;
    warehouse = await openBigQuery("bigquery:p1", { prefix: `faults_${opened}`, bigQueryEndpoint: proxy.endpoint });
    await warehouse.ensure([things, history]);
  });

  const stage = (run: string): Promise<number> =>
    warehouse.stage(run, history, [shard(folder.path, [{ id: "a", value: 1 }])]);
  const rows = async (): Promise<unknown> =>
    (await warehouse.query(`SELECT COUNT(*) AS n FROM ${warehouse.tableName(history)}`))[0]?.["n"];

  describe("what passes is tried again, and done once", () => {
    test.each([
      ["BigQuery is unavailable for a while", { ...INSERT, times: 2, what: UNAVAILABLE }],
      [
        "too many requests",
        { ...INSERT, times: 1, what: { status: 429, reason: "rateLimitExceeded", message: "Slow." } },
      ],
      ["the answer to a publication is lost", { ...INSERT, times: 1, what: "lose_answer" as const }],
      ["the line breaks while a publication is awaited", { ...POLL, times: 2, what: "lose_answer" as const }],
    ])("%s", async (_, fault) => {
      await stage("r1");
      const struck = proxy.plan(fault);
      await warehouse.publish("r1", [history]);
      expect(struck()).toBe(fault.times);
      expect(await rows()).toBe(1);
    });

    test.each([
      ["the line breaks in the middle of a load", { ...UPLOAD, times: 2, what: "cut" as const }],
      ["the answer to a load is lost", { ...UPLOAD, times: 1, what: "lose_answer" as const }],
      ["the answer to the making of a staging table is lost", { ...CREATE, times: 1, what: "lose_answer" as const }],
      ["BigQuery is unavailable for a load", { ...UPLOAD, times: 2, what: UNAVAILABLE }],
    ])("%s", async (_, fault) => {
      const struck = proxy.plan(fault);
      expect(await stage("r1")).toBe(1);
      expect(struck()).toBe(fault.times);
      const staged = `SELECT COUNT(*) AS n FROM ${warehouse.stagingName(history, "r1")}`;
      expect(await warehouse.query(staged)).toEqual([{ n: 1 }]);
    });
  });

  test.each([
    ["tables are looked at", { method: "GET", path: /_silver\/tables\/one_more/ }],
    ["a dataset is looked at", { method: "GET", path: /\/datasets\/\w+_gold/ }],
    ["a table is made", { method: "POST", path: /_silver\/tables/ }],
  ])("too many requests, said with 403, are tried again where %s", async (_, request) => {
    const what = { status: 403, reason: "rateLimitExceeded", message: "Exceeded rate limits: too many api requests" };
    const struck = proxy.plan({ ...request, times: 2, what });
    const more = { ...things, table: "one_more" };
    await warehouse.ensure([more, others]);
    expect(struck()).toBe(2);
    expect(await warehouse.exists(more)).toBe(true);
  });

  test("what is refused with 403 for another reason is not tried again", async () => {
    const what = { status: 403, reason: "accessDenied", message: "Access Denied: Table p1:x" };
    const struck = proxy.plan({ method: "GET", path: /_silver\/tables\/silver_things/, times: 1, what });
    await expect(warehouse.describe(things)).rejects.toThrow(/Access Denied/);
    expect(struck()).toBe(1);
  });

  test("a load that is refused says what was left untouched once, and what to do", async () => {
    const what = { status: 400, reason: "invalid", message: "Some fault that nobody knows." };
    proxy.plan({ ...UPLOAD, times: 1, what });
    await expect(stage("r1")).rejects.toThrow(
      /thing_history` was not staged: Some fault that nobody knows\. Run again; if it comes back, look the message up in BigQuery's documentation\. Published tables are untouched\.$/,
    );
  });

  test("a publication that is refused says what was published once, and what to do", async () => {
    await stage("r1");
    proxy.plan({
      ...INSERT,
      times: 1,
      what: { status: 400, reason: "invalid", message: "Some fault that nobody knows." },
    });
    await expect(warehouse.publish("r1", [history])).rejects.toThrow(
      /^Run r1 published nothing: \S+: Some fault that nobody knows\. Run again; .*documentation\. The staged rows are kept\.$/,
    );
  });

  test("a publication that was done, but not tidied up after, is done; sent again, it adds nothing", async () => {
    await stage("r1");
    const what = { status: 403, reason: "accessDenied", message: "Access Denied." };
    const struck = proxy.plan({ method: "DELETE", path: /_staging/, times: 1, what });
    await warehouse.publish("r1", [history]);
    expect(struck()).toBe(1);
    expect(await warehouse.abandonedRuns()).toEqual(["r1"]);
    await warehouse.publish("r1", [history]);
    expect(await rows()).toBe(1);
    expect(await warehouse.abandonedRuns()).toEqual([]);
  });

  test("publications at once, by runs that ask for no lock, do not mix: who comes last goes on", async () => {
    await warehouse.ensure([others]);
    const holder = await openBigQuery("bigquery:p1", { prefix: `faults_${opened}`, bigQueryEndpoint: proxy.endpoint });
    await holder.lock("r0");
    await holder.close();
    const runs = [1, 2, 3];
    for (const value of runs) {
      const rows = Array.from({ length: 200 }, (_, at) => ({ id: `${value}-${at}`, value }));
      for (const contract of [things, others, history]) {
        await warehouse.stage(`r${value}`, contract, [shard(folder.path, rows)]);
      }
    }
    const outcomes = await Promise.allSettled(
      runs.map((value) => warehouse.publish(`r${value}`, [things, others, history])),
    );
    for (const outcome of outcomes)
      if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(PublishError);
    const done = runs.filter((_, at) => outcomes[at]?.status === "fulfilled");
    expect(done).not.toEqual([]);
    const figures = (contract: typeof things): ReturnType<Warehouse["query"]> =>
      warehouse.query(
        `SELECT value, COUNT(*) AS n FROM ${warehouse.tableName(contract)} GROUP BY value ORDER BY value`,
      );
    const published = await figures(things);
    expect(published).toMatchObject([{ n: 200 }]);
    expect(await figures(others)).toEqual(published);
    expect(await figures(history)).toEqual(done.map((value) => ({ value, n: 200 })));
  });

  test("a publication that failed is run again when it is asked for again", async () => {
    const absent = { ...history, table: "not_there_yet" };
    await warehouse.stage("r1", absent, [shard(folder.path, [{ id: "a", value: 1 }])]);
    await expect(warehouse.publish("r1", [absent])).rejects.toThrow(/not_there_yet/);
    await warehouse.ensure([absent]);
    await warehouse.publish("r1", [absent]);
    expect(await warehouse.query(`SELECT id FROM ${warehouse.tableName(absent)}`)).toEqual([{ id: "a" }]);
  });

  describe("what does not pass is told with its cure", () => {
    test.each([
      [
        401,
        "authError",
        "Invalid Credentials",
        /no credentials, or they have expired.*gcloud auth application-default/,
      ],
      [403, "accessDenied", "Access Denied: Project p1", /Access Denied.*BigQuery Data Editor.*BigQuery Job User/],
      [403, "billingNotEnabled", "Billing has not been enabled", /Billing has not been enabled.*billing account/],
      [403, "quotaExceeded", "Quota exceeded: load jobs", /Quota exceeded: load jobs.*Wait until the quota is renewed/],
      [404, "notFound", "Not found: Dataset p1:x was not found in location EU", /Name the location of the datasets/],
      [400, "invalid", "Provided Schema does not match Table x", /does not match.*no longer has the columns/],
    ])("%i %s: %s", async (status, reason, message, words) => {
      await stage("r1");
      const what = { status, reason, message };
      const struck = proxy.plan({ ...INSERT, times: 1, what });
      await expect(warehouse.publish("r1", [history])).rejects.toThrow(words);
      const uploads = proxy.plan({ ...UPLOAD, times: 1, what });
      await expect(stage("r2")).rejects.toThrow(words);
      // None of them is tried again.
      expect([struck(), uploads()]).toEqual([1, 1]);
      expect(await rows()).toBe(0);
    });

    test("two columns of one name, which it refuses and the emulator does not", async () => {
      const message =
        "Duplicate column names in the result are not supported when a result is read. Found duplicate(s): n";
      proxy.plan({ ...INSERT, times: 1, what: { status: 400, reason: "invalidQuery", message } });
      const refused = warehouse.query("SELECT 1 AS n, 2 AS n");
      await expect(refused).rejects.toThrow(QueryError);
      await expect(refused).rejects.toThrow(/two columns are named n: name one of them otherwise/);
    });

    test("values that BigQuery quotes are not told", async () => {
      const message = "Error while reading data, error message: JSON parsing error: secret";
      proxy.plan({ ...UPLOAD, times: 1, what: { status: 400, reason: "invalid", message } });
      const refused = stage("r1");
      await expect(refused).rejects.toThrow(/Error while reading data \(the rest of its text is withheld/);
      await expect(refused).rejects.not.toThrow(/secret/);
    });
  });

  // All that the client has of patience, on lines of their own.
  describe.concurrent("a line that is broken for long", () => {
    const behindOwnLine = async (prefix: string, work: (own: Warehouse, line: FaultProxy) => Promise<void>) => {
      const line = await startFaultProxy(emulator.endpoint);
      const own = await openBigQuery("bigquery:p1", { prefix, bigQueryEndpoint: line.endpoint });
      try {
        await work(own, line);
      } finally {
        await own.close();
        await line.stop();
      }
    };

    test("for longer than the client waits, while a publication is awaited: it is done, once", () =>
      behindOwnLine("long_break", async (own, line) => {
        await own.ensure([history]);
        await own.stage("r1", history, [shard(folder.path, [{ id: "a", value: 1 }])]);
        const struck = line.plan({ ...POLL, times: 4, what: "lose_answer" });
        await own.publish("r1", [history]);
        expect(struck()).toBe(4);
        expect(await own.query(`SELECT COUNT(*) AS n FROM ${own.tableName(history)}`)).toEqual([{ n: 1 }]);
      }));

    test("for good: that BigQuery was not reached is told with its cure", () =>
      behindOwnLine("no_line", async (own, line) => {
        line.setCut(true);
        await expect(own.exists(things)).rejects.toThrow(/was not reached.*Check the network, and run again/);
      }));
  });
});
