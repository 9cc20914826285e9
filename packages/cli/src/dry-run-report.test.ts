import { CallPlan } from "@junoplus/warehouse";
import { expect, test } from "vitest";
import { dryRunReport, dryRunText } from "./dry-run-report";
import type { DryRunFindings } from "./run-means";

const TIB = 2 ** 40;
const PLACE = { source: "bigquery:p.logs", warehouse: "bigquery:p" };

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
  return { plan, reads: [{ kind: "read session", name: "p.logs.a_raw_changelog", bytes: 3 * TIB }] };
}

test("each rate prices its own bytes, and what is not known is counted and not priced", () => {
  const report = dryRunReport(PLACE, found(), { format: "json", pricePerTib: 6, readPricePerTib: 1.5 });
  expect(report.reads.map(({ price }) => price)).toEqual([4.5]);
  expect(report.calls.map(({ price }) => price)).toEqual([null, null, 3, null]);
  expect(report.totals).toEqual({
    readBytes: 3 * TIB,
    queryBytes: 5,
    billedBytes: TIB / 2,
    readPrice: 4.5,
    queryPrice: 3,
    unknown: 1,
  });
});

test("without rates there are bytes and no price", () => {
  const options = { format: "text", pricePerTib: null, readPricePerTib: null } as const;
  const report = dryRunReport(PLACE, found(), options);
  expect(report.calls.map(({ price }) => price)).toEqual([null, null, null, null]);
  expect(dryRunText(report)).toMatchInlineSnapshot(`
    "call                         bytes             billed  USD  of                            remarks
    read session     3,298,534,883,328  3,298,534,883,328       p.logs.a_raw_changelog        BigQuery's estimate
    datasets.insert                                             j_staging
    load job                                                    staged gold.daily_metrics_v1  where it has rows
    query job                        5    549,755,813,888       j_gold.a                      BigQuery's dry run
    query job                        ?                  ?       j_gold.b                      not known before the first run

    read from BigQuery: 3,298,534,883,328 bytes
    queries: 5 bytes, billed at least 549,755,813,888
    not known, and not in the sums: 1
    nothing was created, changed, locked or loaded
    "
  `);
});
