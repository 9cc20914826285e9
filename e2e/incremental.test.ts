import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { generateChanges } from "@junoplus/bronze-ingest/testing/changelog-generator";
import { type RunOutcome, runMedallion, runOptions, systemClock } from "@junoplus/cli";
import { dayTotals, documentStates, rejectedChangePayloads, rejectedChanges, runs } from "@junoplus/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
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

/** A generated log, out of order as much as is asked, cut anywhere, some of its changes coming again later. */
const growth: fc.Arbitrary<Growth> = fc
  .record({
    seed: fc.nat(100_000),
    changes: fc.integer({ min: 150, max: 500 }),
    changesPerDocument: fc.constantFrom(1.5, 4, 12),
    messRate: fc.constantFrom(0.1, 0.5),
    // How far a change may come from its place: 0 in order, 1 anywhere.
    disorder: fc.constantFrom(0, 0.05, 1),
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 }),
    again: fc.array(
      fc.record({ of: fc.double({ min: 0, max: 0.999, noNaN: true }), way: fc.constantFrom(...Object.keys(AGAIN)) }),
      { maxLength: 40 },
    ),
    compressed: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    years: fc.array(fc.integer({ min: 0, max: 1200 }), { minLength: 4, maxLength: 4 }),
    shuffle: fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map(({ seed, changes, changesPerDocument, messRate, disorder, cuts, again: copies, compressed, years, shuffle }) => {
    const made = [...generateChanges({ changes, seed, messRate, changesPerDocument })];
    const noise = [...shuffle.take(made.length)];
    const lines: Line[] = made
      .map(({ prefix, line }, i) => ({ prefix, line, place: i / made.length + disorder * (noise[i] ?? 0) }))
      .sort((a, b) => a.place - b.place);
    for (const { of, way } of copies) {
      const { prefix, line } = lines[Math.floor(of * made.length)] as Line;
      lines.push({ prefix, line: again(line, way) });
    }
    const ends = [...cuts.map((cut) => Math.round(cut * lines.length)).sort((a, b) => a - b), lines.length];
    return {
      steps: ends.map((end, i) => ({
        lines: lines.slice(ends[i - 1] ?? 0, end),
        compressed: compressed[i] ?? false,
        asOf: new Date(Date.parse("2024-02-28T12:00:00Z") + (years[i] ?? 0) * 86_400_000).toISOString(),
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
      const { flows, tables } = await log.run("whole", asOf);
      expect(await content(log.url("followed"))).toEqual(await content(log.url("whole")));
      for (const flow of flows) {
        seen.deleted += flow.deleted;
        seen.rejected += flow.rejected;
      }
      for (const { rows } of tables) seen.rows += rows;
      log.remove();
    }),
    { numRuns: 14 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
});
