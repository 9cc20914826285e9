import type { TableContract } from "@junoplus/contracts";
import type { CheckResult } from "@junoplus/quality";
import { type CatalogFacts, tableLabels } from "@junoplus/warehouse";

/** Where the store's own catalog differs from a contract: one check a table, all differences named. */
export function catalogDrift(contract: TableContract, facts: CatalogFacts): readonly CheckResult[] {
  const differences = [
    ...difference("version", facts.version, contract.version),
    ...difference("description", facts.description, contract.description),
    ...difference("key", facts.key.join(", "), contract.key.join(", ")),
    ...difference("partition", partition(facts.partition), partition(contract.partition ?? null)),
    ...optionDifferences(contract, facts),
    ...difference("cluster", facts.cluster.join(", "), contract.cluster.join(", ")),
    ...labelDifferences(contract, facts),
    ...columnDifferences(contract, facts),
  ];
  return [
    {
      table: contract.table,
      metric: "catalog_follows_contract",
      category: "consistency",
      value: differences.length,
      threshold: 0,
      status: differences.length === 0 ? "PASS" : "FAIL",
      description:
        differences.length === 0
          ? "the catalog says what the contract says"
          : `the catalog differs from contract ${contract.version}: ${differences.join("; ")}`,
      blocking: differences.length > 0,
    },
  ];
}

function difference(what: string, found: string, expected: string): readonly string[] {
  return found === expected ? [] : [`${what} is "${found}" instead of "${expected}"`];
}

/** Labels of others, a cost centre for example, are theirs. */
function labelDifferences(contract: TableContract, { labels }: CatalogFacts): readonly string[] {
  if (labels === null) return [];
  return Object.entries(tableLabels(contract)).flatMap(([name, value]) =>
    difference(`label ${name}`, labels[name] ?? "", value),
  );
}

/** A store that has no such options differs in none. */
function optionDifferences(contract: TableContract, { partitionOptions }: CatalogFacts): readonly string[] {
  if (partitionOptions === null) return [];
  const { requireFilter, expirationDays } = partitionOptions;
  const filter = (isRequired: boolean): string => (isRequired ? "required" : "not required");
  const days = (value: number | null): string => (value === null ? "none" : `${value} days`);
  return [
    ...difference("partition filter", filter(requireFilter), filter(contract.requirePartitionFilter === true)),
    ...difference("partition expiration", days(expirationDays), days(contract.partitionExpirationDays ?? null)),
  ];
}

function partition(value: { readonly column: string; readonly granularity: string } | null): string {
  return value === null ? "none" : `${value.column} (${value.granularity})`;
}

function columnDifferences(contract: TableContract, facts: CatalogFacts): readonly string[] {
  const found = new Map(facts.columns.map((column) => [column.name, column]));
  const expected = new Set(contract.columns.map(({ name }) => name));
  const extra = facts.columns
    .filter(({ name }) => !expected.has(name))
    .map(({ name }) => `column ${name} is in no contract`);
  return [
    ...extra,
    ...contract.columns.flatMap((column) => {
      const there = found.get(column.name);
      if (there === undefined) return [`column ${column.name} is missing`];
      const type = column.mode === "REPEATED" ? `ARRAY<${column.type}>` : column.type;
      return [
        ...difference(`type of ${column.name}`, there.type, type),
        // A view's columns have no constraints of their own.
        ...(contract.kind === "view"
          ? []
          : difference(`nullability of ${column.name}`, String(there.nullable), String(column.mode === "NULLABLE"))),
        ...difference(`description of ${column.name}`, there.description, column.description),
      ];
    }),
  ];
}
