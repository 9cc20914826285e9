import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { generateChanges } from "@junoplus/bronze-ingest/testing/changelog-generator";
import { type RunOutcome, runMedallion, runOptions, systemClock } from "@junoplus/cli";
import { dayTotals, documentStates, rejectedChangePayloads, rejectedChanges, runs } from "@junoplus/contracts";
import type { WarehouseOptions } from "@junoplus/warehouse";
import fc from "fast-check";
import { DERIVED_TABLES, rejectedText, rowsOf } from "./published-tables";
import { SAMPLE_PREFIXES } from "./sample";
import { silentProgress } from "./silent-progress";

/** A change and the prefix of its log. */
export interface Line {
  readonly prefix: string;
  readonly line: string;
}

/** A change log that grows, and the warehouse that follows it. */
export class GrowingLog {
  readonly directory: string;
  readonly source: string;
  private parts = 0;

  constructor(scratch: string) {
    this.directory = mkdtempSync(join(scratch, "log-"));
    this.source = join(this.directory, "log");
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
export async function content(
  url: string,
  options: WarehouseOptions = {},
): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables = await rowsOf(url, [...DERIVED_TABLES, documentStates, dayTotals], options);
  const texts = Object.entries(tables).map(([table, rows]) => [
    table,
    rows.map((row) => JSON.stringify({ ...row, processed_at: "", refreshed_at: "" })).sort(),
  ]);
  return Object.fromEntries([
    ...texts,
    ["rejected", await rejectedText(url, [rejectedChanges, rejectedChangePayloads], options)],
    ["ledger", await lastLedger(url, options)],
  ]);
}

/** What the ledger says of the last run's tables, as far as it does not depend on what that run wrote. */
async function lastLedger(url: string, options: WarehouseOptions): Promise<readonly string[]> {
  const { runs: rows = [] } = await rowsOf(url, [runs], options);
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

/** A log and how it grows. */
export interface Growth {
  /** Each is read by a run of its own. */
  readonly steps: readonly { readonly lines: readonly Line[]; readonly compressed: boolean; readonly asOf: string }[];
}

/** Generated users, each with a log of their own: a small step then touches some of them and not the others. */
const USERS = 5;

/** A generated log, out of order as much as is asked, cut anywhere, some of its changes coming again later. */
export const growth: fc.Arbitrary<Growth> = fc
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
