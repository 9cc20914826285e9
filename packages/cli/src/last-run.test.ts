import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastRun, type TableContract } from "@junoplus/contracts";
import { openWarehouse } from "@junoplus/warehouse";
import { afterAll, expect, test } from "vitest";
import { openSource } from "./changelog-source";
import { readingSinceLast } from "./last-run";

const directory = mkdtempSync(join(tmpdir(), "medallion-last-run-"));
writeFileSync(join(directory, "medications_data_raw_changelog.ndjson"), "");
afterAll(() => rmSync(directory, { recursive: true }));

/** How much is read where these tables have been made. */
async function readingAfter(...contracts: readonly TableContract[]) {
  const warehouse = await openWarehouse("duckdb::memory:", { prefix: "p" });
  const source = await openSource({ source: directory }, ["medications_data"], "2026-01-01T00:00:00.000000Z");
  try {
    await warehouse.ensure(contracts);
    return await readingSinceLast(warehouse, source);
  } finally {
    await source.close();
    await warehouse.close();
  }
}

test("a warehouse without a table is read the whole log for, and none has to be made to know that", async () => {
  const because = "no run has left a state of all tables to go on from";
  expect(await readingAfter()).toMatchObject({ kind: "whole", because });
  expect(await readingAfter(lastRun)).toMatchObject({ kind: "whole", because });
});

test("a state of an older contract, whose columns may be others, is no base", async () => {
  const older = { ...lastRun, version: "0.1.0", columns: lastRun.columns.slice(0, 2) };
  const because = "contracts are others than those of the last run";
  expect(await readingAfter(older)).toMatchObject({ kind: "whole", because });
});
