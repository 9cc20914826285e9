import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TableContract } from "@junoplus/contracts";
import { builtContracts, PARTITION_OPTIONS } from "@junoplus/contracts/testing/built-contracts";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { metadataOf, tableAt } from "./bigquery-catalog";
import { type BigQueryClient, bigQueryClient } from "./bigquery-client";
import { DAY_MS, expiredPartition } from "./bigquery-partition";
import { openBigQuery } from "./bigquery-warehouse";
import { datasetName } from "./dataset-names";
import { openDuckDb } from "./duckdb-warehouse";
import { IncompatibleTableError, StageError } from "./errors";
import { type BigQueryEmulator, startBigQueryEmulator, withoutBigQueryEmulator } from "./testing/bigquery-emulator";
import { column, contractOf } from "./testing/contracts";
import { type FaultProxy, startFaultProxy } from "./testing/fault-proxy";
import { shard, temporaryFolder } from "./testing/shards";
import type { Row, Warehouse } from "./warehouse";

const folder = temporaryFolder();
afterAll(folder.remove);

/** What the generator makes of contracts that ask for the options. */
let measurements: TableContract;
let visits: TableContract;
let measuredKinds: TableContract;
beforeAll(async () => {
  const { tableContracts } = await builtContracts(PARTITION_OPTIONS, join(folder.path, "inner/built"));
  const named = (table: string): TableContract => {
    const found = tableContracts.find((contract) => contract.table === table);
    if (found === undefined) throw new Error(`the fixture has no ${table}`);
    return found;
  };
  [measurements, visits, measuredKinds] = [
    named("silver_measurements"),
    named("quality_visits"),
    named("measured_kinds"),
  ];
}, 300_000);

const MEASURED: readonly Row[] = [
  { measurement_id: "a", kind: "pulse", measured_on: "2024-01-31", level: 60 },
  { measurement_id: "b", kind: "pulse", measured_on: null, level: 61 },
  { measurement_id: "c", kind: "weight", measured_on: "0001-01-01", level: null },
  { measurement_id: "d", kind: "weight", measured_on: "9999-12-31", level: 1 },
];

const rowsOf = async (warehouse: Warehouse, contract: TableContract): Promise<readonly Row[]> => {
  const found: Row[] = [];
  for await (const row of warehouse.read(contract)) found.push(row);
  return found;
};
const publish = async (warehouse: Warehouse, contract: TableContract, rows: readonly object[]): Promise<void> => {
  await warehouse.stage("r1", contract, [shard(folder.path, rows)]);
  await warehouse.publish("r1", [contract]);
};
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().replace("Z", "000Z");

