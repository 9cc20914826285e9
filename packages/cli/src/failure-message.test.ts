import { openDuckDb, StageError } from "@junoplus/warehouse";
import { expect, test } from "vitest";
import { failureMessage } from "./failure-message";

test("a query's error quotes values, and the ledger keeps only that there was one", async () => {
  const warehouse = await openDuckDb("duckdb::memory:");
  try {
    const error: unknown = await warehouse
      .query("SELECT CAST(text AS INTEGER) FROM (VALUES ('secret')) AS t (text)")
      .catch((thrown: unknown) => thrown);
    expect(String(error)).toContain("secret");
    expect(failureMessage(error)).toBe("the run broke with QueryError; its message is in the run's own output");
  } finally {
    await warehouse.close();
  }
});

test("an error that names table, file and rule is kept whole", () => {
  const error = new StageError("silver_things", "value is no INT64", "part-0.ndjson", 3);
  expect(failureMessage(error)).toBe(error.message);
});

test("of a fault of the program only the kind is kept", () => {
  expect(failureMessage(new RangeError("secret"))).toBe(
    "the run broke with RangeError; its message is in the run's own output",
  );
  expect(failureMessage("secret")).toBe("the run broke with string; its message is in the run's own output");
});
