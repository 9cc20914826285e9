import { statSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "@junoplus/cli";
import { tableContracts } from "@junoplus/contracts";
import {
  type BigQueryEmulator,
  startBigQueryEmulator,
  withoutBigQueryEmulator,
} from "@junoplus/warehouse/testing/bigquery-emulator";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { content, GrowingLog, growth } from "./testing/growing-log";
import { publishedRun } from "./testing/published-run";
import { tempDirectory } from "./testing/temp-directory";

const temp = tempDirectory();
const partitioned = tableContracts.filter(({ partition }) => partition !== undefined);

describe.skipIf(withoutBigQueryEmulator)(
  "where every table with a partition demands a filter by it (an emulator, needs Python 3.13)",
  () => {
    let emulator: BigQueryEmulator;
    const warehouse = (): string => `bigquery:${emulator.project}`;
    const medallion = async (...args: readonly string[]) => {
      const told: string[] = [];
      const output = { write: (text: string) => told.push(text) > 0 };
      const code = await runProgram({
        args: [...args, "--warehouse", warehouse()],
        directory: temp,
        bigQueryEndpoint: emulator.endpoint,
        bigQueryStorageEndpoint: emulator.grpcEndpoint,
        now: "2025-01-01T00:00:00.000000Z",
        output: { stdout: output, stderr: output },
      });
      return { code, told: told.join("") };
    };
    beforeAll(async () => {
      // The project's own contracts ask for none: what they would say is put into them here, before anything reads them.
      for (const contract of partitioned) Object.assign(contract, { requirePartitionFilter: true });
      emulator = await startBigQueryEmulator();
    }, 300_000);
    afterAll(() => emulator?.stop());

    test("runs that go on from each other give what one run into DuckDB gives; check, report and rejected read it", {
      timeout: 900_000,
    }, async () => {
      const steps = fc.sample(
        growth.filter((each) => each.steps.length === 3),
        { numRuns: 1, seed: 9 },
      )[0]?.steps;
      const log = new GrowingLog(temp);
      let since: string | null = null;
      for (const { lines, compressed, asOf } of steps ?? []) {
        log.add(lines, compressed);
        const given = { source: log.source, warehouse: warehouse(), since: "last" };
        const { reading, identity } = await publishedRun(asOf, { ...given, bigQueryEndpoint: emulator.endpoint });
        expect(reading.since).toBe(since);
        since = identity.runId;
      }
      expect(since).not.toBeNull();
      await log.run("whole", steps?.at(-1)?.asOf ?? "", "last");
      const inBigQuery = await content(warehouse(), { bigQueryEndpoint: emulator.endpoint });
      expect(inBigQuery).toEqual(await content(log.url("whole")));

      const checked = await medallion("check");
      expect(checked.told).toMatch(/\d{3} checks: /);
      expect(checked.told).not.toContain("catalog_follows_contract");
      const page = join(temp, "report.html");
      expect(await medallion("report", "--out", page)).toMatchObject({ code: 0 });
      expect(statSync(page).size).toBeGreaterThan(10_000);
      expect(await medallion("rejected", "count")).toMatchObject({ code: 0 });
      expect(partitioned.length).toBeGreaterThan(8);
    });

    test("the tables do demand it: without one the emulator refuses the query", async () => {
      const query = "SELECT COUNT(*) AS n FROM `junoplus_analytics_quality`.`runs`";
      const answer = await fetch(`${emulator.endpoint}/bigquery/v2/projects/${emulator.project}/queries`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query, useLegacySql: false }),
      });
      expect(await answer.text()).toContain("without a filter over column(s) 'checked_at'");
    });
  },
);
