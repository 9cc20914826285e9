import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dailyMetricsV1, dayTotals, rejectedChanges, tableContracts } from "@junoplus/contracts";
import { blockingFailures } from "@junoplus/quality";
import { openWarehouse, writeNdjson } from "@junoplus/warehouse";
import { afterAll, expect, test } from "vitest";
import { replacedRows } from "./run-lists";
import { auditStagedTables } from "./staged-audit";
import { changedPart } from "./table-parts";

const folder = mkdtempSync(join(tmpdir(), "staged-audit-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = async (name: string, rows: readonly object[]): Promise<string> => {
  const path = join(mkdtempSync(join(folder, "rows-")), `${name}.ndjson`);
  await writeNdjson(path, rows);
  return path;
};

test.each([
  ["of a listed day passes", ["2024-03-01", "2024-03-02"], []],
  ["of a day that is not listed blocks", ["2024-03-02"], ["day_totals.part_foreseen"]],
])("a row %s", async (_what, days, failures) => {
  const warehouse = await openWarehouse("duckdb::memory:");
  await warehouse.ensure(tableContracts);
  const listed = days.map((session_date) => ({ session_date }));
  await warehouse.stage("r", replacedRows(dailyMetricsV1), [await file("days", listed)]);
  await warehouse.stage("r", dayTotals, [await file("totals", [{ session_date: "2024-03-01", totals: "{}" }])]);
  await warehouse.stage("r", rejectedChanges, []);
  const part = changedPart(dayTotals);
  const { checks } = await auditStagedTables(warehouse, {
    runId: "r",
    staged: [{ contract: dayTotals, rows: 1, written: 1, part, total: 1 }],
    flows: [],
    flowsInAll: [],
    checkedAt: "2024-03-03T00:00:00.000000Z",
    allowEmpty: false,
  });
  await warehouse.close();
  expect(blockingFailures(checks).map(({ table, metric }) => `${table}.${metric}`)).toEqual(failures);
});
