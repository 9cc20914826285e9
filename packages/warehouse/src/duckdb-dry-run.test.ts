import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TableContract } from "@junoplus/contracts";
import { afterAll, expect, test } from "vitest";
import { CallPlan } from "./call-plan";
import { openDuckDb } from "./duckdb-warehouse";
import { openWarehouse } from "./open-warehouse";
import { things } from "./testing/contracts";
import { shard, temporaryFolder } from "./testing/shards";

const temp = temporaryFolder();
afterAll(temp.remove);

async function dryRun(file: string, ...contracts: readonly TableContract[]): Promise<CallPlan> {
  const plan = new CallPlan();
  const warehouse = await openWarehouse(`duckdb:${file}`, { prefix: "p", plan });
  try {
    await warehouse.lock("r9");
    await warehouse.ensure(contracts);
    for (const contract of contracts) {
      expect(await warehouse.exists(contract)).toBe(true);
      await warehouse.stage("r9", contract, []);
      await warehouse.query(`SELECT COUNT(*) AS n FROM ${warehouse.stagingName(contract, "r9")}`);
    }
    await warehouse.publish("r9", contracts);
  } finally {
    await warehouse.close();
  }
  return plan;
}

function contentOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

test("a file that is not there is not made, and everything would be", async () => {
  const file = join(temp.path, "none.duckdb");
  const { calls } = await dryRun(file, things);
  expect(calls.map(({ call }) => call).filter((call) => call !== "statement")).toEqual(["load", "query", "publish"]);
  expect(calls[0]?.statement).toMatch(/^CREATE TABLE "p_silver"\."silver_things"/);
  expect(existsSync(file)).toBe(false);
});

test("a file that is there stays as it is, to the byte, and only what differs would change", async () => {
  const file = join(temp.path, "there.duckdb");
  const warehouse = await openDuckDb(`duckdb:${file}`, { prefix: "p" });
  await warehouse.ensure([things]);
  await warehouse.stage("r1", things, [shard(temp.path, [])]);
  await warehouse.publish("r1", [things]);
  await warehouse.close();
  const [before, beside] = [contentOf(file), readdirSync(temp.path)];

  const same = await dryRun(file, things);
  expect(same.calls.filter(({ call }) => call === "statement")).toEqual([]);
  const reworded = { ...things, description: "Otherwise said." };
  const changed = await dryRun(file, reworded);
  const statements = changed.calls.filter(({ call }) => call === "statement").map(({ statement }) => statement);
  expect(statements).toHaveLength(1);
  expect(statements[0]).toMatch(/^COMMENT ON TABLE .*Otherwise said\./s);

  expect(contentOf(file)).toBe(before);
  expect(readdirSync(temp.path)).toEqual(beside);
});

test("what a run would refuse is refused", async () => {
  const file = join(temp.path, "refused.duckdb");
  const warehouse = await openDuckDb(`duckdb:${file}`, { prefix: "p" });
  await warehouse.ensure([things]);
  await warehouse.close();
  const [first, ...columns] = things.columns;
  if (first === undefined) throw new Error("a contract has columns");
  const narrowed = { ...things, columns: [{ ...first, type: "BOOL" as const }, ...columns] };
  await expect(dryRun(file, narrowed)).rejects.toThrow(/silver_things/);
  await expect(dryRun(join(temp.path, "no/such/folder.duckdb"), things)).rejects.toThrow(/directory .* does not exist/);
});
