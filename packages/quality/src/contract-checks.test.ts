import {
  goldTherapyEffectiveness,
  silverPeriodTracking,
  silverTherapySessions,
  type TableContract,
  tableContracts,
} from "@junoplus/contracts";
import type { Row, Warehouse } from "@junoplus/warehouse";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contractChecks } from "./contract-checks";
import { measuredChecks } from "./measurement";
import { emptyWarehouse, staged } from "./testing/rows";

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await emptyWarehouse();
});
afterAll(() => warehouse.close());

const session = (id: string, columns: Row = {}): Row => ({ user_id: "ada", session_id: id, ...columns });

async function checked(rows: readonly Row[], contract: TableContract = silverTherapySessions) {
  return (await measuredChecks(warehouse, [contractChecks(contract, await staged(warehouse, contract, rows))])).flat();
}

/** Only what failed, as `metric: value`. */
async function failures(rows: readonly Row[], contract: TableContract = silverTherapySessions) {
  const results = await checked(rows, contract);
  return results.filter(({ status }) => status === "FAIL").map(({ metric, value }) => `${metric}: ${value}`);
}

test("rows that keep the contract pass every check", async () => {
  const results = await checked([
    session("s1", { pain_before: 0, pain_after: 10, device_size: "Petit", initial_heat: 3 }),
    session("s2"),
  ]);
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set(["PASS"]));
  expect(results.every(({ blocking, value, threshold }) => !blocking && value === 0 && threshold === 0)).toBe(true);
  expect(results[0]?.description).toBe("one row per (user_id, session_id): all 2 rows");
});

test("a table without rows passes", async () => {
  expect(await failures([])).toEqual([]);
});

test("a key that occurs again fails, counted per row too many", async () => {
  const results = await checked([session("s1"), session("s1"), session("s1"), session("s2")]);
  expect(results.filter(({ status }) => status === "FAIL")).toEqual([
    {
      table: "silver_therapy_sessions",
      metric: "key_unique",
      category: "key",
      value: 2,
      threshold: 0,
      status: "FAIL",
      description: "one row per (user_id, session_id): 2 too many of 4 rows",
      blocking: true,
    },
  ]);
});

test("NULL is a value in a key: twice fails, once beside another value does not", async () => {
  const group = (device: string | null): Row => ({ user_id: "ada", month: "2024-06-01", device_name: device });
  expect(await failures([group(null), group(null), group("Juno")], goldTherapyEffectiveness)).toEqual([
    "key_unique: 1",
  ]);
  expect(await failures([group(null), group("Juno")], goldTherapyEffectiveness)).toEqual([]);
});

test("NULL in a required column or an array fails", async () => {
  expect(await failures([session("s1", { changed_at: null })])).toEqual(["changed_at_known: 1"]);
  const day = { user_id: "ada", date: "2024-06-01", symptoms: null };
  expect(await failures([day], silverPeriodTracking)).toEqual(["symptoms_known: 1"]);
});

test("NULL in a nullable column passes, in the partition column too", async () => {
  expect(await failures([session("s1", { session_date: null, pain_before: null, device_size: null })])).toEqual([]);
});

test("values below the minimum or above the maximum fail", async () => {
  const rows = [
    session("s1", { pain_before: -1 }),
    session("s2", { pain_before: 11 }),
    session("s3", { pain_before: 10 }),
  ];
  const result = (await checked(rows)).find(({ metric }) => metric === "pain_before_in_range");
  expect(result).toMatchObject({
    category: "range",
    value: 2,
    status: "FAIL",
    blocking: true,
    description: "pain_before is 0 to 10: 2 of 3 rows break it",
  });
  expect(await failures([session("s1", { elapsed_minutes: -0.5 })])).toEqual(["elapsed_minutes_in_range: 1"]);
});

test("a word that the contract does not know fails", async () => {
  const result = (await checked([session("s1", { device_size: "petit" })])).find(({ status }) => status === "FAIL");
  expect(result).toMatchObject({
    metric: "device_size_allowed",
    category: "allowed_values",
    value: 1,
    description: "device_size is one of Grand, Petit, Unknown: 1 of 1 row breaks it",
  });
});

test.each(tableContracts.map((contract) => [contract.table, contract] as const))(
  "%s: the SQL of its checks runs, and no two share a name",
  async (_table, contract) => {
    const checks = contractChecks(contract, warehouse.tableName(contract));
    const metrics = (await measuredChecks(warehouse, [checks])).flat().map(({ metric }) => metric);
    expect(new Set(metrics).size).toBe(metrics.length);
    expect(metrics).toContain("key_unique");
  },
);
