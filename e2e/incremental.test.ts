import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { findPrism } from "@junoplus/beam-runtime/prism-binary";
import { generateChanges } from "@junoplus/bronze-ingest/testing/changelog-generator";
import { type RunOutcome, runMedallion, runOptions, systemClock } from "@junoplus/cli";
import { dayTotals, documentStates, rejectedChangePayloads, rejectedChanges, runs } from "@junoplus/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { medallion } from "./testing/cli";
import { DERIVED_TABLES, rejectedText, rowsOf } from "./testing/published-tables";
import { SAMPLE_PREFIXES, sampleLines } from "./testing/sample";
import { silentProgress } from "./testing/silent-progress";
import { tempDirectory } from "./testing/temp-directory";

const temp = tempDirectory();
const AS_OF = "2026-02-28T12:00:00.000000Z";

interface Line {
  readonly prefix: string;
  readonly line: string;
}

/** A change log that grows, and the warehouse that follows it. */
class GrowingLog {
  readonly directory = mkdtempSync(join(temp, "log-"));
  readonly source = join(this.directory, "log");
  private parts = 0;

  constructor() {
    mkdirSync(this.source);
    for (const prefix of SAMPLE_PREFIXES) writeFileSync(this.path(prefix, ".ndjson"), "");
  }

  path(prefix: string, ending: string): string {
    return join(this.source, `${prefix}_raw_changelog${ending}`);
  }

  /** Adds changes to the logs' files, or as compressed files of their own. */
  add(lines: readonly Line[], compressed: boolean): void {
    this.parts += 1;
    for (const prefix of SAMPLE_PREFIXES) {
      const text = lines.flatMap((line) => (line.prefix === prefix ? [`${line.line}\n`] : [])).join("");
      if (compressed) writeFileSync(this.path(prefix, `-${this.parts}.ndjson.gz`), gzipSync(text));
      else appendFileSync(this.path(prefix, ".ndjson"), text);
    }
  }

  url(name: string): string {
    return `duckdb:${join(this.directory, `${name}.duckdb`)}`;
  }

  run(name: string, asOf: string, since?: "last"): Promise<RunOutcome> {
    const options = { source: this.source, warehouse: this.url(name), asOf, ...(since !== undefined && { since }) };
    return runMedallion(runOptions(options, asOf), systemClock(randomUUID), silentProgress);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}

/** Everything that must be the same whether the log was read at once or bit by bit; a row's run instant is not. */
async function content(url: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables = await rowsOf(url, [...DERIVED_TABLES, documentStates, dayTotals]);
  const texts = Object.entries(tables).map(([table, rows]) => [
    table,
    rows.map((row) => JSON.stringify({ ...row, processed_at: "", refreshed_at: "" })).sort(),
  ]);
  return Object.fromEntries([
    ...texts,
    ["rejected", await rejectedText(url, [rejectedChanges, rejectedChangePayloads])],
    ["ledger", await lastLedger(url)],
  ]);
}

/** What the ledger says of the last run's tables, as far as it does not depend on what that run wrote. */
async function lastLedger(url: string): Promise<readonly string[]> {
  const { runs: rows = [] } = await rowsOf(url, [runs]);
  const last = rows
    .map((row) => String(row["checked_at"]))
    .sort()
    .at(-1);
  return rows
    .filter((row) => row["checked_at"] === last)
    .map(
      ({ table_name, changes_read, duplicates, superseded, deleted, rejected, current_documents, rejected_entries }) =>
        JSON.stringify([
          table_name,
          changes_read,
          duplicates,
          superseded,
          deleted,
          rejected,
          current_documents,
          rejected_entries,
        ]),
    )
    .sort();
}

/** Ways in which a change comes again, or another one comes that only its place in the order tells from it. */
const AGAIN: Readonly<Record<string, (row: Record<string, unknown>) => Record<string, unknown>>> = {
  "as it was": (row) => row,
  "with a short name": (row) => ({
    ...row,
    document_name: String(row["document_name"]).replace(/^projects\/.*?\/documents\//, ""),
  }),
  "with its columns in another order": (row) => Object.fromEntries(Object.entries(row).sort()),
  "with other data at the same instant": (row) => ({ ...row, data: `${String(row["data"] ?? "{}").slice(0, -1)} }` }),
  "as a deletion at the same instant": (row) => ({ ...row, operation: "DELETE", data: null }),
  "as a deletion long ago": (row) => ({
    ...row,
    operation: "DELETE",
    data: "null",
    event_id: "late",
    timestamp: "2000-01-01T00:00:00.000000Z",
  }),
  "as an import of old": (row) => ({ ...row, operation: "IMPORT", event_id: "", timestamp: "1970-01-01 00:00:00 UTC" }),
};

function again(line: string, way: string): string {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return line;
  }
  return JSON.stringify(AGAIN[way]?.(row as Record<string, unknown>) ?? row);
}

interface Growth {
  /** Each is read by a run of its own. */
  readonly steps: readonly { readonly lines: readonly Line[]; readonly compressed: boolean; readonly asOf: string }[];
}

/** Generated users, each with a log of their own: a small step then touches some of them and not the others. */
const USERS = 5;

/** A generated log, out of order as much as is asked, cut anywhere, some of its changes coming again later. */
const growth: fc.Arbitrary<Growth> = fc
  .record({
    seed: fc.nat(100_000),
    changes: fc.integer({ min: 30, max: 100 }),
    changesPerDocument: fc.constantFrom(1.5, 4, 12),
    messRate: fc.constantFrom(0.1, 0.5),
    // How far a change may come from its place: 0 in order, 1 anywhere.
    disorder: fc.constantFrom(0, 0.05, 1),
    // Changes that the last steps read; the first reads the rest.
    steps: fc.array(fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 7, max: 150 })), {
      minLength: 2,
      maxLength: 4,
    }),
    again: fc.array(
      fc.record({ of: fc.double({ min: 0, max: 0.999, noNaN: true }), way: fc.constantFrom(...Object.keys(AGAIN)) }),
      { minLength: 10, maxLength: 80 },
    ),
    compressed: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    days: fc.array(fc.integer({ min: 0, max: 1200 }), { minLength: 5, maxLength: 5 }),
    shuffle: fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map((plan) => {
    const { seed, messRate, changesPerDocument } = plan;
    const made = Array.from({ length: USERS }, (_, user) => [
      ...generateChanges({ changes: plan.changes, seed: seed + user, messRate, changesPerDocument }),
    ]).flatMap((changes) => changes.map((change, i) => ({ ...change, at: i / changes.length })));
    const noise = [...plan.shuffle.take(made.length)];
    const lines: Line[] = made
      .map(({ prefix, line, at }, i) => ({ prefix, line, place: at + plan.disorder * (noise[i] ?? 0) }))
      .sort((a, b) => a.place - b.place);
    // What comes again comes with any of the last steps.
    plan.again.forEach(({ of, way }, i) => {
      const { prefix, line } = lines[Math.floor(of * made.length)] as Line;
      const back = Math.min(lines.length, Math.floor((noise[i] ?? 0) * plan.steps.reduce((sum, n) => sum + n, 0)));
      lines.splice(lines.length - back, 0, { prefix, line: again(line, way) });
    });
    let end = lines.length;
    const ends = plan.steps.map((size) => {
      const at = end;
      end = Math.max(0, end - size);
      return at;
    });
    const sorted = [end, ...ends.reverse()];
    return {
      steps: sorted.map((to, i) => ({
        lines: lines.slice(sorted[i - 1] ?? 0, to),
        compressed: plan.compressed[i] ?? false,
        asOf: new Date(Date.parse("2024-02-28T12:00:00Z") + (plan.days[i] ?? 0) * 86_400_000).toISOString(),
      })),
    };
  });

