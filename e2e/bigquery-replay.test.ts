import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ScratchCheckout, scratchCheckout } from "@junoplus/cli/testing/scratch-checkout";
import { bigQueryClient } from "@junoplus/warehouse/bigquery-client";
import {
  type BigQueryEmulator,
  startBigQueryEmulator,
  withoutBigQueryEmulator,
} from "@junoplus/warehouse/testing/bigquery-emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { breakingConnection } from "./testing/breaking-connection";
import { loadSample } from "./testing/changelog-dataset";
import { type CliResult, medallion } from "./testing/cli";
import { SAMPLE } from "./testing/sample";
import { tempDirectory } from "./testing/temp-directory";

const directory = tempDirectory();
const SESSIONS = "packages/contracts/schemas/bronze/therapy_sessions/schema.json";

interface Replays {
  readonly contracts: readonly {
    readonly contract: string;
    readonly changes: number;
    readonly byPointer: readonly unknown[];
  }[];
}

describe.skipIf(withoutBigQueryEmulator)("a replay over BigQuery (an emulator, needs Python 3.13)", () => {
  let emulator: BigQueryEmulator;
  let checkout: ScratchCheckout;
  const replay = (
    source: string,
    { command = "replay", storage = emulator.grpcEndpoint, temp = directory } = {},
  ): Promise<CliResult> =>
    medallion(["contracts", command, "--against", "main", "--source", source, "--format", "json"], {
      cwd: checkout.root,
      env: { BIGQUERY_EMULATOR_HOST: emulator.endpoint, BIGQUERY_STORAGE_EMULATOR_HOST: storage, TMPDIR: temp },
    });

  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
    const { api } = bigQueryClient({ project: emulator.project, location: "US" }, emulator.endpoint);
    await loadSample(api, "logs", directory);
    checkout = scratchCheckout();
    const path = join(checkout.root, SESSIONS);
    const schema = JSON.parse(readFileSync(path, "utf8"));
    schema.properties.initialSettings.properties.tensLevel.maximum = 3;
    writeFileSync(path, JSON.stringify(schema));
    // Of a collection that nobody has written to there is no table.
    expect((await checkout.medallion("contracts", "new", "bronze/symptom_log")).code).toBe(0);
  }, 600_000);
  afterAll(async () => {
    checkout?.remove();
    await emulator?.stop();
  });

  test("counts what it counts over files, and a collection that is new has no changes", async () => {
    const [fromBigQuery, fromFiles] = [await replay("bigquery:p1.logs"), await replay(SAMPLE)];
    expect(fromBigQuery.code, fromBigQuery.stderr).toBe(0);
    const { contracts } = JSON.parse(fromBigQuery.stdout) as Replays;
    expect(contracts).toEqual((JSON.parse(fromFiles.stdout) as Replays).contracts);
    expect(contracts.map(({ contract, changes }) => [contract, changes])).toEqual([
      ["bronze_symptom_log", 0],
      ["bronze_therapy_sessions", 4509],
    ]);
    expect(contracts[1]?.byPointer.length).toBeGreaterThan(0);
  });

  test("diff says of both the same", async () => {
    const [fromBigQuery, fromFiles] = [
      await replay("bigquery:p1.logs", { command: "diff" }),
      await replay(SAMPLE, { command: "diff" }),
    ];
    const review = ({ stdout }: CliResult) => ({ ...JSON.parse(stdout), replayed: "" });
    expect(fromBigQuery.code).toBe(fromFiles.code);
    expect(review(fromBigQuery)).toEqual(review(fromFiles));
  });

  test("nothing that was fetched is left, when it ends and when it breaks", async () => {
    const temp = mkdtempSync(join(directory, "fetched-"));
    expect((await replay("bigquery:p1.logs", { temp })).code).toBe(0);
    const connection = await breakingConnection(emulator.grpcEndpoint, 700_000, Number.POSITIVE_INFINITY);
    try {
      const { code, stderr } = await replay("bigquery:p1.logs", { storage: connection.endpoint, temp });
      expect(code).toBe(1);
      expect(stderr).toMatch(/error: p1\.logs\.\w+_raw_changelog: .*connection broke/);
    } finally {
      await connection.stop();
    }
    expect(readdirSync(temp)).toEqual([]);
  });

  test("a dataset that is not there, or holds no log of a contract that is older, is refused with what to do", async () => {
    const { code, stdout, stderr } = await replay("bigquery:p1.nowhere");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/p1\.nowhere\.therapy_sessions_data_raw_changelog: is not there\. Install/);
    expect(stderr).not.toContain("symptom_log");
  });
});
