import { expect, test } from "vitest";
import type { Difference } from "./comparison";
import { jsonReport, SHOWN_TO_PEOPLE, type TableResult, textReport } from "./reconcile-report";

const difference: Difference = {
  verdict: "stale",
  table: "silver_medications",
  key: '{"user_id":"u1"}',
  document: "medications/u1",
  rows: 2,
  documentUpdatedAt: "2024-01-02T00:00:00.000000Z",
  silverChangedAt: "2024-01-01T00:00:00.000000Z",
};
const publication = {
  runId: "r1",
  source: "changelog/",
  asOf: "2024-01-03T00:00:00.000000Z",
  startedAt: "2024-01-03T00:00:00.000000Z",
  contractVersion: "1.0.0",
};
const result: TableResult = {
  table: "silver_medications",
  collection: "medications/{userId}",
  publication,
  settledUntil: "2024-01-02T23:50:00.000000Z",
  documents: { live: 3, rejected: 25, unsettled: 1, skipped: 0 },
  silverRows: 1200,
  liveRows: 1200,
  verdicts: { equal: 1190, missing: 0, extra: 0, stale: 5, not_compared: 5 },
};
const file = { table: "silver_medications", prefix: "medications_data", path: "out/f.ndjson", outstamped: [] };

function written(use: (stdout: { write(text: string): void }) => void): string {
  let text = "";
  use({
    write: (more) => {
      text += more;
    },
  });
  return text;
}

test("people see keys, counts and a sentence, and how many rows are not named", () => {
  const text = written((stdout) => {
    const report = textReport({ stdout, stderr: stdout });
    report.difference(difference);
    report.tables([result]);
  });
  expect(text).toMatchInlineSnapshot(`
    "stale     silver_medications  {"user_id":"u1"}  medications/u1  2 rows
    and 3 more rows: --format json names all
    collection            live documents  rejected  skipped  live rows  in silver  equal  missing  extra  stale  not compared
    medications/{userId}               3        25        0      1,200      1,200  1,190        0      0      5             5
    5 rows differ: 0 missing, 0 extra, 5 stale; written after 2024-01-02T23:50:00.000000Z: not compared
    "
  `);
});

test("of many rejected documents people see some, and how many more there are", () => {
  const text = written((stdout) => {
    const report = textReport({ stdout, stderr: stdout });
    for (let i = 0; i < SHOWN_TO_PEOPLE + 5; i++) {
      const rejection = {
        reason: "breaks_contract" as const,
        detail: "/a: must be integer",
        pointers: ["/a"],
        isEntry: false,
      };
      report.rejected({ table: "silver_medications", document: `medications/u${i}`, ...rejection });
    }
    report.tables([{ ...result, verdicts: { ...result.verdicts, stale: 0 } }]);
  });
  expect(text.match(/^rejected /gm)).toHaveLength(SHOWN_TO_PEOPLE);
  expect(text).toContain("and 5 more rejected: --format json names all");
  expect(text).toContain("Firestore and silver are equal");
});

test.each([
  ["changelog/", "put it beside the change logs in changelog/"],
  [
    "bigquery:p1.log/EU",
    "bq load --source_format=NEWLINE_DELIMITED_JSON p1:log.medications_data_raw_changelog out/f.ndjson",
  ],
])("where the log is %s, it is said how imports get there", (source, cure) => {
  const text = written((stdout) =>
    textReport({ stdout, stderr: stdout }).imports({ ...file, changes: 2, gone: 1 }, { ...publication, source }),
  );
  expect(text).toContain(cure);
  expect(text).toContain("documents of medications_data that are gone since, and not imported: 1");
});

test("machines get one object a line, told apart by kind", () => {
  const text = written((stdout) => {
    const report = jsonReport({ stdout, stderr: stdout });
    report.difference(difference);
    report.tables([result]);
    report.imports({ ...file, changes: 2, gone: 1 }, publication);
  });
  expect(
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([
    {
      kind: "stale",
      table: "silver_medications",
      key: { user_id: "u1" },
      document: "medications/u1",
      rows: 2,
      document_updated_at: difference.documentUpdatedAt,
      silver_changed_at: difference.silverChangedAt,
    },
    {
      kind: "table",
      table: "silver_medications",
      collection: "medications/{userId}",
      run_id: "r1",
      settled_until: result.settledUntil,
      documents: result.documents,
      rows: { live: 1200, silver: 1200, ...result.verdicts },
    },
    { kind: "imports", table: "silver_medications", file: "out/f.ndjson", changes: 2, gone: 1 },
  ]);
});
