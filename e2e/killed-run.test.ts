import { join } from "node:path";
import { expect, test } from "vitest";
import { medallion } from "./testing/cli";
import { derivedTables } from "./testing/published-tables";
import { SAMPLE } from "./testing/sample";
import { tempDirectory } from "./testing/temp-directory";

const ROUNDS = 10;
const temp = tempDirectory();
const warehouse = `duckdb:${join(temp, "m.duckdb")}`;
const run = (asOf: string, killAfterMs?: number) =>
  medallion(["run", "--source", SAMPLE, "--warehouse", warehouse, "--as-of", asOf], {
    ...(killAfterMs !== undefined && { killAfterMs }),
  });

/** Every instant that the published rows carry: one when all tables are of one run. */
async function instants(): Promise<readonly string[]> {
  const tables = await derivedTables(warehouse);
  const found = new Set<string>();
  for (const rows of Object.values(tables)) {
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) found.add(String(row["processed_at"] ?? row["refreshed_at"]));
  }
  return [...found];
}

test("a run killed at any moment leaves the old tables or the new ones, and the next run succeeds", {
  timeout: 300_000,
}, async () => {
  const started = Date.now();
  expect((await run("2025-01-01")).code).toBe(0);
  const duration = Date.now() - started;
  let old = "2025-01-01T00:00:00.000000Z";
  const left = { old: 0, new: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const day = `2025-02-${String(round + 1).padStart(2, "0")}`;
    // Spread over the whole run, the last tenths more densely: that is where it publishes.
    const moment = duration * (round < 4 ? 0.2 + round * 0.15 : 0.7 + (round - 4) * 0.06) + Math.random() * 50;
    const { code, stderr } = await run(day, moment);
    // Ended, or killed; a run that gave up by itself would have proven nothing.
    expect([0, null], stderr).toContain(code);
    const seen = await instants();
    expect(seen).toHaveLength(1);
    expect([old, `${day}T00:00:00.000000Z`]).toContain(seen[0]);
    if (code === 0) expect(seen[0]).toBe(`${day}T00:00:00.000000Z`);
    left[seen[0] === old ? "old" : "new"] += 1;
    old = seen[0] ?? old;
  }
  // Runs that all ended, or none that did, would have proven nothing.
  expect(left.old).toBeGreaterThan(0);
  const { code, stderr } = await run("2025-03-01");
  expect(code, stderr).toBe(0);
  expect(await instants()).toEqual(["2025-03-01T00:00:00.000000Z"]);
});
