import type { Table, TableMetadata } from "@google-cloud/bigquery";
import type { BigQueryClient } from "./bigquery-client";
import { change } from "./bigquery-dry-run";
import { isConflict, isNotFound } from "./bigquery-fault";
import { DAY_MS } from "./bigquery-partition";
import { contractTypeOf } from "./bigquery-sql";
import type { CatalogFacts } from "./warehouse";

/** A table or view as BigQuery's catalog has it. */
export interface StoredTable {
  readonly kind: "table" | "view";
  readonly description: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly partition: CatalogFacts["partition"];
  readonly requirePartitionFilter: boolean;
  /** Null where no partition is dropped. */
  readonly partitionExpirationDays: number | null;
  readonly cluster: readonly string[];
  readonly columns: CatalogFacts["columns"];
  /** Policy tags by column, of those that have some. */
  readonly policyTags: ReadonlyMap<string, readonly string[]>;
  readonly hasRows: boolean;
  /** Of this state of the table: a change made with it fails where somebody else came first. */
  readonly etag: string;
}

/** A handle on a table, there or not. */
export function tableAt(client: BigQueryClient, dataset: string, table: string): Table {
  const { location } = client;
  return client.api.dataset(dataset, { location }).table(table, { location });
}

/** What the catalog says of a table or view; null when there is none. */
export async function storedTable(client: BigQueryClient, dataset: string, table: string): Promise<StoredTable | null> {
  const metadata = await metadataOf(tableAt(client, dataset, table));
  if (metadata === null) return null;
  const { timePartitioning, clustering, schema, numRows, view } = metadata;
  return {
    kind: view === undefined ? "table" : "view",
    description: metadata.description ?? null,
    labels: metadata.labels ?? {},
    partition: timePartitioning === undefined ? null : partitionOf(timePartitioning),
    // The second is how the API said it in older days, and still does.
    requirePartitionFilter: metadata.requirePartitionFilter ?? timePartitioning?.requirePartitionFilter ?? false,
    partitionExpirationDays:
      timePartitioning?.expirationMs === undefined ? null : Number(timePartitioning.expirationMs) / DAY_MS,
    cluster: clustering?.fields ?? [],
    columns: fieldsOf(schema).map(({ name = "", type = "", mode = "", description = "" }) => ({
      name,
      type: contractTypeOf({ type, mode }),
      nullable: mode !== "REQUIRED" && mode !== "REPEATED",
      description,
    })),
    policyTags: new Map(
      fieldsOf(schema).flatMap(({ name = "", policyTags }) =>
        policyTags?.names?.length ? [[name, policyTags.names] as const] : [],
      ),
    ),
    hasRows: Number(numRows ?? 0) > 0,
    etag: metadata.etag ?? "",
  };
}

/** The tables of a dataset with their labels; none when the dataset is not there. */
export async function tablesIn(
  client: BigQueryClient,
  dataset: string,
): Promise<readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[]> {
  try {
    const [tables] = await client.api.dataset(dataset).getTables();
    return tables.map(({ id, metadata }) => ({ name: id ?? "", labels: metadata.labels ?? {} }));
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

/** The API's own description of a table; null when there is none. */
export async function metadataOf(table: Table): Promise<TableMetadata | null> {
  try {
    const [metadata] = (await table.getMetadata()) as [TableMetadata, unknown];
    return metadata;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** Creates a table; one that is there already is left as it is, and false is given. */
export async function createIfMissing(client: BigQueryClient, table: Table, metadata: TableMetadata): Promise<boolean> {
  try {
    await change(client, { call: "tables.insert", target: nameOf(table) }, () => table.create(metadata));
    return true;
  } catch (error) {
    if (!isConflict(error)) throw error;
    return false;
  }
}

/** Changes facts of a table, and gives what the catalog says then; null in a dry run. */
export async function patchTable(
  client: BigQueryClient,
  table: Table,
  metadata: TableMetadata,
): Promise<TableMetadata | null> {
  const patched = await change(client, { call: "tables.patch", target: nameOf(table) }, () =>
    table.setMetadata(metadata),
  );
  return patched === null ? null : patched[0];
}

/** Drops a table; one that is not there is no fault. */
export async function dropTable(client: BigQueryClient, table: Table): Promise<void> {
  try {
    const deletion = { call: "tables.delete", target: nameOf(table), only: "where it is there" } as const;
    await change(client, deletion, () => table.delete());
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function nameOf(table: Table): string {
  return `${table.dataset.id}.${table.id}`;
}

function fieldsOf(schema: TableMetadata["schema"]): readonly {
  readonly name?: string;
  readonly type?: string;
  readonly mode?: string;
  readonly description?: string;
  readonly policyTags?: { readonly names?: readonly string[] };
}[] {
  return typeof schema === "object" && "fields" in schema ? (schema.fields ?? []) : [];
}

function partitionOf({ field, type }: NonNullable<TableMetadata["timePartitioning"]>): CatalogFacts["partition"] {
  // Other granularities are somebody else's; they differ from every contract, and are told as they are.
  return { column: field ?? "_PARTITIONTIME", granularity: type as "DAY" | "MONTH" };
}
