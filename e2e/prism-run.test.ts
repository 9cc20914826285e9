import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { findPrism } from "@junoplus/beam-runtime/prism-binary";
import { rejectedChangePayloads, rejectedChanges, runs } from "@junoplus/contracts";
import { beforeAll, describe, expect, test } from "vitest";
import { medallion } from "./testing/cli";
import { derivedTables, rejectedText, rowsOf } from "./testing/published-tables";
import { SAMPLE } from "./testing/sample";
import { tempDirectory } from "./testing/temp-directory";

const AS_OF = "2025-01-01T00:00:00.000000Z";
const directory = tempDirectory();
const direct = `duckdb:${join(directory, "direct.duckdb")}`;
const prism = `duckdb:${join(directory, "prism.duckdb")}`;

// Prism is built with Go, the first time that it is needed.
const withoutGo = spawnSync("go", ["version"]).error !== undefined;

describe.skipIf(withoutGo)("the recorded sample on Prism (needs Go to build it)", () => {
  beforeAll(async () => {
    await findPrism();
    for (const [runner, warehouse] of Object.entries({ direct, prism })) {
      const args = ["run", "--source", SAMPLE, "--warehouse", warehouse, "--as-of", AS_OF, "--runner", runner];
      const { code, stderr } = await medallion(args);
      expect(code, stderr).toBe(0);
    }
  }, 900_000);

  test("every table has, byte for byte, the rows that the direct runner gives", async () => {
    const tables = await derivedTables(prism);
    expect(Object.values(tables).flat().length).toBeGreaterThan(5_000);
    expect(JSON.stringify(tables)).toBe(JSON.stringify(await derivedTables(direct)));
  });

  test("the same changes are rejected", async () => {
    const contracts = [rejectedChanges, rejectedChangePayloads];
    expect(await rejectedText(prism, contracts)).toEqual(await rejectedText(direct, contracts));
  });

  test("the ledger counts the same changes, and says what ran it", async () => {
    const { runs: onPrism = [] } = await rowsOf(prism, [runs]);
    const { runs: onDirect = [] } = await rowsOf(direct, [runs]);
    expect([...new Set(onPrism.map(({ runner }) => runner))]).toEqual(["prism"]);
    const counts = (rows: typeof onPrism): unknown =>
      rows
        .map(({ changelog, changes_read, duplicates, rejected, superseded, deleted, current_documents }) => {
          return [changelog, changes_read, duplicates, rejected, superseded, deleted, current_documents].join();
        })
        .sort();
    expect(counts(onPrism)).toEqual(counts(onDirect));
  });
});
