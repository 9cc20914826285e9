import { dataFreshness, dataQualityMetrics, rowCountTracking, runs } from "@junoplus/contracts";
import { openDuckDb } from "@junoplus/warehouse";
import { expect, test } from "vitest";
import { conservationChecks } from "./conservation-checks";
import { freshness, freshnessChecks } from "./freshness-checks";
import { freshnessRows, metricRows, previousRowCounts, rowCountRows } from "./history";
import { emptyWarehouse, published } from "./testing/rows";
import { volume, volumeChecks } from "./volume-checks";

const STAMP = { runId: "r2", checkedAt: "2024-06-10T06:00:00.000000Z" };
const FRESHNESS = [
  freshness("silver_medications", "silver", "2024-06-10T05:00:00.000000Z", STAMP.checkedAt),
  freshness("silver_user_profiles", "silver", null, STAMP.checkedAt),
];
const VOLUMES = [
  volume({ table: "silver_medications", rows: 80, previous: 100 }),
  volume({ table: "silver_user_profiles", rows: 0, previous: null }),
];

test("results become rows that keep the contracts", () => {
  const flow = { changelog: "medications_data", table: "silver_medications", read: 3, duplicates: 0, superseded: 1 };
  const results = [
    ...conservationChecks(
      {
        ...flow,
        deleted: 0,
        rejected: 0,
        live: 1,
        rejectedEntries: 0,
        snapshots: 1,
        displaced: 0,
        unchanged: 0,
        written: 1,
      },
      { rows: 1, rejectedRows: 0, rejectedEntryRows: 0 },
    ),
    ...freshnessChecks(FRESHNESS),
    ...volumeChecks(VOLUMES),
  ];
  expect(metricRows(results, STAMP).flatMap((row) => dataQualityMetrics.faults(row))).toEqual([]);
  expect(freshnessRows(FRESHNESS, STAMP).flatMap((row) => dataFreshness.faults(row))).toEqual([]);
  expect(rowCountRows(VOLUMES, STAMP).flatMap((row) => rowCountTracking.faults(row))).toEqual([]);
});

test("a check becomes one row of its run", () => {
  const [row] = metricRows(freshnessChecks(FRESHNESS), STAMP);
  expect(row).toEqual({
    table_name: "silver_medications",
    metric_name: "hours_stale",
    metric_category: "freshness",
    metric_value: 1,
    threshold: 48,
    status: "PASS",
    description: "the newest change is at most 48 hours old: it is 1 hour old",
    checked_at: STAMP.checkedAt,
    run_id: "r2",
  });
});

test("freshness and row counts become rows of their run", () => {
  expect(freshnessRows(FRESHNESS, STAMP)[1]).toEqual({
    table_name: "silver_user_profiles",
    layer: "silver",
    last_updated: null,
    hours_stale: null,
    status: "FAIL",
    checked_at: STAMP.checkedAt,
    run_id: "r2",
  });
  expect(rowCountRows(VOLUMES, STAMP)[0]).toEqual({
    table_name: "silver_medications",
    row_count: 80,
    previous_row_count: 100,
    change_pct: -0.2,
    is_anomaly: true,
    checked_at: STAMP.checkedAt,
    run_id: "r2",
  });
});

test("the count before is that of the last published run that has the table", async () => {
  const warehouse = await emptyWarehouse();
  const count = (run: string, day: number, table: string, rows: number) => ({
    run_id: run,
    table_name: table,
    row_count: rows,
    checked_at: `2024-06-0${day}T00:00:00.000000Z`,
  });
  await published(warehouse, rowCountTracking, [
    count("r1", 1, "silver_medications", 10),
    count("r1", 1, "silver_user_profiles", 5),
    count("r2", 2, "silver_medications", 20),
    count("r3", 3, "silver_medications", 1),
  ]);
  await published(warehouse, runs, [
    { run_id: "r1", table_name: "silver_medications", status: "published", contract_version: "1.0.0" },
    { run_id: "r2", table_name: "silver_medications", status: "published", contract_version: "1.0.0" },
    { run_id: "r3", table_name: "silver_medications", status: "failed", contract_version: "1.0.0" },
  ]);
  expect(await previousRowCounts(warehouse)).toEqual(
    new Map([
      ["silver_medications", 20],
      ["silver_user_profiles", 5],
    ]),
  );
  await warehouse.close();
});

test("a warehouse without history has no earlier counts", async () => {
  const warehouse = await openDuckDb("duckdb::memory:");
  expect(await previousRowCounts(warehouse)).toEqual(new Map());
  await warehouse.close();
});
