import type { TableField, TableMetadata } from "@google-cloud/bigquery";
import { BY_SENSITIVITY, type Classification, type Column, type TableContract } from "@junoplus/contracts";
import { expirationMs, filteredColumn } from "./bigquery-partition";
import { describedTableText, tableFacts } from "./table-facts";

/** Full names of the policy tags that guard columns, `projects/P/locations/L/taxonomies/T/policyTags/N`, by classification. */
export type PolicyTags = Readonly<Partial<Record<Classification, string>>>;

/** A column as the API has it. */
export function tableField(column: Column, policyTags: PolicyTags): TableField {
  const tag = policyTags[column.classification];
  return {
    name: column.name,
    type: column.type,
    mode: column.mode,
    description: column.description,
    ...(tag === undefined ? {} : { policyTags: { names: [tag] } }),
  };
}

/** The columns of a staging table: every one takes NULL, so that the audit reports it and not the load. */
export function stagingFields(columns: readonly Column[]): TableField[] {
  return columns.map(({ name, type, mode }) => ({ name, type, mode: mode === "REPEATED" ? mode : "NULLABLE" }));
}

/** How a table is created. */
export function tableCreation(contract: TableContract, policyTags: PolicyTags): TableMetadata {
  const { partition, partitionExpirationDays: days } = contract;
  return {
    schema: { fields: contract.columns.map((column) => tableField(column, policyTags)) },
    description: describedTableText({ description: contract.description, facts: tableFacts(contract) }),
    labels: { ...tableLabels(contract) },
    ...(partition === undefined
      ? {}
      : {
          timePartitioning: {
            type: partition.granularity,
            field: partition.column,
            ...(days === undefined ? {} : { expirationMs: expirationMs(days) }),
          },
        }),
    ...(filteredColumn(contract) === null ? {} : { requirePartitionFilter: true }),
    ...(contract.cluster.length === 0 ? {} : { clustering: { fields: [...contract.cluster] } }),
  };
}

/** Labels of a table or view: whose it is, and the most sensitive of its columns. Labels take no dots and no capitals. */
export function tableLabels(contract: TableContract): Readonly<Record<string, string>> {
  const classification = BY_SENSITIVITY.findLast((level) =>
    contract.columns.some((column) => column.classification === level),
  );
  return {
    managed_by: "medallion",
    layer: contract.layer,
    contract_version: contract.version.replaceAll(".", "-"),
    ...(classification === undefined ? {} : { classification }),
  };
}
