import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findPrism } from "@junoplus/beam-runtime/prism-binary";
import { runMedallion, runOptions, systemClock } from "@junoplus/cli";
import { dayTotals, documentStates } from "@junoplus/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { medallion } from "./testing/cli";
import { content, GrowingLog, growth, type Line } from "./testing/growing-log";
import { rowsOf } from "./testing/published-tables";
import { SAMPLE_PREFIXES, sampleLines } from "./testing/sample";
import { silentProgress } from "./testing/silent-progress";
import { tempDirectory } from "./testing/temp-directory";

const temp = tempDirectory();
const AS_OF = "2026-02-28T12:00:00.000000Z";

test("runs that go on from each other give what one run gives that reads the whole log, in every cell", {
  timeout: 900_000,
}, async () => {
  const seen = { deleted: 0, rejected: 0, rows: 0 };
  await fc.assert(
    fc.asyncProperty(growth, async ({ steps }) => {
      const log = new GrowingLog(temp);
      let before: string | null = null;
      for (const { lines, compressed, asOf } of steps) {
        log.add(lines, compressed);
        const { published, checks, reading, identity } = await log.run("followed", asOf, "last");
        expect(reading.since).toBe(before);
        before = identity.runId;
        expect(checks.filter(({ blocking }) => blocking)).toEqual([]);
        expect(published).toBe(true);
      }
      const asOf = steps.at(-1)?.asOf ?? AS_OF;
      const { flows, tables } = await log.run("whole", asOf, "last");
      expect(await content(log.url("followed"))).toEqual(await content(log.url("whole")));
      for (const flow of flows) {
        seen.deleted += flow.deleted;
        seen.rejected += flow.rejected;
      }
      for (const { rows } of tables) seen.rows += rows;
      log.remove();
    }),
    { numRuns: 14, endOnFailure: true },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
});

test("of a rejected change that comes again the lesser text is kept, once, whichever run read it", async () => {
  const prefix = "medications_data";
  const broken = {
    timestamp: "2024-08-26T10:00:00.000001Z",
    event_id: "e1",
    document_name: "medications/u1",
    operation: "UPDATE",
    data: "null",
  };
  const texts = [JSON.stringify(broken), JSON.stringify(Object.fromEntries(Object.entries(broken).sort()))];
  for (const [first = "", then = ""] of [texts, texts.toReversed()]) {
    const log = new GrowingLog(temp);
    log.add([{ prefix, line: first }], false);
    await log.run("followed", AS_OF, "last");
    log.add([{ prefix, line: then }], false);
    const { reading, rejections } = await log.run("followed", AS_OF, "last");
    expect(reading.since).not.toBeNull();
    // It is no new rejection of the run that read it again.
    expect(rejections).toEqual([]);
    await log.run("whole", AS_OF, "last");
    expect(await content(log.url("followed"))).toEqual(await content(log.url("whole")));
    log.remove();
  }
});

/** The sample's changes, those of each log in its order. */
const SAMPLE_LINES: readonly Line[] = SAMPLE_PREFIXES.flatMap((prefix) =>
  sampleLines(prefix).map((line) => ({ prefix, line })),
);
/** The user whose path or profile a line names. */
const userOf = ({ line }: Line): string | undefined =>
  /(?:users|user_profiles|medications)\/([A-Za-z0-9]+)/.exec(line)?.[1];

describe("the sample", () => {
  test.each([0.5, 0.97])("cut after %d of each log gives what it gives whole", { timeout: 300_000 }, async (share) => {
    const log = new GrowingLog(temp);
    const logs = SAMPLE_PREFIXES.map((prefix) => SAMPLE_LINES.filter((line) => line.prefix === prefix));
    const cut = (lines: readonly Line[]): number => Math.floor(lines.length * share);
    log.add(
      logs.flatMap((lines) => lines.slice(0, cut(lines))),
      false,
    );
    await log.run("followed", AS_OF, "last");
    log.add(
      logs.flatMap((lines) => lines.slice(cut(lines))),
      false,
    );
    expect((await log.run("followed", AS_OF, "last")).reading.since).not.toBeNull();
    await log.run("whole", AS_OF, "last");
    expect(await content(log.url("followed"))).toEqual(await content(log.url("whole")));
    log.remove();
  });

  test("changes of one user cost what that user is, whatever else the tables hold", { timeout: 300_000 }, async () => {
    const users = [...new Set(SAMPLE_LINES.flatMap((line) => userOf(line) ?? []))].slice(0, 12);
    const [one = ""] = users;
    const costs = [];
    const lookedUp: number[] = [];
    for (const others of [users.slice(0, 3), users]) {
      const log = new GrowingLog(temp);
      const ofOne = SAMPLE_LINES.filter((line) => userOf(line) === one);
      const late = new Set(ofOne.slice(-20));
      log.add(
        SAMPLE_LINES.filter((line) => others.includes(userOf(line) ?? "") && !late.has(line)),
        false,
      );
      const whole = await log.run("m", AS_OF, "last");
      // The totals of days, which are looked up at all, are as many as there are days.
      const { day_totals: days = [] } = await rowsOf(log.url("m"), [dayTotals]);
      const ofDays = days.map(({ session_date, totals }) => `${JSON.stringify({ session_date, totals })}\n`).join("");
      log.add([...late], false);
      const { reading, tables } = await log.run("m", AS_OF, "last");
      const written = Object.fromEntries(tables.map(({ contract, rows }) => [contract.table, rows]));
      costs.push({ reading: { ...reading, since: null, lookedUp: null }, written });
      lookedUp.push((reading.lookedUp ?? 0) - Buffer.byteLength(ofDays));
      expect(reading.bytes).toBe([...late].reduce((sum, { line }) => sum + Buffer.byteLength(line) + 1, 0));
      expect(reading).toMatchObject({ changes: late.size, users: 1 });
      expect(whole.reading.users).toBeNull();
      log.remove();
    }
    expect(costs[0]).toEqual(costs[1]);
    expect(lookedUp[0]).toBe(lookedUp[1]);
    expect(lookedUp[0]).toBeGreaterThan(1000);
    expect(Object.values(costs[0]?.written ?? {}).reduce((sum, rows) => sum + rows, 0)).toBeGreaterThan(10);
  });
});

describe("a run that is asked to go on from the last one", () => {
  const few = SAMPLE_LINES.filter((line) => userOf(line) === userOf(SAMPLE_LINES[0] as Line));
  const follow = (log: GrowingLog, warnings: string[]) => {
    const options = runOptions({ source: log.source, warehouse: log.url("m"), asOf: AS_OF, since: "last" }, AS_OF);
    return runMedallion(options, systemClock(randomUUID), {
      ...silentProgress,
      warn: (text: string) => warnings.push(text),
    });
  };

  test("reads the whole log, and says so, when there is none", async () => {
    const log = new GrowingLog(temp);
    log.add(few, false);
    const warnings: string[] = [];
    expect((await follow(log, warnings)).reading.since).toBeNull();
    expect(warnings).toContain("the whole log is read: no run has left a state of all tables to go on from");
  });

  test("does so when the last one built only some tables, which leaves nothing of documents behind", async () => {
    const log = new GrowingLog(temp);
    log.add(few, false);
    await log.run("m", AS_OF);
    const some = { source: log.source, warehouse: log.url("m"), asOf: AS_OF, tables: "silver_medications" };
    await runMedallion(runOptions(some, AS_OF), systemClock(randomUUID), silentProgress);
    expect(Object.values(await rowsOf(log.url("m"), [documentStates, dayTotals]))).toEqual([[], []]);
    expect((await follow(log, [])).reading.since).toBeNull();
    expect((await follow(log, [])).reading.since).not.toBeNull();
  });

  test("refuses a log that is not the last one's with more added, names every file, and changes nothing", async () => {
    const log = new GrowingLog(temp);
    log.add(few, false);
    await log.run("m", AS_OF, "last");
    const before = await content(log.url("m"));
    writeFileSync(log.path("therapy_sessions_data", ".ndjson"), "");
    rmSync(log.path("medications_data", ".ndjson"));
    const called = ["run", "--source", log.source, "--warehouse", log.url("m"), "--since", "last"];
    const { code, stderr, stdout } = await medallion(called);
    expect(code).toBe(2);
    expect(stderr).toMatch(/therapy_sessions_data_raw_changelog\.ndjson: has 0 bytes/);
    expect(stderr).toMatch(/medications_data_raw_changelog\.ndjson: is gone/);
    expect(stderr).toContain("medallion run --full");
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe("");
    expect(await content(log.url("m"))).toEqual(before);
  });

  test("is told by a dry run before: how much it reads, why, and which tables it loads; and nothing is changed", async () => {
    const log = new GrowingLog(temp);
    const file = join(log.directory, "m.duckdb");
    const dryRun = async () => {
      const called = ["run", "--source", log.source, "--warehouse", log.url("m"), "--as-of", AS_OF, "--since", "last"];
      const { code, stdout, stderr } = await medallion([...called, "--dry-run", "--format", "json"]);
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout) as {
        readonly reading: { readonly since: string | null; readonly because: string | null };
        readonly reads: readonly { readonly from: number | null; readonly bytes: number }[];
        readonly calls: readonly { readonly call: string; readonly target: string }[];
      };
    };
    const bytes = ({ reads }: Awaited<ReturnType<typeof dryRun>>) => reads.reduce((sum, read) => sum + read.bytes, 0);
    log.add(few.slice(5), false);
    const before = await dryRun();
    expect(before.reading).toEqual({
      since: null,
      because: "no run has left a state of all tables to go on from",
    });
    expect(existsSync(file)).toBe(false);
    const first = await log.run("m", AS_OF, "last");
    expect(bytes(before)).toBe(first.reading.bytes);

    log.add(few.slice(0, 5), false);
    const stored = readFileSync(file);
    const told = await dryRun();
    expect(readFileSync(file).equals(stored)).toBe(true);
    const second = await log.run("m", AS_OF, "last");
    expect(told.reading).toEqual({ since: first.identity.runId, because: null });
    expect(bytes(told)).toBe(second.reading.bytes);
    expect(told.reads.every(({ from }) => from !== null && from > 0)).toBe(true);
    const loads = told.calls.flatMap(({ call, target }) => (call === "load" ? [target.split("__").at(-1)] : []));
    expect(loads).toEqual(expect.arrayContaining(second.tables.map(({ contract }) => contract.table)));
    log.remove();
  });

  test("leaves the old tables or the new ones when it is killed, and the next one goes on", {
    timeout: 600_000,
  }, async () => {
    const log = new GrowingLog(temp);
    const half = Math.floor(SAMPLE_LINES.length / 2);
    const shuffled = SAMPLE_LINES.map((line, i) => ({ line, at: (i * 7919) % SAMPLE_LINES.length }))
      .sort((a, b) => a.at - b.at)
      .map(({ line }) => line);
    log.add(shuffled.slice(0, half), false);
    await log.run("m", AS_OF, "last");
    const old = await content(log.url("m"));
    log.add(shuffled.slice(half), false);
    await log.run("whole", AS_OF, "last");
    const whole = await content(log.url("whole"));
    const called = ["run", "--source", log.source, "--warehouse", log.url("m"), "--as-of", AS_OF, "--since", "last"];
    const copy = join(log.directory, "old.duckdb");
    copyFileSync(join(log.directory, "m.duckdb"), copy);
    const started = Date.now();
    expect((await medallion(called)).code).toBe(0);
    const duration = Date.now() - started;
    expect(await content(log.url("m"))).toEqual(whole);
    let killed = 0;
    for (let round = 0; round < 6; round++) {
      rmSync(join(log.directory, "m.duckdb.wal"), { force: true });
      copyFileSync(copy, join(log.directory, "m.duckdb"));
      // The last part of a run is where it publishes.
      const { code, stderr } = await medallion(called, { killAfterMs: duration * (0.4 + round * 0.11) });
      expect([0, null], stderr).toContain(code);
      if (code === null) killed += 1;
      const left = await content(log.url("m"));
      expect([old, whole]).toContainEqual(left);
      if (code === 0) expect(left).toEqual(whole);
      expect((await medallion(called)).code).toBe(0);
      expect(await content(log.url("m"))).toEqual(whole);
    }
    expect(killed).toBeGreaterThan(0);
  });
});

// Prism is built with Go, the first time that it is needed.
test.skipIf(spawnSync("go", ["version"]).error !== undefined)(
  "on Prism a run goes on from the last one to what a whole run gives here",
  { timeout: 300_000 },
  async () => {
    await findPrism();
    const log = new GrowingLog(temp);
    const half = Math.floor(SAMPLE_LINES.length / 2);
    for (const lines of [SAMPLE_LINES.slice(half), SAMPLE_LINES.slice(0, half)]) {
      log.add(lines, false);
      const called = ["run", "--source", log.source, "--warehouse", log.url("followed"), "--as-of", AS_OF];
      const { code, stderr } = await medallion([...called, "--since", "last", "--runner", "prism"]);
      expect(code, stderr).toBe(0);
    }
    await log.run("whole", AS_OF, "last");
    expect(await content(log.url("followed"))).toEqual(await content(log.url("whole")));
    log.remove();
  },
);
