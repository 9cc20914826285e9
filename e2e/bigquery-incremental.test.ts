import { randomUUID } from "node:crypto";
import { type RunOutcome, runMedallion, runOptions, systemClock } from "@junoplus/cli";
import {
  type BigQueryEmulator,
  startBigQueryEmulator,
  withoutBigQueryEmulator,
} from "@junoplus/warehouse/testing/bigquery-emulator";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { content, GrowingLog, growth } from "./testing/growing-log";
import { silentProgress } from "./testing/silent-progress";
import { tempDirectory } from "./testing/temp-directory";

const temp = tempDirectory();

/** One case, since a run takes the emulator half a minute; DuckDB is given many (incremental.test.ts). */
const threeSteps = growth.filter(({ steps }) => steps.length === 3);
/** Its last two steps add changes, late ones and deletions among them. */
const SEED = 9;

describe.skipIf(withoutBigQueryEmulator)("runs into BigQuery (an emulator, needs Python 3.13)", () => {
  let emulator: BigQueryEmulator;
  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
  }, 120_000);
  afterAll(() => emulator?.stop());

  test("that go on from each other give what one run into DuckDB gives that reads the whole log, in every cell", {
    timeout: 600_000,
  }, async () => {
    const seen = { deleted: 0, rejected: 0, users: 0 };
    let cases = 0;
    await fc.assert(
      fc.asyncProperty(threeSteps, async ({ steps }) => {
        const log = new GrowingLog(temp);
        const prefix = `case_${cases++}`;
        const warehouse = `bigquery:${emulator.project}`;
        const follow = (asOf: string): Promise<RunOutcome> => {
          const given = { source: log.source, warehouse, prefix, asOf, since: "last" };
          const options = runOptions({ ...given, bigQueryEndpoint: emulator.endpoint }, asOf);
          return runMedallion(options, systemClock(randomUUID), silentProgress);
        };
        let before: string | null = null;
        for (const { lines, compressed, asOf } of steps) {
          log.add(lines, compressed);
          const { published, checks, reading, identity } = await follow(asOf);
          expect(reading.since).toBe(before);
          before = identity.runId;
          seen.users += reading.users ?? 0;
          expect(checks.filter(({ blocking }) => blocking)).toEqual([]);
          expect(published).toBe(true);
        }
        const { flows } = await log.run("whole", steps.at(-1)?.asOf ?? "", "last");
        const followed = await content(warehouse, { prefix, bigQueryEndpoint: emulator.endpoint });
        expect(followed).toEqual(await content(log.url("whole")));
        for (const flow of flows) {
          seen.deleted += flow.deleted;
          seen.rejected += flow.rejected;
        }
        log.remove();
      }),
      { numRuns: 1, endOnFailure: true, seed: SEED },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(3);
  });
});
