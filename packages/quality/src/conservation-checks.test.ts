import { expect, test } from "vitest";
import { blockingFailures } from "./check-result";
import {
  addFlows,
  type ChangelogFlow,
  conservationChecks,
  foreseenCheck,
  leftStateChecks,
  rowsWrittenChecks,
  type StagedFlow,
} from "./conservation-checks";

const FLOW: ChangelogFlow = {
  changelog: "medications_data",
  table: "silver_medications",
  read: 1397,
  duplicates: 7,
  superseded: 1300,
  deleted: 4,
  rejected: 16,
  live: 70,
  rejectedEntries: 5,
  snapshots: 95,
  displaced: 2,
  unchanged: 3,
  written: 90,
};
const STAGED: StagedFlow = { rows: 90, rejectedRows: 16, rejectedEntryRows: 5 };

test("a flow that adds up passes, and says both sides", () => {
  const results = conservationChecks(FLOW, STAGED);
  expect(results.map(({ status, blocking, value }) => [status, blocking, value])).toEqual(
    results.map(() => ["PASS", false, 0]),
  );
  expect(results.map(({ metric, description }) => `${metric}: ${description}`)).toEqual([
    "changes_conserved: changes read from medications_data (1,397) = " +
      "duplicates 7 + superseded 1,300 + deleted 4 + rejected 16 + live 70 (1,397)",
    "snapshots_conserved: rows made of live documents (95) = displaced 2 + unchanged 3 + written 90 (95)",
    "written_rows_staged: rows written (90) = rows staged (90)",
    "rejected_changes_staged: changes rejected (16) = rejected changes staged (16)",
    "rejected_entries_staged: array entries rejected (5) = rejected entries staged (5)",
  ]);
});

test.each<[string, Partial<ChangelogFlow>, Partial<StagedFlow>, string, number]>([
  ["a change that is lost", { live: 69 }, {}, "changes_conserved", -1],
  ["a change that counts twice", { duplicates: 9 }, {}, "changes_conserved", 2],
  ["a change that is read and forgotten", { read: 1398 }, {}, "changes_conserved", -1],
  ["a row that is neither written nor displaced", { displaced: 1 }, {}, "snapshots_conserved", -1],
  ["a row that is neither written nor what it was", { unchanged: 2 }, {}, "snapshots_conserved", -1],
  ["a row that staging lost", {}, { rows: 89 }, "written_rows_staged", -1],
  ["a row that staging has twice", {}, { rows: 91 }, "written_rows_staged", 1],
  ["a rejected change that is kept nowhere", {}, { rejectedRows: 15 }, "rejected_changes_staged", -1],
  ["a rejected entry that is kept nowhere", {}, { rejectedEntryRows: 0 }, "rejected_entries_staged", -5],
])("%s fails and blocks", (_violation, flow, staged, metric, value) => {
  const failed = blockingFailures(conservationChecks({ ...FLOW, ...flow }, { ...STAGED, ...staged }));
  expect(failed).toMatchObject([
    { table: "silver_medications", metric, value, threshold: 0, category: "conservation" },
  ]);
});

test("a failure says what is lost, and what there is too much of", () => {
  const [lost] = blockingFailures(conservationChecks(FLOW, { ...STAGED, rows: 89 }));
  expect(lost?.description).toBe("rows written (90) = rows staged (89): 1 lost");
  const [more] = blockingFailures(conservationChecks(FLOW, { ...STAGED, rows: 1200 }));
  expect(more?.description).toBe("rows written (90) = rows staged (1,200): 1,110 too many");
});

test("of a table that is not staged, no row is claimed to be kept; its changes are held all the same", () => {
  const results = conservationChecks({ ...FLOW, written: 0, live: 69 }, { ...STAGED, rows: null });
  expect(results.map(({ metric, status }) => [metric, status])).toEqual([
    ["changes_conserved", "FAIL"],
    ["rejected_changes_staged", "PASS"],
    ["rejected_entries_staged", "PASS"],
  ]);
});

test("of any table, the rows written are the rows staged", () => {
  const results = rowsWrittenChecks([
    { table: "daily_metrics_v1", written: 30, staged: 30 },
    { table: "user_analytics_v1", written: 60, staged: 59 },
  ]);
  expect(results.map(({ table, status, value, blocking }) => [table, status, value, blocking])).toEqual([
    ["daily_metrics_v1", "PASS", 0, false],
    ["user_analytics_v1", "FAIL", -1, true],
  ]);
});

test("both kinds of check can stand beside each other in the history", () => {
  const results = [
    ...conservationChecks(FLOW, STAGED),
    ...rowsWrittenChecks([{ table: FLOW.table, written: 90, staged: 90 }]),
  ];
  expect(new Set(results.map(({ metric }) => metric)).size).toBe(results.length);
});

test.each<[string, number, number, number, string | null]>([
  ["all changes", 1397, 4, 70, null],
  ["fewer changes than were read", 1396, 4, 70, "states_hold_changes"],
  ["a live document too many", 1397, 4, 71, "states_hold_live"],
  ["a deleted document too few", 1397, 3, 70, "states_hold_deleted"],
])("states that hold %s", (_what, read, deleted, live, broken) => {
  const failed = blockingFailures(leftStateChecks(FLOW, { read, deleted, live }));
  expect(failed.map(({ metric }) => metric)).toEqual(broken === null ? [] : [broken]);
});

test("the counts of two runs add up, and still balance", () => {
  const more = { read: 5, duplicates: 1, superseded: 3, deleted: -1, rejected: 1, live: 1, rejectedEntries: 2 };
  const both = addFlows(FLOW, more);
  expect(both).toEqual({
    ...FLOW,
    ...{ read: 1402, duplicates: 8, superseded: 1303, deleted: 3, rejected: 17, live: 71, rejectedEntries: 7 },
  });
  expect(blockingFailures(conservationChecks(both, { ...STAGED, rejectedRows: 17, rejectedEntryRows: 7 }))).toEqual([]);
});

test("a row outside the part that is made anew blocks", () => {
  expect([foreseenCheck("t", 0), foreseenCheck("t", 1)].map(({ blocking }) => blocking)).toEqual([false, true]);
});
