import { dailyMetricsV1, rejectedChanges, silverMedications } from "@junoplus/contracts";
import type { CheckResult } from "@junoplus/quality";
import { expect, test } from "vitest";
import type { RunOutcome } from "./run";
import { summary, table } from "./summary";

const FLOW = {
  changelog: "medications_data",
  table: "silver_medications",
  read: 1200,
  duplicates: 3,
  superseded: 1100,
  deleted: 4,
  rejected: 3,
  live: 90,
  rejectedEntries: 27,
  snapshots: 297,
  displaced: 0,
  unchanged: 0,
  written: 297,
};
const OUTCOME: RunOutcome = {
  identity: { runId: "r1", startedAt: "", asOf: "", source: "log", runner: "direct" },
  published: true,
  tables: [
    { contract: silverMedications, rows: 297, written: 297, part: silverMedications, total: 297 },
    { contract: dailyMetricsV1, rows: 1258, written: 1258, part: dailyMetricsV1, total: 1258 },
    { contract: rejectedChanges, rows: 30, written: 30, part: rejectedChanges, total: 30 },
  ],
  reading: { since: null, changes: 1200, bytes: 45_678, fetched: null, users: null, lookedUp: null, because: null },
  checks: [],
  flows: [FLOW],
  rejections: [
    { changelog: "medications_data", reason: "breaks_contract", isEntry: false, count: 2 },
    { changelog: "medications_data", reason: "invalid_json", isEntry: false, count: 1 },
    { changelog: "medications_data", reason: "breaks_contract", isEntry: true, count: 27 },
  ],
};
const FAILURE: CheckResult = {
  table: "silver_medications",
  metric: "written_rows_staged",
  category: "conservation",
  value: -1,
  threshold: 0,
  status: "FAIL",
  description: "rows written (297) = rows staged (296): 1 lost",
  blocking: true,
};

test("a run ends with a table and one sentence", () => {
  expect(summary(OUTCOME)).toBe(
    [
      "table                rows  changes  duplicates  superseded  deleted  rejected",
      "silver_medications    297    1,200           3       1,100        4         3",
      "daily_metrics_v1    1,258",
      "run r1: 2 tables published with 1,555 rows from 1,200 changes (45,678 bytes), 3 rejected (breaks_contract 2, invalid_json 1), 27 array entries rejected alone",
    ].join("\n"),
  );
});

test("a run that goes on from another says so, and how much it read, had BigQuery send, and wrote", () => {
  const fetched = { rows: 1000, bytes: 78_900 };
  const reading = { since: "r0", changes: 12, bytes: 3456, fetched, users: 5, lookedUp: 5678, because: null };
  expect(
    summary({ ...OUTCOME, reading })
      .split("\n")
      .at(-1),
  ).toBe(
    "run r1: 2 tables gone on from run r0: 1,555 rows of 5 users and their days written anew, from 12 changes (3,456 bytes; 1,000 rows, 78,900 bytes fetched) and 5,678 bytes of what that run left, 3 rejected (breaks_contract 2, invalid_json 1), 27 array entries rejected alone",
  );
});

test("a run that published nothing says so, and why", () => {
  const lines = summary({ ...OUTCOME, published: false, checks: [FAILURE] }).split("\n");
  expect(lines[1]).toContain("kept");
  expect(lines.at(-2)).toBe(
    "FAIL silver_medications.written_rows_staged: rows written (297) = rows staged (296): 1 lost",
  );
  expect(lines.at(-1)).toContain("run r1 FAILED: 1 blocking checks failed, nothing was published");
});

test("columns are aligned, figures to the right", () => {
  expect(
    table([
      ["a", "b"],
      ["long", "1"],
      ["x", "100"],
    ]),
  ).toBe("a       b\nlong    1\nx     100");
});
