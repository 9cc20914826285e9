import type { Classification, Layer } from "../contract";
import { BY_SENSITIVITY } from "../privacy";
import { type ContractFolder, LAYERS, type PropertySchema } from "./schema-file";

/** What Terraform knows of the contracts: each dataset with the most sensitive classification of its columns, and the ledger. */
export function datasetFacts(contracts: readonly ContractFolder[]): string {
  const datasets = LAYERS.flatMap((dataset) => {
    const inside = contracts.filter(({ schema }) => schema.warehouse?.dataset === dataset);
    return inside.length === 0 ? [] : [[dataset, factsOf(dataset, inside)] as const];
  });
  const facts = {
    generated_by: "npm run generate, from packages/contracts/schemas. Do not edit.",
    classifications: BY_SENSITIVITY,
    datasets: Object.fromEntries(datasets),
  };
  return `${JSON.stringify(facts, null, 2)}\n`;
}

function factsOf(dataset: Layer, contracts: readonly ContractFolder[]): Readonly<Record<string, unknown>> {
  const found = new Set(contracts.flatMap(({ schema }) => classificationsBelow(schema)));
  const names = (kind: "table" | "view"): readonly string[] =>
    contracts.filter(({ schema }) => schema.warehouse?.kind === kind).map(({ schema }) => schema.title);
  return {
    // The names of `datasetName` in packages/warehouse: bronze is the prefix alone.
    suffix: dataset === "bronze" ? "" : `_${dataset}`,
    classification: BY_SENSITIVITY.findLast((classification) => found.has(classification)),
    tables: names("table"),
    views: names("view"),
  };
}

function classificationsBelow({ classification, properties, items }: PropertySchema): readonly Classification[] {
  const children = [...Object.values(properties ?? {}), ...(items === undefined ? [] : [items])];
  return [...(classification === undefined ? [] : [classification]), ...children.flatMap(classificationsBelow)];
}
