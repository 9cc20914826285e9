import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generateChanges, writeChangelog } from "@junoplus/bronze-ingest/testing/changelog-generator";
import { rejectedChanges } from "@junoplus/contracts";
import { expect, test } from "vitest";
import { oracle } from "./oracle/oracle";
import { logOf, rejectedKeys } from "./testing/oracle-input";
import { publishedRun } from "./testing/published-run";
import { DERIVED_TABLES, derivedTables, rowsOf } from "./testing/published-tables";
import { SAMPLE_PREFIXES } from "./testing/sample";
import { tempDirectory } from "./testing/temp-directory";

const temp = tempDirectory();
const AS_OF = "2026-02-28T12:00:00.000000Z";

/** The lines of every change log of a directory. */
function linesOf(directory: string): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    SAMPLE_PREFIXES.map((prefix) => [
      prefix,
      readdirSync(directory)
        .filter((name) => name.startsWith(prefix))
        .flatMap((name) => readFileSync(join(directory, name), "utf8").split("\n")),
    ]),
  );
}

test.each([
  { seed: 7, messRate: 0.12 },
  { seed: 8, messRate: 0.5 },
  { seed: 9, messRate: 0 },
  { seed: 10, messRate: 0.5, changesPerDocument: 1.5 },
])(
  "a generated log with mess $messRate gives the tables and rejections of an independent computation",
  async (kind) => {
    const directory = join(temp, `log-${kind.seed}`);
    await writeChangelog(directory, { changes: 12_000, ...kind, filesPerCollection: 3 });
    const url = `duckdb:${join(temp, `m-${kind.seed}.duckdb`)}`;
    await publishedRun(AS_OF, { source: directory, warehouse: url });
    const expected = oracle({ asOf: AS_OF, changelogs: linesOf(directory) });
    const tables = await derivedTables(url);
    for (const { table } of DERIVED_TABLES) {
      expect(tables[table]?.length, table).toBeGreaterThan(0);
      expect(logOf(tables[table] ?? []), table).toEqual(logOf(expected.tables[table] ?? []));
    }
    const { rejected_changes: rows = [] } = await rowsOf(url, [rejectedChanges]);
    expect(rejectedKeys(rows)).toEqual(expected.rejected.map((rejection) => JSON.stringify(rejection)).sort());
    if (kind.messRate > 0) expect(new Set(rows.map(({ reason }) => reason)).size).toBe(5);
  },
);

test("the generated log has more than one change a document", () => {
  const paths = new Set<string>();
  let changes = 0;
  for (const { line } of generateChanges({ changes: 5_000, seed: 7, messRate: 0 })) {
    paths.add(String((JSON.parse(line) as { document_name: string }).document_name));
    changes += 1;
  }
  expect(changes / paths.size).toBeGreaterThan(2);
});
