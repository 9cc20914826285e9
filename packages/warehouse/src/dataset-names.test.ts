import { expect, test } from "vitest";
import { datasetName, stagingTable } from "./dataset-names";
import { history, things } from "./testing/contracts";

test("bronze is the prefix itself, other datasets carry their name", () => {
  expect(datasetName("p", "bronze")).toBe("p");
  expect(datasetName("p", "silver")).toBe("p_silver");
});

test("a staging table's name is the same for the same run and table, and for no other", () => {
  const runs = ["2024-08-26T15:33", "2024-08-26t15:33", "2024-08-26T15-33", "", "…", "a".repeat(99), "a".repeat(98)];
  const names = runs.flatMap((run) => [things, history].map((contract) => stagingTable(run, contract).toLowerCase()));
  expect(new Set(names).size).toBe(names.length);
  expect(stagingTable("2024-08-26T15:33", things)).toBe("2024_08_26t15_33_1f091d22bef2__silver__silver_things");
  for (const name of names) expect(name).toMatch(/^[a-z0-9_]{1,128}$/);
});
