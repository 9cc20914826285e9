import { CallPlan } from "@junoplus/warehouse";
import { expect, test } from "vitest";
import type { DryRunFindings } from "./dry-run-findings";
import { dryRunReport, dryRunText } from "./dry-run-report";

const TIB = 2 ** 40;
const PLACE = { source: "bigquery:p.logs", warehouse: "bigquery:p" };
const WHOLE = { since: null, because: null };

function found(): DryRunFindings {
  const plan = new CallPlan();
  plan.add("datasets.insert", "j_staging");
  plan.add("datasets.insert", "j_staging");
  plan.add("load job", "j_staging.20261125024440_f095dd25_88706b4b4719__gold__daily_metrics_v1", {
    only: "where it has rows",
  });
  plan.add("query job", "j_gold.a", {
    statement: "SELECT 1",
    scan: { bytes: 5, billed: TIB / 2, basis: "BigQuery's dry run" },
  });
  plan.add("query job", "j_gold.b", {
    statement: "SELECT 2",
    scan: { bytes: null, billed: null, basis: "not known before the first run" },
  });
  return { plan, reads: [{ kind: "read session", name: "p.logs.a_raw_changelog", from: null, bytes: 3 * TIB }] };
}

test("each rate prices its own bytes, and what is not known is counted and not priced", () => {
  const report = dryRunReport(PLACE, WHOLE, found(), { format: "json", pricePerTib: 6, readPricePerTib: 1.5 });
  expect(report.reads.map(({ price }) => price)).toEqual([4.5]);
  expect(report.calls.map(({ price }) => price)).toEqual([null, null, 3, null]);
  expect(report.totals).toEqual({
    readBytes: 3 * TIB,
    queryBytes: 5,
    billedBytes: TIB / 2,
    askedBytes: 0,
    readPrice: 4.5,
    queryPrice: 3,
    unknown: 1,
  });
});

test("without rates there are bytes and no price", () => {
  const options = { format: "text", pricePerTib: null, readPricePerTib: null } as const;
  const report = dryRunReport(PLACE, WHOLE, found(), options);
  expect(report.calls.map(({ price }) => price)).toEqual([null, null, null, null]);
  expect(dryRunText(report)).toMatchInlineSnapshot(`
    "call                         bytes             billed  USD  of                            remarks
    read session     3,298,534,883,328  3,298,534,883,328       p.logs.a_raw_changelog        BigQuery's estimate
    datasets.insert                                             j_staging
    load job                                                    staged gold.daily_metrics_v1  where it has rows
    query job                        5    549,755,813,888       j_gold.a                      BigQuery's dry run
    query job                        ?                  ?       j_gold.b                      not known before the first run

    the whole log would be read
    read from BigQuery: 3,298,534,883,328 bytes
    queries: 5 bytes, billed at least 549,755,813,888
    not known, and not in the sums: 1
    nothing was created, changed, locked or loaded
    "
  `);
});

test("of a run that goes on from another it says from where on, what the dry run asked itself, and what only reading tells", () => {
  const plan = new CallPlan();
  const scan = { bytes: 8, billed: 10 * 2 ** 20, basis: "BigQuery's dry run" };
  plan.add("query job", "logs.a_raw_changelog", { statement: "SELECT 1", scan, isAsked: true });
  plan.add("query job", "j_gold.b", { statement: "SELECT 2", scan });
  const from = "2026-02-25T12:00:00.000000Z";
  const findings: DryRunFindings = { plan, reads: [{ kind: "read session", name: "p.logs.a", from, bytes: 9 }] };
  const options = { format: "text", pricePerTib: null, readPricePerTib: null } as const;
  const report = dryRunReport(PLACE, { since: "r1", because: null }, findings, options);
  expect(report.totals).toMatchObject({ billedBytes: 20 * 2 ** 20, askedBytes: 10 * 2 ** 20 });
  expect(dryRunText(report)).toMatchInlineSnapshot(`
    "call          bytes      billed  USD  of                    remarks
    read session      9           9       p.logs.a              BigQuery's estimate; rows from 2026-02-25T12:00:00.000000Z on
    query job         8  10,485,760       logs.a_raw_changelog  BigQuery's dry run; asked now, too
    query job         8  10,485,760       j_gold.b              BigQuery's dry run

    only what was added since run r1 would be read; how many changes, documents and users that is, only reading tells,
    and with them the rows of loads, and a load and a query more where a rejected change comes again
    of tables the look-back is read; where rows of it turn out to be changed or gone, the whole log is, too
    read from BigQuery: 9 bytes
    queries: 16 bytes, billed at least 20,971,520
    of which this dry run asked, and is billed, at least 10,485,760
    nothing was created, changed, locked or loaded
    "
  `);
  const file = { kind: "file", name: "a_raw_changelog.ndjson", from: 1234, bytes: 9 } as const;
  const ofFiles = dryRunReport(
    { source: "logs", warehouse: "duckdb:m.duckdb" },
    { since: "r1", because: null },
    { plan: new CallPlan(), reads: [file] },
    options,
  );
  expect(dryRunText(ofFiles)).toMatchInlineSnapshot(`
    "call  bytes  billed  USD  of                      remarks
    file      9               a_raw_changelog.ndjson  from byte 1,234 on

    only what was added since run r1 would be read; how many changes, documents and users that is, only reading tells,
    and with them the rows of loads, and a load and a query more where a rejected change comes again
    nothing was created, changed, locked or loaded
    "
  `);
  const because = "the last run read files and no tables";
  const whole = dryRunReport(PLACE, { since: null, because }, found(), options);
  expect(dryRunText(whole)).toContain(`\nthe whole log would be read: ${because}\n`);
});
