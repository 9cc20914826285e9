import { expect, test } from "vitest";
import { OptionsError } from "../options-error";
import { reconcileOptions } from "./reconcile-options";

const NOW = "2026-01-01T00:00:00.000000Z";
const GOOD = { firestore: "juno-app", warehouse: "duckdb:m.duckdb" };

function faultsOf(given: Parameters<typeof reconcileOptions>[0]): readonly string[] {
  try {
    reconcileOptions(given, NOW);
  } catch (error) {
    if (error instanceof OptionsError) return error.faults;
    throw error;
  }
  return [];
}

test("only the database and the warehouse have to be given", () => {
  const { tables, ...options } = reconcileOptions(GOOD, NOW);
  expect(options).toEqual({
    firestore: { project: "juno-app", database: "(default)" },
    warehouse: "duckdb:m.duckdb",
    prefix: "junoplus_analytics",
    settleMinutes: 10,
    format: "text",
    importDirectory: null,
    now: NOW,
  });
  expect(tables.size).toBeGreaterThanOrEqual(4);
});

test("tables are chosen by name", () => {
  const { tables } = reconcileOptions({ ...GOOD, tables: "silver_medications, silver_user_profiles" }, NOW);
  expect([...tables].sort()).toEqual(["silver_medications", "silver_user_profiles"]);
});

test("every fault is told at once", () => {
  const given = {
    firestore: "my project",
    warehouse: "mysql:x",
    prefix: "A-B",
    tables: "silver_medications,user_analytics_v1",
    settle: "soon",
    writeImports: "",
    firestoreEmulatorHost: "http://localhost",
  };
  expect(faultsOf(given).map((fault) => fault.split(":")[0])).toEqual([
    "FIRESTORE_EMULATOR_HOST http",
    "--firestore my project",
    "--warehouse mysql",
    "--prefix A-B",
    "--tables user_analytics_v1",
    "--settle soon",
    "--write-imports is empty",
  ]);
});

test("a project that is missing is asked for", () => {
  expect(faultsOf({ warehouse: "duckdb:m.duckdb" })).toEqual([expect.stringContaining("--firestore is missing")]);
});
