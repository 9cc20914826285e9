import { silverMedications } from "@junoplus/contracts";
import type { CatalogFacts } from "@junoplus/warehouse";
import { expect, test } from "vitest";
import { catalogDrift } from "./catalog-drift";

const FACTS: CatalogFacts = {
  version: silverMedications.version,
  description: silverMedications.description,
  key: silverMedications.key,
  partition: silverMedications.partition ?? null,
  cluster: silverMedications.cluster,
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

const [first, ...others] = FACTS.columns;

test.each([
  ["version", { version: "0.9.0" }, 'version is "0.9.0"'],
  ["key", { key: ["user_id"] }, 'key is "user_id"'],
  ["partition", { partition: { column: "valid_from", granularity: "DAY" as const } }, "partition is"],
  ["cluster", { cluster: [] }, 'cluster is ""'],
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
