import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openDatasetReader } from "@junoplus/bronze-ingest/dataset-reader";
import { bigQueryClient } from "@junoplus/warehouse/bigquery-client";
import {
  type BigQueryEmulator,
  startBigQueryEmulator,
  withoutBigQueryEmulator,
} from "@junoplus/warehouse/testing/bigquery-emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadSample } from "./testing/changelog-dataset";
import { startStorageFaultProxy } from "./testing/storage-fault-proxy";
import { tempDirectory } from "./testing/temp-directory";

const directory = tempDirectory();
const PREFIX = "medications_data";
const MESSAGE_ROWS = 50;

describe.skipIf(withoutBigQueryEmulator)("a stream that breaks (an emulator, needs Python 3.13)", () => {
  let emulator: BigQueryEmulator;
  let whole: readonly string[];
  const read = async (afterMessages: number, times: number) => {
    const proxy = await startStorageFaultProxy(emulator.grpcEndpoint);
    const struck = proxy.plan({ method: "ReadRows", code: "UNAVAILABLE", message: "closed", times, afterMessages });
    const { api } = bigQueryClient({ project: "p1", location: "US" }, emulator.endpoint);
    const dataset = { project: "p1", dataset: "logs", location: null };
    const reader = await openDatasetReader(dataset, [PREFIX], api, {
      readAt: new Date().toISOString(),
      lookBackMs: null,
      storageEndpoint: proxy.endpoint,
    });
    try {
      const { fetch } = await reader.whole();
      const { files } = await fetch(mkdtempSync(join(directory, "read-")), () => {});
      return { lines: files.flatMap(({ path }) => readFileSync(path, "utf8").split("\n")), struck: struck() };
    } finally {
      await reader.close();
      await proxy.stop();
    }
  };

  beforeAll(async () => {
    emulator = await startBigQueryEmulator({ messageRows: MESSAGE_ROWS });
    await loadSample(bigQueryClient({ project: "p1", location: "US" }, emulator.endpoint).api, "logs", directory);
    whole = (await read(0, 0)).lines;
  }, 300_000);
  afterAll(() => emulator?.stop());

  test.for([
    ["before the first row", 0, 1],
    ["after the first message", 1, 1],
    ["half way", 4, 1],
    ["at the end", 1_000, 1],
    ["after every message", 1, 5],
  ] as const)(
    "%s goes on there: every row comes once, in its place",
    {
      timeout: 60_000,
    },
    async ([, afterMessages, times]) => {
      expect(whole.length).toBeGreaterThan(5 * MESSAGE_ROWS);
      const { lines, struck } = await read(afterMessages, times);
      expect(struck).toBe(times);
      expect(lines).toEqual(whole);
    },
  );
});
