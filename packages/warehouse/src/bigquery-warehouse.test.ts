import { afterAll, beforeAll, describe } from "vitest";
import { openBigQuery } from "./bigquery-warehouse";
import { type BigQueryEmulator, startBigQueryEmulator, withoutBigQueryEmulator } from "./testing/bigquery-emulator";
import { warehouseGuarantees } from "./testing/guarantees";

describe.skipIf(withoutBigQueryEmulator)("on the emulator (needs Python 3.13)", () => {
  let emulator: BigQueryEmulator;
  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
  }, 300_000);
  afterAll(() => emulator?.stop());

  let opened = 0;
  warehouseGuarantees(
    "bigquery",
    () => {
      opened += 1;
      const { project, endpoint: bigQueryEndpoint } = emulator;
      return openBigQuery(`bigquery:${project}`, { prefix: `test_${opened}`, bigQueryEndpoint });
    },
    // BigQuery promises no order of rows but that of ORDER BY.
    { keepsOrder: false, refusesDoubleNames: false, numRuns: 4 },
  );
});