describe.skipIf(withoutBigQueryEmulator)("on the emulator (needs Python 3.13)", () => {
  let emulator: BigQueryEmulator;
  let proxy: FaultProxy;
  let client: BigQueryClient;
  let warehouse: Warehouse;
  let prefix = "";
  let opened = 0;
  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
    proxy = await startFaultProxy(emulator.endpoint);
    client = bigQueryClient({ project: emulator.project, location: "US" }, emulator.endpoint);
  }, 300_000);
  afterAll(async () => {
    await proxy?.stop();
    await emulator?.stop();
  });
  beforeEach(async () => {
    opened += 1;
    prefix = `partitions_${opened}`;
    warehouse = await openBigQuery(`bigquery:${emulator.project}`, { prefix, bigQueryEndpoint: proxy.endpoint });
  });
  afterEach(() => warehouse?.close());

  const table = (contract: TableContract) => tableAt(client, datasetName(prefix, contract.dataset), contract.table);
  const stored = async (contract: TableContract) => {
    const { timePartitioning, requirePartitionFilter } = (await metadataOf(table(contract))) ?? {};
    return { days: Number(timePartitioning?.expirationMs ?? 0) / DAY_MS, isFiltered: requirePartitionFilter ?? false };
  };

  test("a table has the options of its contract, by the API and by describe; a second ensure touches nothing", async () => {
    await warehouse.ensure([measurements, visits]);
    expect(await stored(measurements)).toEqual({ days: 0, isFiltered: true });
    expect(await stored(visits)).toEqual({ days: 30, isFiltered: true });
    const described = [await warehouse.describe(measurements), await warehouse.describe(visits)];
    expect(described.map(({ partitionOptions }) => partitionOptions)).toEqual([
      { requireFilter: true, expirationDays: null },
      { requireFilter: true, expirationDays: 30 },
    ]);
    proxy.takeRequests();
    await warehouse.ensure([measurements, visits]);
    expect(proxy.takeRequests().filter(({ method }) => method !== "GET")).toEqual([]);
  });

  test("the emulator refuses a query without a filter, so that what is read below was read with one", async () => {
    await warehouse.ensure([measurements]);
    const { dataset, id } = table(measurements);
    const bare = `SELECT COUNT(*) AS n FROM \`${dataset.id}\`.\`${id}\``;
    await expect(warehouse.query(bare)).rejects.toThrow(/without a filter over column\(s\) 'measured_on'/);
  });

  test("every row is read, counted, exported and seen through a view, those without a day too", async () => {
    await warehouse.ensure([measurements, measuredKinds]);
    await publish(warehouse, measurements, MEASURED);
    expect(await rowsOf(warehouse, measurements)).toEqual(MEASURED);
    const from = warehouse.tableName(measurements);
    expect(await warehouse.query(`SELECT COUNT(*) AS n FROM ${from} AS each WHERE kind = 'pulse' OR TRUE`)).toEqual([
      { n: 4 },
    ]);
    const path = join(mkdtempSync(join(folder.path, "export-")), "rows.ndjson");
    expect(await warehouse.export(`SELECT * FROM ${from} AS each`, path)).toMatchObject({ rows: 4 });
    expect(readFileSync(path, "utf8").split("\n")).toHaveLength(5);
    // Its readers need no filter: they may not even have the column.
    const kinds = await warehouse.query(`SELECT COUNT(*) AS n FROM ${warehouse.tableName(measuredKinds)}`);
    expect(kinds).toEqual([{ n: 4 }]);
    expect((await rowsOf(warehouse, measuredKinds)).map((row) => row["measurement_id"])).toEqual(["a", "b", "c", "d"]);
  });

  test("a table is replaced whole and in part, its rows without a day too", async () => {
    await warehouse.ensure([measurements]);
    await publish(warehouse, measurements, MEASURED);
    const list = contractOf({ table: "listed", columns: [column("measurement_id", "STRING", "REQUIRED")] });
    await warehouse.stage("r2", list, [shard(folder.path, [{ measurement_id: "b" }, { measurement_id: "c" }])]);
    const [a, b, , d] = MEASURED as [Row, Row, Row, Row];
    await warehouse.stage("r2", measurements, [shard(folder.path, [{ ...b, level: 99 }])]);
    await warehouse.publish("r2", [{ contract: measurements, columns: ["measurement_id"], valuesIn: list }]);
    expect(await rowsOf(warehouse, measurements)).toEqual([a, { ...b, level: 99 }, d]);
    await publish(warehouse, measurements, [b]);
    expect(await rowsOf(warehouse, measurements)).toEqual([b]);
  });

  test("each statement that reads or removes rows of such a table has the filter: of one that removes, the emulator does not ask it", async () => {
    // What the tests before this one sent.
    proxy.takeRequests();
    await warehouse.ensure([measurements, measuredKinds]);
    await publish(warehouse, measurements, MEASURED);
    const list = contractOf({ table: "listed", columns: [column("measurement_id", "STRING", "REQUIRED")] });
    await warehouse.stage("r2", list, [shard(folder.path, [{ measurement_id: "b" }])]);
    await warehouse.stage("r2", measurements, []);
    await warehouse.publish("r2", [{ contract: measurements, columns: ["measurement_id"], valuesIn: list }]);
    await rowsOf(warehouse, measurements);
    const statements = proxy
      .takeRequests()
      .filter(({ method, path }) => method === "POST" && /^\/bigquery\/.*\/jobs/.test(path))
      .flatMap(
        ({ body }) => (JSON.parse(body) as { configuration: { query: { query: string } } }).configuration.query.query,
      )
      .flatMap((query) => query.split(";\n"));
    const naming = statements.filter((sql) => /(FROM|JOIN|TABLE) `p1`\.`\w+`\.`silver_measurements`/.test(sql));
    expect(naming.map((sql) => sql.split(" ")[0]).sort()).toEqual(["CREATE", "DELETE", "DELETE", "SELECT"]);
    for (const sql of naming) {
      expect(sql).toMatch(/WHERE \((kept\.)?`measured_on` IS NULL OR (kept\.)?`measured_on` IS NOT NULL\)/);
    }
  });

  test("a filter that another hand demands is told, does not keep the rows from being read, and goes with the next ensure", async () => {
    const { requirePartitionFilter: _, ...free } = measurements;
    await warehouse.ensure([free]);
    await publish(warehouse, free, MEASURED);
    await table(free).setMetadata({ requirePartitionFilter: true });
    const reader = await openBigQuery(warehouse.url, { prefix, bigQueryEndpoint: emulator.endpoint, readOnly: true });
    expect((await reader.describe(free)).partitionOptions).toMatchObject({ requireFilter: true });
    expect(await reader.query(`SELECT COUNT(*) AS n FROM ${reader.tableName(free)}`)).toEqual([{ n: 4 }]);
    await reader.close();
    await warehouse.ensure([free]);
    expect(await stored(free)).toMatchObject({ isFiltered: false });
  });

  test("a filter that another hand took away comes back", async () => {
    await warehouse.ensure([measurements]);
    await table(measurements).setMetadata({ requirePartitionFilter: false });
    await warehouse.ensure([measurements]);
    expect(await stored(measurements)).toMatchObject({ isFiltered: true });
  });

  test("a table whose readers know no filter does not get one, and one that has one loses it", async () => {
    const { requirePartitionFilter: _, ...free } = measurements;
    await warehouse.ensure([free]);
    const refused = warehouse.ensure([measurements]);
    await expect(refused).rejects.toThrow(IncompatibleTableError);
    await expect(refused).rejects.toThrow(/silver_measurements`:\n {2}partition filter: queries need none/);
    expect(await stored(free)).toMatchObject({ isFiltered: false });
    await table(free).setMetadata({ requirePartitionFilter: true });
    await warehouse.ensure([measurements]);
    await warehouse.ensure([free]);
    expect(await stored(free)).toMatchObject({ isFiltered: false });
  });

  const keeping = (days?: number): TableContract => {
    const { partitionExpirationDays: _, ...always } = visits;
    return days === undefined ? always : { ...always, partitionExpirationDays: days };
  };

  test("partitions that stay longer, or for ever, are let stay; the partition itself is not touched", async () => {
    await warehouse.ensure([visits]);
    await publish(warehouse, visits, [{ visit_id: "a", visited_at: daysAgo(1) }]);
    for (const [contract, days] of [
      [keeping(31), 31],
      [keeping(), 0],
    ] as const) {
      await warehouse.ensure([contract]);
      expect(await stored(contract)).toEqual({ days, isFiltered: true });
      expect((await warehouse.describe(contract)).partition).toEqual(visits.partition);
    }
    expect(await rowsOf(warehouse, keeping())).toHaveLength(1);
  });

  test.each([
    ["none", undefined],
    ["31 days", 31],
  ])(
    "a shorter expiration than %s is refused where there are rows, and set where there are none",
    async (found, days) => {
      await warehouse.ensure([keeping(days)]);
      await warehouse.ensure([visits]);
      expect(await stored(visits)).toMatchObject({ days: 30 });
      await warehouse.ensure([keeping(days)]);
      await publish(warehouse, keeping(days), [{ visit_id: "a", visited_at: daysAgo(1) }]);
      const refused = warehouse.ensure([visits]);
      await expect(refused).rejects.toThrow(IncompatibleTableError);
      await expect(refused).rejects.toThrow(new RegExp(`partition expiration: is ${found}, the contract says 30 days`));
      expect(await stored(visits)).toMatchObject({ days: days ?? 0 });
    },
  );

  test("what would be dropped at once is not staged, and told by file and line, without its value", async () => {
    await warehouse.ensure([visits]);
    const path = shard(folder.path, [
      { visit_id: "a", visited_at: daysAgo(29) },
      { visit_id: "secret", visited_at: daysAgo(32) },
    ]);
    const refused = warehouse.stage("r1", visits, [path]);
    await expect(refused).rejects.toThrow(StageError);
    await expect(refused).rejects.toThrow(`${path}, line 2: visited_at lies before `);
    await expect(refused).rejects.toThrow(/its partition has expired \(partitionExpirationDays 30\)/);
    await expect(refused).rejects.not.toThrow(/secret/);
    expect(await warehouse.abandonedRuns()).toEqual([]);
  });
});

test("DuckDB has neither option: it says so, takes a query without a filter, and keeps every row", async () => {
  const warehouse = await openDuckDb("duckdb::memory:");
  try {
    await warehouse.ensure([measurements, visits]);
    await publish(warehouse, visits, [{ visit_id: "a", visited_at: daysAgo(400) }]);
    expect(await warehouse.query(`SELECT COUNT(*) AS n FROM ${warehouse.tableName(visits)}`)).toEqual([{ n: 1 }]);
    expect(await warehouse.describe(visits)).toMatchObject({ partition: visits.partition, partitionOptions: null });
    // What another store does is no fault of a table here.
    const { requirePartitionFilter: _, partitionExpirationDays: __, ...plain } = visits;
    await warehouse.ensure([plain]);
    await warehouse.ensure([{ ...visits, partitionExpirationDays: 1 }]);
    expect(await rowsOf(warehouse, visits)).toHaveLength(1);
  } finally {
    await warehouse.close();
  }
});

describe("a partition expires so many days after its end", () => {
  const expiring = (granularity: "DAY" | "MONTH", days: number): TableContract =>
    contractOf({
      partition: { column: "day", granularity },
      partitionExpirationDays: days,
      columns: [column("id", "STRING", "REQUIRED"), column("day", "DATE", "REQUIRED")],
    });
  const isExpired = (contract: TableContract, now: string, day: string | null): boolean =>
    expiredPartition(contract, new Date(now))(new Map([["day", day]])) !== null;

  test.each([
    // The second of March ends as the third begins, a day before this instant.
    ["DAY", 1, "2024-03-04T00:00:00.000Z", "2024-03-02", true],
    ["DAY", 1, "2024-03-03T23:59:59.999Z", "2024-03-02", false],
    ["DAY", 1, "2024-03-04T00:00:00.000Z", "2024-03-03", false],
    ["MONTH", 10, "2024-03-11T00:00:00.000Z", "2024-02-29", true],
    ["MONTH", 10, "2024-03-10T23:59:59.999Z", "2024-02-01", false],
    ["MONTH", 10, "2024-03-11T00:00:00.000Z", "2024-03-01", false],
  ] as const)("%s, %i days, at %s: %s expired: %s", (granularity, days, now, day, expected) => {
    expect(isExpired(expiring(granularity, days), now, day)).toBe(expected);
  });

  test("as the end of its partition says, whatever the day, the instant and the days", () => {
    const instants = fc.date({ min: new Date("1971-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
    const granularities = fc.constantFrom("DAY" as const, "MONTH" as const);
    fc.assert(
      fc.property(
        instants,
        instants,
        fc.integer({ min: 1, max: 5000 }),
        granularities,
        (now, at, days, granularity) => {
          const day = at.toISOString().slice(0, 10);
          const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
          const end = granularity === "DAY" ? Date.UTC(year, month, at.getUTCDate() + 1) : Date.UTC(year, month + 1, 1);
          const expected = end + days * DAY_MS <= now.getTime();
          expect(isExpired(expiring(granularity, days), now.toISOString(), day)).toBe(expected);
        },
      ),
    );
  });

  test("what has no day, and a table without expiration, expires never", () => {
    expect(isExpired(expiring("DAY", 1), "2024-01-01T00:00:00.000Z", null)).toBe(false);
    const { partitionExpirationDays: _, ...always } = expiring("DAY", 1);
    expect(isExpired(always, "2024-01-01T00:00:00.000Z", "0001-01-01")).toBe(false);
  });
});
