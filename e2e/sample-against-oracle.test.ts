import { join } from "node:path";
import { rejectedChanges, runs } from "@junoplus/contracts";
import { beforeAll, describe, expect, test } from "vitest";
import { type OracleResult, oracle } from "./oracle/oracle";
import { medallion } from "./testing/cli";
import { logOf, rejectedKeys } from "./testing/oracle-input";
import { DERIVED_TABLES, derivedTables, rowsOf } from "./testing/published-tables";
import { SAMPLE, SAMPLE_PREFIXES, sampleLines } from "./testing/sample";
import { tempDirectory } from "./testing/temp-directory";

const AS_OF = "2025-01-01T00:00:00.000000Z";
const warehouse = `duckdb:${join(tempDirectory(), "sample.duckdb")}`;
let expected: OracleResult;

beforeAll(async () => {
  const changelogs = Object.fromEntries(SAMPLE_PREFIXES.map((prefix) => [prefix, sampleLines(prefix)]));
  expected = oracle({ asOf: AS_OF, changelogs });
  const { code, stderr } = await medallion(["run", "--source", SAMPLE, "--warehouse", warehouse, "--as-of", AS_OF]);
  expect(code, stderr).toBe(0);
});

describe("the recorded sample through the command line", () => {
  test.each(DERIVED_TABLES.map(({ table }) => table))(
    "every value of %s is that of an independent computation",
    async (table) => {
      const published = (await derivedTables(warehouse))[table] ?? [];
      expect(published.length).toBeGreaterThan(0);
      expect(logOf(published)).toEqual(logOf(expected.tables[table] ?? []));
    },
  );

  test("every change is where an independent computation puts it", async () => {
    const { runs: ledger = [] } = await rowsOf(warehouse, [runs]);
    for (const prefix of SAMPLE_PREFIXES) {
      const row = ledger.find(({ changelog }) => changelog === prefix);
      expect({
        read: row?.["changes_read"],
        duplicates: row?.["duplicates"],
        rejected: row?.["rejected"],
        superseded: row?.["superseded"],
        deleted: row?.["deleted"],
        live: row?.["current_documents"],
        rejectedEntries: row?.["rejected_entries"],
      }).toEqual(expected.conservation[prefix]);
    }
  });

  test("every rejection has the reason and the pointers of an independent computation", async () => {
    const { rejected_changes: rows = [] } = await rowsOf(warehouse, [rejectedChanges]);
    expect(rows.length).toBeGreaterThan(100);
    expect(rejectedKeys(rows)).toEqual(expected.rejected.map((rejection) => JSON.stringify(rejection)).sort());
  });
});
