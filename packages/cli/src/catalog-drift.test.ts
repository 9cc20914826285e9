import { silverMedications } from "@junoplus/contracts";
import { type CatalogFacts, tableLabels } from "@junoplus/warehouse";
import { expect, test } from "vitest";
import { catalogDrift } from "./catalog-drift";

const FACTS: CatalogFacts = {
  version: silverMedications.version,
  description: silverMedications.description,
  key: silverMedications.key,
  partition: silverMedications.partition ?? null,
  partitionOptions: { requireFilter: false, expirationDays: null },
  cluster: silverMedications.cluster,
  labels: tableLabels(silverMedications),
  columns: silverMedications.columns.map(({ name, type, mode, description }) => ({
    name,
    type: mode === "REPEATED" ? `ARRAY<${type}>` : type,
    nullable: mode === "NULLABLE",
    description,
  })),
};

test("a catalog that says what the contract says passes", () => {
  expect(catalogDrift(silverMedications, FACTS)).toMatchObject([{ status: "PASS", blocking: false }]);
});

test("a store without options of partitions passes, whatever the contract asks for", () => {
  const asking = { ...silverMedications, requirePartitionFilter: true, partitionExpirationDays: 30 } as const;
  expect(catalogDrift(asking, { ...FACTS, partitionOptions: null })).toMatchObject([{ status: "PASS" }]);
  const [check] = catalogDrift(asking, FACTS);
  expect(check).toMatchObject({ status: "FAIL", value: 2 });
});

test("labels of others, and a store without labels, pass", () => {
  for (const labels of [null, { ...FACTS.labels, cost_centre: "7" }]) {
    expect(catalogDrift(silverMedications, { ...FACTS, labels })).toMatchObject([{ status: "PASS" }]);
  }
});

const [first, ...others] = FACTS.columns;

test.each([
  ["version", { version: "0.9.0" }, 'version is "0.9.0"'],
  ["key", { key: ["user_id"] }, 'key is "user_id"'],
  ["partition", { partition: { column: "valid_from", granularity: "DAY" as const } }, "partition is"],
  [
    "partition filter",
    { partitionOptions: { requireFilter: true, expirationDays: null } },
    'partition filter is "required" instead of "not required"',
  ],
  [
    "partition expiration",
    { partitionOptions: { requireFilter: false, expirationDays: 60 } },
    'partition expiration is "60 days" instead of "none"',
  ],
  ["cluster", { cluster: [] }, 'cluster is ""'],
  ["label", { labels: { ...FACTS.labels, layer: "gold" } }, 'label layer is "gold" instead of "silver"'],
  ["description", { description: "?" }, "description is"],
  ["a missing column", { columns: others }, "column user_id is missing"],
  [
    "an extra column",
    { columns: [...FACTS.columns, { ...FACTS.columns[0], name: "x" } as never] },
    "column x is in no",
  ],
  ["a type", { columns: [{ ...first, type: "INT64" } as never, ...others] }, "type of user_id"],
  ["nullability", { columns: [{ ...first, nullable: true } as never, ...others] }, "nullability of user_id"],
])("a drifted %s fails and is named", (_what, change, words) => {
  const [check] = catalogDrift(silverMedications, { ...FACTS, ...change });
  expect(check).toMatchObject({ status: "FAIL", blocking: true, value: 1 });
  expect(check?.description).toContain(words);
});
