import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readHistory } from "./change-order.js";
import { PREFIXES, type Prefix } from "./contracts.js";
import { type OracleResult, oracle } from "./oracle.js";

const SAMPLE = join(__dirname, "../../examples/changelog-sample");

interface TruthRow {
  document_name: string;
  timestamp: string;
  event_id: string;
  operation: string;
  lines: number[];
}

interface Truth {
  collections: Record<string, { rows: number; live: TruthRow[]; deleted: TruthRow[]; unreadable: string[] }>;
}

const truth = JSON.parse(readFileSync(join(SAMPLE, "truth.json"), "utf8")) as Truth;

function linesOf(prefix: Prefix): string[] {
  return readFileSync(join(SAMPLE, `${prefix}_raw_changelog.ndjson`), "utf8").split("\n");
}

const sample = Object.fromEntries(PREFIXES.map((prefix) => [prefix, linesOf(prefix)]));

function pathOf(documentName: string): string {
  return documentName.split("/documents/")[1] ?? documentName;
}

function byPath(a: { path: string }, b: { path: string }): number {
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));
}

describe.each(PREFIXES)("order alone, %s", (prefix) => {
  const history = readHistory(prefix, sample[prefix] ?? [], null);
  const expected = truth.collections[prefix];
  const winners = [...history.documents].map(([path, changes]) => ({ path, winner: changes.at(-1) }));
  const told = (deleted: boolean) =>
    winners
      .filter(({ winner }) => winner !== undefined && (winner.operation === "DELETE") === deleted)
      .map(({ path, winner }) => ({
        path,
        timestamp: winner?.timestamp,
        event_id: winner?.eventId,
        operation: winner?.operation,
        lines: winner?.lines,
      }))
      .sort(byPath);
  const wanted = (rows: readonly TruthRow[] | undefined) =>
    (rows ?? []).map(({ document_name, ...row }) => ({ path: pathOf(document_name), ...row })).sort(byPath);

  it("reads every row", () => {
    expect(history.conservation.read).toBe(expected?.rows);
  });

  it("finds the winning change of every live document, with all its copies", () => {
    expect(told(false)).toEqual(wanted(expected?.live));
  });

  it("finds the winning change of every deleted document, with all its copies", () => {
    expect(told(true)).toEqual(wanted(expected?.deleted));
  });

  it("finds the documents without any row that can win", () => {
    const none = winners.filter(({ winner }) => winner === undefined).map(({ path }) => path);
    expect(none).toEqual(expected?.unreadable.map(pathOf));
  });
});

describe("the sample with contracts", () => {
  let result: OracleResult;
  beforeAll(() => {
    result = oracle({ asOf: "2025-01-01T00:00:00Z", changelogs: sample });
  });

  it("accounts for every change", () => {
    for (const prefix of PREFIXES) {
      const counts = result.conservation[prefix];
      if (counts === undefined) throw new Error(`no counts of ${prefix}`);
      const { read, duplicates, rejected, superseded, live, deleted, rejectedEntries } = counts;
      expect(read).toBe(duplicates + rejected + superseded + live + deleted);
      const entries = result.rejected.filter((one) => one.prefix === prefix && one.entry);
      expect(entries.length).toBe(rejectedEntries);
    }
  });

  it("has each key once", () => {
    const keys: Record<string, string[]> = {
      silver_therapy_sessions: ["user_id", "session_id"],
      silver_user_profiles: ["user_id"],
      silver_medications: ["user_id", "medication_key", "valid_from"],
      silver_period_tracking: ["user_id", "date"],
      ml_training_base_v2: ["user_id", "session_id"],
      user_analytics_v1: ["user_id"],
      daily_metrics_v1: ["session_date"],
      gold_therapy_effectiveness: ["user_id", "device_name", "month"],
      user_health_dashboard_v1: ["user_id"],
    };
    expect(Object.keys(result.tables)).toEqual(Object.keys(keys));
    for (const [table, columns] of Object.entries(keys)) {
      const rows = result.tables[table] ?? [];
      const distinct = new Set(rows.map((row) => JSON.stringify(columns.map((column) => row[column]))));
      expect(distinct.size).toBe(rows.length);
      expect(rows.length).toBeGreaterThan(0);
    }
  });

  it("gives the same result from the files backwards and twice, but for the count of duplicates", () => {
    const twiceBackwards = PREFIXES.map((prefix) => {
      const lines = [...(sample[prefix] ?? [])].reverse();
      return [prefix, [...lines, ...lines]] as const;
    });
    const again = oracle({ asOf: "2025-01-01T00:00:00Z", changelogs: Object.fromEntries(twiceBackwards) });
    expect(again.tables).toEqual(result.tables);
    expect(again.winners).toEqual(result.winners);
    expect(again.rejected).toEqual(result.rejected);
  });
});
