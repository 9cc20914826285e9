import type { TableField } from "@google-cloud/bigquery";
import type { Column, TableContract } from "@junoplus/contracts";
import type { StoredTable } from "./bigquery-catalog";
import { expirationMs, filteredColumn } from "./bigquery-partition";
import { type PolicyTags, tableField, tableLabels } from "./bigquery-schema";
import { describedTable, describedTableText, type TableFacts, tableFacts } from "./table-facts";
import { shapeFaults } from "./table-shape";

/** What it takes to bring a table to its contract. */
export type Evolution =
  | { readonly kind: "none" }
  | { readonly kind: "create" }
  /** An empty table gets a REQUIRED column: BigQuery adds none, so the table is made anew. */
  | { readonly kind: "recreate" }
  | { readonly kind: "patch"; readonly etag: string; readonly patch: TablePatch }
  | { readonly kind: "refuse"; readonly faults: readonly string[] };

/** What is written over the catalog's own. */
export interface TablePatch {
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly schema: { readonly fields: readonly TableField[] };
  readonly clustering: { readonly fields: readonly string[] } | null;
  /** Only where the table has another. */
  readonly requirePartitionFilter?: boolean;
  readonly timePartitioning?: { readonly type: string; readonly field: string; readonly expirationMs: string | null };
}

/** How a table evolves additively; `none` when it keeps its contract already. */
export function tableEvolution(contract: TableContract, stored: StoredTable | null, policyTags: PolicyTags): Evolution {
  if (stored === null) return { kind: "create" };
  if (stored.kind === "view") return { kind: "refuse", faults: ["is a view, the contract says table"] };
  const described = describedTable(stored.description);
  if (described === null) {
    const fault = "was not made by this program (it carries no contract): drop or rename it, or use another prefix";
    return { kind: "refuse", faults: [fault] };
  }
  const { key } = described.facts;
  const faults = [...shapeFaults(contract, { ...stored, key }), ...optionFaults(contract, stored, described.facts)];
  if (faults.length > 0) return { kind: "refuse", faults };

  const known = new Set(stored.columns.map(({ name }) => name));
  const added = contract.columns.filter(({ name }) => !known.has(name));
  if (added.some(({ mode }) => mode === "REQUIRED")) return { kind: "recreate" };
  const byName = new Map(contract.columns.map((column) => [column.name, column]));
  const columns = [...stored.columns.flatMap(({ name }) => byName.get(name) ?? []), ...added];
  const patch: TablePatch = {
    description: describedTableText({ description: contract.description, facts: tableFacts(contract) }),
    labels: { ...stored.labels, ...tableLabels(contract) },
    schema: { fields: columns.map((column) => evolvedField(column, stored, policyTags)) },
    clustering: contract.cluster.length === 0 ? null : { fields: contract.cluster },
    ...partitionPatch(contract, stored),
  };
  return keeps(contract, stored, patch) ? { kind: "none" } : { kind: "patch", etag: stored.etag, patch };
}

/**
 * What of the partition's options cannot be had without breaking readers or dropping rows. A filter that somebody took from
 * a table which had to have it comes back: its readers know it. An expiration does not: rows may be kept by intent.
 */
function optionFaults(contract: TableContract, stored: StoredTable, facts: TableFacts): readonly string[] {
  const { requirePartitionFilter, partitionExpirationDays: days } = contract;
  const { partitionExpirationDays: found, hasRows } = stored;
  const isNewFilter =
    requirePartitionFilter === true && !stored.requirePartitionFilter && facts.requirePartitionFilter !== true;
  const isShorter = days !== undefined && (found === null || days < found);
  return [
    ...(isNewFilter
      ? ["partition filter: queries need none, and the contract would have them refused without one"]
      : []),
    ...(isShorter && hasRows
      ? [
          `partition expiration: is ${found === null ? "none" : `${found} days`}, the contract says ${days} days, and ` +
            "BigQuery would drop the rows of older partitions at once; where they may go, set it by hand: " +
            `ALTER TABLE … SET OPTIONS (partition_expiration_days = ${days})`,
        ]
      : []),
  ];
}

function partitionPatch(
  contract: TableContract,
  stored: StoredTable,
): Pick<TablePatch, "requirePartitionFilter" | "timePartitioning"> {
  const { partition, partitionExpirationDays: days = null } = contract;
  const isFiltered = filteredColumn(contract) !== null;
  return {
    ...(isFiltered === stored.requirePartitionFilter ? {} : { requirePartitionFilter: isFiltered }),
    ...(partition === undefined || days === stored.partitionExpirationDays
      ? {}
      : {
          timePartitioning: {
            type: partition.granularity,
            field: partition.column,
            expirationMs: days === null ? null : expirationMs(days),
          },
        }),
  };
}

/** A column with its policy tag; what another hand has tagged stays so where we have no tag for it. */
function evolvedField(column: Column, { policyTags: theirs }: StoredTable, ours: PolicyTags): TableField {
  const names = theirs.get(column.name);
  const field = tableField(column, ours);
  return names === undefined || field.policyTags !== undefined
    ? field
    : { ...field, policyTags: { names: [...names] } };
}

function keeps(contract: TableContract, stored: StoredTable, patch: TablePatch): boolean {
  const byName = new Map(stored.columns.map((column) => [column.name, column]));
  return (
    stored.description === patch.description &&
    stored.cluster.join() === contract.cluster.join() &&
    patch.requirePartitionFilter === undefined &&
    patch.timePartitioning === undefined &&
    Object.entries(patch.labels).every(([name, value]) => stored.labels[name] === value) &&
    contract.columns.every(({ name, mode, description }) => {
      const found = byName.get(name);
      return found?.description === description && found.nullable === (mode === "NULLABLE");
    }) &&
    patch.schema.fields.every(
      ({ name = "", policyTags }) => policyTags?.names?.join() === stored.policyTags.get(name)?.join(),
    )
  );
}
