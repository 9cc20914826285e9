import { expect, test } from "vitest";
import { datasetFacts } from "./datasets";
import type { ContractFolder, PropertySchema } from "./schema-file";

function table(name: string, properties: Readonly<Record<string, PropertySchema>>): ContractFolder {
  return {
    layer: "gold",
    name,
    path: `schemas/gold/${name}`,
    version: "1.0.0",
    schema: {
      $id: `urn:junoplus:contract:gold:${name}:1.0.0`,
      title: name,
      description: name,
      properties,
      warehouse: { dataset: "gold", kind: "table", write: "replace", key: ["id"] },
    },
  };
}

function goldOf(...contracts: readonly ContractFolder[]): Record<string, unknown> {
  const { datasets } = JSON.parse(datasetFacts(contracts)) as { datasets: Record<string, Record<string, unknown>> };
  return datasets["gold"] ?? {};
}

const id = { classification: "internal" } as const;

test("one sensitive column decides for its whole dataset", () => {
  const plain = table("plain", { id });
  const sensitive = table("sensitive", { id, email: { classification: "direct_identifier" } });
  expect(goldOf(plain)).toMatchObject({ classification: "internal", tables: ["plain"] });
  expect(goldOf(plain, sensitive, plain)).toMatchObject({ classification: "direct_identifier" });
});

test("a column of an array's entries counts as any other", () => {
  const nested = { type: "array", items: { properties: { pain: { classification: "health" } } } } as PropertySchema;
  expect(goldOf(table("nested", { id, nested }))).toMatchObject({ classification: "health" });
});

test("a dataset that no table lies in is not made", () => {
  expect(Object.keys((JSON.parse(datasetFacts([table("plain", { id })])) as { datasets: object }).datasets)).toEqual([
    "gold",
  ]);
});
