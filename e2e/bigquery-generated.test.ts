import { join } from "node:path";
import { writeChangelog } from "@junoplus/bronze-ingest/testing/changelog-generator";
import { runs, type TableContract, tableContracts } from "@junoplus/contracts";
import { openWarehouse, type Row, type Warehouse, type WarehouseOptions } from "@junoplus/warehouse";
import { bigQueryClient } from "@junoplus/warehouse/bigquery-client";
import {
  type BigQueryEmulator,
  startBigQueryEmulator,
  withoutBigQueryEmulator,
} from "@junoplus/warehouse/testing/bigquery-emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXTENSION_COLUMNS, loadChangelogs, type TableLayout } from "./testing/changelog-dataset";
import { medallion } from "./testing/cli";
import { rowsOf } from "./testing/published-tables";
import { tableDifferences } from "./testing/table-differences";
import { tempDirectory } from "./testing/temp-directory";

const CHANGES = 200_000;
const WITHOUT_PATH_PARAMS = "medications_data";
const directory = tempDirectory();
const log = join(directory, "log");
const FILES = `duckdb:${join(directory, "files.duckdb")}`;
const FROM_BIGQUERY = `duckdb:${join(directory, "from-bigquery.duckdb")}`;

/** What no two runs have alike: whose it is, when it was, where it read from. */
const OF_THE_RUN = { run_id: "", checked_at: "", started_at: "", source: "" };

/** A row without that, without ages counted from the clock, and without the column that one change log does not have. */
function compared(row: Row): Row {
  return {
    ...row,
    ...OF_THE_RUN,
    ...("hours_stale" in row && { hours_stale: null }),
    ...(row["metric_name"] === "hours_stale" && { metric_value: null, description: null }),
    ...(row["table_name"] === WITHOUT_PATH_PARAMS && "change" in row && { change: withoutPathParams(row["change"]) }),
  };
}

function withoutPathParams(change: unknown): string {
  const { path_params: _, ...others } = JSON.parse(String(change)) as Record<string, unknown>;
  return JSON.stringify(others);
}

/** Each collection's table in a layout of its own: one is partitioned and demands a filter, one is as an old extension made it. */
function layout(prefix: string): TableLayout {
  switch (prefix) {
    case "therapy_sessions_data":
      return {
        metadata: {
          timePartitioning: { type: "DAY", field: "timestamp", requirePartitionFilter: true },
          clustering: { fields: ["document_id"] },
        },
      };
    case WITHOUT_PATH_PARAMS:
      return { columns: EXTENSION_COLUMNS.filter(({ name }) => name !== "path_params") };
    default:
      return {};
  }
}

describe.skipIf(withoutBigQueryEmulator)("200,000 generated changes (an emulator, needs Python 3.13)", () => {
  let emulator: BigQueryEmulator;
  const opened: Warehouse[] = [];
  let files: Warehouse;
  let inBigQuery: Warehouse;
  let fromBigQuery: Warehouse;

  const run = async (source: string, warehouse: string): Promise<void> => {
    const env = { BIGQUERY_EMULATOR_HOST: emulator.endpoint, BIGQUERY_STORAGE_EMULATOR_HOST: emulator.grpcEndpoint };
    const args = ["run", "--source", source, "--warehouse", warehouse, "--as-of", "2025-01-01"];
    const { code, stderr } = await medallion(args, { env });
    expect(code, stderr).toBe(0);
  };
  const open = async (url: string, options: WarehouseOptions = {}): Promise<Warehouse> => {
    const warehouse = await openWarehouse(url, { readOnly: true, ...options });
    opened.push(warehouse);
    return warehouse;
  };

  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
    await writeChangelog(log, { changes: CHANGES, seed: 23, filesPerCollection: 2 });
    const { api } = bigQueryClient({ project: emulator.project, location: "US" }, emulator.endpoint);
    await Promise.all([run(log, FILES), loadChangelogs(api, "logs", { directory: log, scratch: directory }, layout)]);
    await Promise.all([run(log, `bigquery:${emulator.project}`), run("bigquery:p1.logs", FROM_BIGQUERY)]);
    files = await open(FILES);
    inBigQuery = await open(`bigquery:${emulator.project}`, { bigQueryEndpoint: emulator.endpoint });
    fromBigQuery = await open(FROM_BIGQUERY);
  }, 900_000);
  afterAll(async () => {
    for (const warehouse of opened) await warehouse.close();
    await emulator?.stop();
  });

  /** Rows that both have, when they have the same in every cell. */
  const equalRows = async (contract: TableContract, other: Warehouse): Promise<number> => {
    const { rows, differing, told } = await tableDifferences(contract, [files, other], compared);
    expect({ differing, told }).toEqual({ differing: 0, told: [] });
    return rows;
  };

  const stores: readonly [string, () => Warehouse][] = [
    ["BigQuery as warehouse", () => inBigQuery],
    ["BigQuery as source", () => fromBigQuery],
  ];
  describe.each(stores)("%s", (_name, other) => {
    // Nobody asked for a state, so none is left; e2e/bigquery-both-ends.test.ts compares it.
    const published = tableContracts.filter(({ layer }) => layer !== "state");
    test.each(published.map((contract) => [contract.table, contract] as const))(
      "%s: every cell is the one that files and DuckDB give",
      async (_table, contract) => {
        expect(await equalRows(contract, other())).toBeGreaterThan(0);
      },
    );
  });

  test("the ledger has read every change", async () => {
    const { runs: rows = [] } = await rowsOf(FILES, [runs]);
    const read = new Map(rows.map((row) => [row["changelog"], Number(row["changes_read"] ?? 0)]));
    expect([...read.values()].reduce((sum, changes) => sum + changes, 0)).toBe(CHANGES);
  });
});