test("runs that go on from each other give what one run gives that reads the whole log, in every cell", {
  timeout: 900_000,
}, async () => {
  const seen = { deleted: 0, rejected: 0, rows: 0 };
  await fc.assert(
    fc.asyncProperty(growth, async ({ steps }) => {
      const log = new GrowingLog();
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
    const log = new GrowingLog();
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
    const log = new GrowingLog();
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
    for (const others of [users.slice(0, 3), users]) {
      const log = new GrowingLog();
      const ofOne = SAMPLE_LINES.filter((line) => userOf(line) === one);
      const late = new Set(ofOne.slice(-20));
      log.add(
        SAMPLE_LINES.filter((line) => others.includes(userOf(line) ?? "") && !late.has(line)),
        false,
      );
      const whole = await log.run("m", AS_OF, "last");
      log.add([...late], false);
      const { reading, tables } = await log.run("m", AS_OF, "last");
      const written = Object.fromEntries(tables.map(({ contract, rows }) => [contract.table, rows]));
      costs.push({ reading: { ...reading, since: null }, written });
      expect(reading.bytes).toBe([...late].reduce((sum, { line }) => sum + Buffer.byteLength(line) + 1, 0));
      expect(reading).toMatchObject({ changes: late.size, users: 1 });
      expect(whole.reading.users).toBeNull();
      log.remove();
    }
    expect(costs[0]).toEqual(costs[1]);
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
    const log = new GrowingLog();
    log.add(few, false);
    const warnings: string[] = [];
    expect((await follow(log, warnings)).reading.since).toBeNull();
    expect(warnings).toContain("the whole log is read: no run has left a state of all tables to go on from");
  });

  test("does so when the last one built only some tables, which leaves nothing of documents behind", async () => {
    const log = new GrowingLog();
    log.add(few, false);
    await log.run("m", AS_OF);
    const some = { source: log.source, warehouse: log.url("m"), asOf: AS_OF, tables: "silver_medications" };
    await runMedallion(runOptions(some, AS_OF), systemClock(randomUUID), silentProgress);
    expect(Object.values(await rowsOf(log.url("m"), [documentStates, dayTotals]))).toEqual([[], []]);
    expect((await follow(log, [])).reading.since).toBeNull();
    expect((await follow(log, [])).reading.since).not.toBeNull();
  });

  test("refuses a log that is not the last one's with more added, names every file, and changes nothing", async () => {
    const log = new GrowingLog();
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

  test("leaves the old tables or the new ones when it is killed, and the next one goes on", {
    timeout: 600_000,
  }, async () => {
    const log = new GrowingLog();
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
      const { code } = await medallion(called, { killAfterMs: duration * (0.4 + round * 0.11) });
      if (code !== 0) killed += 1;
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
    const log = new GrowingLog();
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
