import { dailyMetricsV1, silverMedications, silverTherapySessions, type TableContract } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freshness, freshnessChecks, measureFreshness } from "./freshness-checks";
import { emptyWarehouse, published } from "./testing/rows";

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await emptyWarehouse();
});
afterAll(() => warehouse.close());

const NEWEST = "2024-06-10T06:00:00.000000Z";

test("a table is as old as its newest change", async () => {
  await published(warehouse, silverTherapySessions, [
    { user_id: "ada", session_id: "s1", changed_at: NEWEST },
    { user_id: "ada", session_id: "s2", changed_at: "2024-01-01T00:00:00.000000Z" },
  ]);
  const only = new Set([silverTherapySessions.table, silverMedications.table]);
  const measured = await measureFreshness(
    warehouse,
    (contract) => (only.has(contract.table) ? warehouse.tableName(contract) : null),
    "2024-06-10T07:30:00.000000Z",
  );
  expect(measured).toEqual([
    { table: "silver_medications", layer: "silver", lastUpdated: null, hoursStale: null, status: "FAIL" },
    { table: "silver_therapy_sessions", layer: "silver", lastUpdated: NEWEST, hoursStale: 1.5, status: "PASS" },
  ]);
});

test("a gold table is as old as the sessions that it is made from", async () => {
  const only = new Set([silverTherapySessions.table, dailyMetricsV1.table]);
  const nameOf = (contract: TableContract) => (only.has(contract.table) ? warehouse.tableName(contract) : null);
  const measured = await measureFreshness(warehouse, nameOf, "2024-06-10T07:30:00.000000Z");
  expect(measured).toContainEqual({
    table: "daily_metrics_v1",
    layer: "gold",
    lastUpdated: NEWEST,
    hoursStale: 1.5,
    status: "PASS",
  });
  only.delete(silverTherapySessions.table);
  expect(await measureFreshness(warehouse, nameOf, "2024-06-10T07:30:00.000000Z")).toEqual([]);
});

test("a source that several tables are made from is asked once", async () => {
  const only = new Set([silverTherapySessions.table, dailyMetricsV1.table]);
  const asked = vi.spyOn(warehouse, "query");
  const measured = await measureFreshness(
    warehouse,
    (contract) => (only.has(contract.table) ? warehouse.tableName(contract) : null),
    "2024-06-10T07:30:00.000000Z",
  );
  expect(measured.map(({ table }) => table)).toEqual(["silver_therapy_sessions", "daily_metrics_v1"]);
  expect(asked).toHaveBeenCalledTimes(1);
  asked.mockRestore();
});

test.each([
  ["after 48 hours sharp it is fresh", "2024-06-12T06:00:00.000000Z", "PASS", 48, "it is 48 hours old"],
  ["a microsecond later it is stale", "2024-06-12T06:00:00.000001Z", "WARN", 48, "it is 48 hours old"],
  ["a clock that is behind leaves it fresh", "2024-06-10T05:00:00.000000Z", "PASS", -1, "1 hour ahead of the clock"],
])("%s", (_rule, instant, status, hours, words) => {
  const measured = freshness("silver_medications", "silver", NEWEST, instant);
  expect(measured.status).toBe(status);
  expect(measured.hoursStale).toBeCloseTo(hours, 6);
  const [check] = freshnessChecks([measured]);
  expect(check).toMatchObject({ category: "freshness", status, threshold: 48, blocking: false });
  expect(check?.description).toContain(words);
});

test("a table without data fails, and does not block", () => {
  const [check] = freshnessChecks([freshness("silver_medications", "silver", null, NEWEST)]);
  expect(check).toMatchObject({ value: null, status: "FAIL", blocking: false });
  expect(check?.description).toBe("the newest change is at most 48 hours old: there is no data");
});
