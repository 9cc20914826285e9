import { join } from "node:path";
import { expect, test } from "vitest";
import { compileMetaschema, metaschemaFaults } from "../lint/metaschema-rule";
import { tableFaults } from "../lint/table-rules";
import { PARTITION_OPTIONS, VERSIONED_CONTRACT } from "../testing/built-contracts";
import { render } from "./render";
import { readContracts } from "./schema-file";

test("versions that judge alike share one validator; the newest one's is the contract's own", async () => {
  const files = await render(VERSIONED_CONTRACT);
  const validators = [...files.keys()].filter((path) => path.startsWith("src/generated/validators/"));
  // 1.0.1 changes words only.
  expect(validators.map((path) => path.replace("src/generated/validators/", "")).sort()).toEqual([
    "bronze-check-ins-1-0-0.ts",
    "bronze-check-ins-1-1-0.ts",
    "bronze-check-ins-2-0-0.ts",
    "bronze-check-ins-3-0-0.ts",
    "bronze-check-ins.ts",
  ]);
});

test("each older major has a type of its own, that of its last version", async () => {
  const source = (await render(VERSIONED_CONTRACT)).get("src/generated/bronze-check-ins.ts") ?? "";
  const types = [...source.matchAll(/^export interface (\w+)/gm)].map(([, name]) => name);
  expect(types).toEqual(["BronzeCheckIns", "BronzeCheckInsV1", "BronzeCheckInsV2"]);
  expect(source.slice(source.indexOf("BronzeCheckInsV1"), source.indexOf("BronzeCheckInsV2"))).toContain(
    "mood?: string",
  );
});

test("a table's options stand in its constant and in its README, with the store that has them", async () => {
  const files = await render(PARTITION_OPTIONS);
  const [visits, readme] = ["src/generated/quality-visits.ts", "schemas/quality/visits/README.md"].map((path) =>
    files.get(path),
  );
  expect(visits).toContain("  requirePartitionFilter: true,\n  partitionExpirationDays: 30,\n");
  expect(readme).toContain(
    [
      "- partition: visited_at (DAY)",
      "- in BigQuery a query has to filter by the partition; DuckDB has no such rule",
      "- in BigQuery a partition is dropped 30 days after its end; in DuckDB nothing expires",
      "",
    ].join("\n"),
  );
  expect(files.get("src/generated/semantic-measured-kinds.ts")).not.toContain("artitionFilter");
});

test("the contracts with options keep every rule for tables", () => {
  const contracts = readContracts(PARTITION_OPTIONS);
  const validate = compileMetaschema(join(__dirname, "../.."));
  expect(contracts.map(({ schema }) => schema.title)).toHaveLength(3);
  expect(contracts.flatMap((contract) => metaschemaFaults(validate, contract))).toEqual([]);
  expect(contracts.flatMap((contract) => tableFaults(contract, contracts))).toEqual([]);
});
