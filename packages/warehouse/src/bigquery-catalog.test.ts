import { type TableContract, tableContracts } from "@junoplus/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { metadataOf, tableAt } from "./bigquery-catalog";
import { type BigQueryClient, bigQueryClient } from "./bigquery-client";
import { openBigQuery } from "./bigquery-warehouse";
import { datasetName } from "./dataset-names";
import { IncompatibleTableError, WarehouseOpenError } from "./errors";
import { type BigQueryEmulator, startBigQueryEmulator, withoutBigQueryEmulator } from "./testing/bigquery-emulator";
import { everyType, things } from "./testing/contracts";
import type { Warehouse } from "./warehouse";

describe.skipIf(withoutBigQueryEmulator)("on the emulator (needs Python 3.13)", () => {
  let emulator: BigQueryEmulator;
  let client: BigQueryClient;
  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
    client = bigQueryClient({ project: emulator.project, location: "US" }, emulator.endpoint);
  }, 300_000);
  afterAll(() => emulator?.stop());

  const open = (prefix: string, options: object = {}): Promise<Warehouse> =>
    openBigQuery(`bigquery:${emulator.project}`, { prefix, bigQueryEndpoint: emulator.endpoint, ...options });
  const stored = async (prefix: string, contract: TableContract) =>
    (await metadataOf(tableAt(client, datasetName(prefix, contract.dataset), contract.table))) ?? {};

  test("every contract has its table and all its facts in the API's own words; a second ensure touches nothing", async () => {
    const warehouse = await open("facts");
    await warehouse.ensure(tableContracts);
    const before = await Promise.all(tableContracts.map((contract) => stored("facts", contract)));
    await warehouse.ensure(tableContracts);
    expect(await Promise.all(tableContracts.map((contract) => stored("facts", contract)))).toEqual(before);
    for (const [at, contract] of tableContracts.entries()) {
      const { timePartitioning, requirePartitionFilter, clustering, labels, schema, expirationTime } = before[at] ?? {};
      const { requirePartitionFilter: isFiltered = false, partitionExpirationDays: days } = contract;
      const isTable = contract.kind === "table";
      expect(timePartitioning, contract.table).toEqual(
        contract.partition && {
          type: contract.partition.granularity,
          field: contract.partition.column,
          ...(days !== undefined && { expirationMs: String(days * 24 * 3600 * 1000) }),
        },
      );
      expect(requirePartitionFilter ?? false, contract.table).toBe(isFiltered);
      expect(clustering?.fields ?? [], contract.table).toEqual(isTable ? contract.cluster : []);
      expect(labels, contract.table).toMatchObject({
        managed_by: "medallion",
        layer: contract.layer,
        contract_version: contract.version.replaceAll(".", "-"),
      });
      expect(expirationTime, contract.table).toBeUndefined();
      const { fields } = schema as { fields: readonly { name: string; mode: string; description: string }[] };
      expect(
        fields.map(({ name, mode, description }) => ({ name, mode, description })),
        contract.table,
      ).toEqual(
        contract.columns.map(({ name, mode, description }) => ({
          name,
          mode: isTable || mode === "REPEATED" ? mode : "NULLABLE",
          description,
        })),
      );
      const { columns, labels: _, ...facts } = await warehouse.describe(contract);
      expect(facts).toEqual({
        version: contract.version,
        description: contract.description,
        key: contract.key,
        partition: contract.partition ?? null,
        partitionOptions: { requireFilter: isFiltered, expirationDays: days ?? null },
        cluster: contract.cluster,
      });
    }
  });

  test("a table's label says how sensitive its most sensitive column is", async () => {
    const warehouse = await open("labels");
    const named = { ...things.columns[0], classification: "direct_identifier" } as (typeof things.columns)[0];
    await warehouse.ensure([things, { ...everyType, columns: [named, ...everyType.columns.slice(1)] }]);
    expect((await stored("labels", things)).labels).toMatchObject({ classification: "internal" });
    expect((await stored("labels", everyType)).labels).toMatchObject({ classification: "direct_identifier" });
  });

  test("columns carry the policy tag of their classification where one is given", async () => {
    const tag = "projects/p1/locations/us/taxonomies/1/policyTags/2";
    const tagged = things.columns.map(({ name }) => ({ name, policyTags: { names: [tag] } }));
    const fields = async () => ((await stored("tags", things)).schema as { fields: readonly object[] }).fields;
    await (await open("tags")).ensure([things]);
    expect(await fields()).not.toMatchObject(tagged);
    await (await open("tags", { policyTags: { internal: tag } })).ensure([things]);
    expect(await fields()).toMatchObject(tagged);
    // A run that is told of no tags takes none away.
    await (await open("tags")).ensure([{ ...things, description: "Told otherwise." }]);
    expect(await fields()).toMatchObject(tagged);
  });

  test("another clustering, label or description is what the store says, and ensure mends it", async () => {
    const warehouse = await open("drift");
    await warehouse.ensure([everyType]);
    const table = tableAt(client, "drift_silver", everyType.table);
    await table.setMetadata({ clustering: { fields: ["id"] }, labels: { contract_version: "9" } });
    expect((await warehouse.describe(everyType)).cluster).toEqual(["id"]);
    await warehouse.ensure([everyType]);
    expect((await warehouse.describe(everyType)).cluster).toEqual(everyType.cluster);
    expect((await stored("drift", everyType)).labels).toMatchObject({ contract_version: "1-0-0" });
  });

  test("a table of another program is left alone", async () => {
    await client.api.createDataset("foreign_silver", { location: "US" });
    await tableAt(client, "foreign_silver", things.table).create({
      schema: { fields: [{ name: "id", type: "STRING" }] },
    });
    const warehouse = await open("foreign");
    await expect(warehouse.ensure([things])).rejects.toThrow(/silver_things`:\n {2}was not made by this program/);
    await expect(warehouse.describe(things)).rejects.toThrow(IncompatibleTableError);
  });

  test("datasets are described; what is left in staging expires", async () => {
    await (await open("sets")).ensure([things]);
    const of = async (name: string) => (await client.api.dataset(name).getMetadata())[0];
    expect(await of("sets_silver")).toMatchObject({ location: "US", labels: { layer: "silver" } });
    expect((await of("sets_silver")).defaultTableExpirationMs).toBeUndefined();
    expect(Number((await of("sets_staging")).defaultTableExpirationMs)).toBe(7 * 24 * 3600 * 1000);
  });

  test("a dataset that lies elsewhere is told with its place", async () => {
    await (await open("place")).ensure([things]);
    const elsewhere = await openBigQuery(`bigquery:${emulator.project}/europe-west1`, {
      prefix: "place",
      bigQueryEndpoint: emulator.endpoint,
    });
    await expect(elsewhere.ensure([things])).rejects.toThrow(WarehouseOpenError);
    await expect(elsewhere.ensure([things])).rejects.toThrow(/place_silver lies in US.*Use bigquery:p1\/US/);
  });
});
