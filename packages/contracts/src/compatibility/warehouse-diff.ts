import type { Column, ColumnType } from "../contract";
import { columnsOf } from "../generate/columns";
import type { ContractFolder, WarehouseBlock } from "../generate/schema-file";
import { same } from "./schema";

/** What a table's change means for the tables that are there. Nothing is ever dropped. */
export interface WarehouseDiff {
  readonly bigQuery: readonly string[];
  readonly duckDb: readonly string[];
  /** What no statement does in place: which, and what to do instead. */
  readonly notInPlace: readonly string[];
}

/** The statements that a row table's change implies; none for a change log, which the extension writes. */
export function warehouseDiff(before: ContractFolder, after: ContractFolder, prefix: string): WarehouseDiff {
  const [old, now] = [before.schema.warehouse, after.schema.warehouse];
  if (old === undefined || now === undefined) return NOTHING;
  const [oldColumns, nowColumns] = [byName(before), byName(after)];
  const names = tableNames(after, now, prefix);
  if (old.kind === "view" && now.kind === "view") return viewDiff(before, after, names);
  const pairs = [...oldColumns].map(([name, column]) => ({ name, column, now: nowColumns.get(name) }));
  return merged([
    { ...NOTHING, notInPlace: tableFacts(before, after, old, now) },
    ...pairs.map(({ name, column, now: next }) => (next === undefined ? gone(name) : changed(column, next, names))),
    ...[...nowColumns.values()].filter(({ name }) => !oldColumns.has(name)).map((column) => added(column, names)),
    partitionFilter(old, now, names),
    partitionExpiration(old, now, names),
    clustering(old, now, names),
    tableDescription(before, after, names),
  ]);
}

const NOTHING: WarehouseDiff = { bigQuery: [], duckDb: [], notInPlace: [] };

interface TableNames {
  readonly bigQuery: string;
  readonly duckDb: string;
}

const DUCKDB_TYPES: Readonly<Record<ColumnType, string>> = {
  STRING: "VARCHAR",
  INT64: "BIGINT",
  FLOAT64: "DOUBLE",
  BOOL: "BOOLEAN",
  DATE: "DATE",
  TIMESTAMP: "TIMESTAMP",
};

function byName(contract: ContractFolder): ReadonlyMap<string, Column> {
  return new Map(columnsOf(contract).map((column) => [column.name, column]));
}

function tableNames({ schema }: ContractFolder, { dataset }: WarehouseBlock, prefix: string): TableNames {
  const schemaName = dataset === "bronze" ? prefix : `${prefix}_${dataset}`;
  return { bigQuery: `\`${schemaName}.${schema.title}\``, duckDb: `"${schemaName}"."${schema.title}"` };
}

function merged(parts: readonly WarehouseDiff[]): WarehouseDiff {
  return {
    bigQuery: parts.flatMap(({ bigQuery }) => bigQuery),
    duckDb: parts.flatMap(({ duckDb }) => duckDb),
    notInPlace: parts.flatMap(({ notInPlace }) => notInPlace),
  };
}

function viewDiff(before: ContractFolder, after: ContractFolder, names: TableNames): WarehouseDiff {
  const shape = ({ schema }: ContractFolder): unknown => [
    schema.properties,
    schema.warehouse?.from,
    schema.warehouse?.query,
  ];
  return same(shape(before), shape(after))
    ? NOTHING
    : { ...NOTHING, notInPlace: [`view ${names.duckDb}: the next run replaces it by CREATE OR REPLACE VIEW`] };
}

function tableFacts(
  before: ContractFolder,
  after: ContractFolder,
  old: WarehouseBlock,
  now: WarehouseBlock,
): readonly string[] {
  const rebuild = "make a new table and fill it from the change log";
  const facts = [
    ["name", before.schema.title, after.schema.title],
    ["dataset", old.dataset, now.dataset],
    ["kind", old.kind, now.kind],
    ["key", old.key, now.key],
    ["partition", old.partition, now.partition],
  ] as const;
  return facts
    .filter(([, was, is]) => !same(was, is))
    .map(([fact]) => `${fact}: no table changes its ${fact} in place; ${rebuild}`);
}

function gone(name: string): WarehouseDiff {
  return {
    ...NOTHING,
    notInPlace: [
      `${name}: is in the contract no more, and nothing drops it; keep the column until nobody reads it, or rebuild the table under a new name`,
    ],
  };
}

function added(column: Column, names: TableNames): WarehouseDiff {
  const { name, description } = column;
  if (column.mode === "REQUIRED") {
    return {
      ...NOTHING,
      notInPlace: [
        `${name}: a new column cannot be NOT NULL where there are rows; make it NULLABLE, or rebuild the table`,
      ],
    };
  }
  return {
    bigQuery: [
      `ALTER TABLE ${names.bigQuery} ADD COLUMN ${name} ${bigQueryType(column)} OPTIONS (description = ${bigQueryText(description)});`,
    ],
    duckDb: [...duckDbAddition(column, names), duckDbComment(column, names)],
    notInPlace: [],
  };
}

/** An array column is empty in the rows that are there, and NULL in none. */
function duckDbAddition(column: Column, { duckDb }: TableNames): readonly string[] {
  const [table, name] = [`ALTER TABLE ${duckDb}`, `"${column.name}"`];
  const add = `${table} ADD COLUMN ${name} ${duckDbType(column)}`;
  return column.mode === "REPEATED"
    ? [
        `${add} DEFAULT [];`,
        `${table} ALTER COLUMN ${name} DROP DEFAULT;`,
        `${table} ALTER COLUMN ${name} SET NOT NULL;`,
      ]
    : [`${add};`];
}

function changed(before: Column, after: Column, names: TableNames): WarehouseDiff {
  return merged([typeChange(before, after, names), modeChange(before, after, names), words(before, after, names)]);
}

function typeChange(before: Column, after: Column, names: TableNames): WarehouseDiff {
  const { name } = after;
  const isRepeated = before.mode === "REPEATED";
  if (before.type === after.type && isRepeated === (after.mode === "REPEATED")) return NOTHING;
  if (before.type === "INT64" && after.type === "FLOAT64" && !isRepeated && after.mode !== "REPEATED") {
    return {
      bigQuery: [`ALTER TABLE ${names.bigQuery} ALTER COLUMN ${name} SET DATA TYPE FLOAT64;`],
      duckDb: [`ALTER TABLE ${names.duckDb} ALTER COLUMN "${name}" SET DATA TYPE DOUBLE;`],
      notInPlace: [],
    };
  }
  const change = `${name}: ${bigQueryType(before)} does not become ${bigQueryType(after)} in place`;
  return { ...NOTHING, notInPlace: [`${change}; add a column of the new type beside it, or rebuild the table`] };
}

function modeChange(before: Column, after: Column, names: TableNames): WarehouseDiff {
  const { name } = after;
  if (before.mode === "REQUIRED" && after.mode === "NULLABLE") {
    return {
      bigQuery: [`ALTER TABLE ${names.bigQuery} ALTER COLUMN ${name} DROP NOT NULL;`],
      duckDb: [`ALTER TABLE ${names.duckDb} ALTER COLUMN "${name}" DROP NOT NULL;`],
      notInPlace: [],
    };
  }
  if (before.mode === "NULLABLE" && after.mode === "REQUIRED") {
    return { ...NOTHING, notInPlace: [`${name}: NULLABLE does not become REQUIRED in place; rebuild the table`] };
  }
  return NOTHING;
}

function words(before: Column, after: Column, names: TableNames): WarehouseDiff {
  if (before.description === after.description) return NOTHING;
  const set = `SET OPTIONS (description = ${bigQueryText(after.description)})`;
  return {
    bigQuery: [`ALTER TABLE ${names.bigQuery} ALTER COLUMN ${after.name} ${set};`],
    duckDb: [duckDbComment(after, names)],
    notInPlace: [],
  };
}

/** DuckDB has no such rule; the next run writes it into the comment with the contract's facts. */
function partitionFilter(before: WarehouseBlock, after: WarehouseBlock, names: TableNames): WarehouseDiff {
  if (before.requirePartitionFilter === after.requirePartitionFilter) return NOTHING;
  if (after.requirePartitionFilter === undefined) return option(names, "require_partition_filter = FALSE");
  const fault = "partition filter: no run makes it mandatory in place, for it would refuse the queries of readers";
  return { ...NOTHING, notInPlace: [`${fault}; make a new table and fill it from the change log`] };
}

/** In DuckDB nothing expires. A shorter expiration is no statement here, since it would drop rows. */
function partitionExpiration(before: WarehouseBlock, after: WarehouseBlock, names: TableNames): WarehouseDiff {
  const [old, now] = [before.partitionExpirationDays, after.partitionExpirationDays];
  if (old === now) return NOTHING;
  if (now === undefined) return option(names, "partition_expiration_days = NULL");
  if (old !== undefined && old < now) return option(names, `partition_expiration_days = ${now}`);
  const fault = "partition expiration: no run shortens it in place, for it would drop rows";
  return { ...NOTHING, notInPlace: [`${fault}; make a new table, or shorten it by hand where they may go`] };
}

function option({ bigQuery }: TableNames, setting: string): WarehouseDiff {
  return { ...NOTHING, bigQuery: [`ALTER TABLE ${bigQuery} SET OPTIONS (${setting});`] };
}

/** BigQuery keeps the clustering of rows that are there; DuckDB has none, only the contract's facts in its comment. */
function clustering(before: WarehouseBlock, after: WarehouseBlock, names: TableNames): WarehouseDiff {
  if (same(before.cluster, after.cluster)) return NOTHING;
  const columns = after.cluster ?? [];
  const fields = columns.length === 0 ? "" : columns.join(",");
  return {
    ...NOTHING,
    notInPlace: [
      `cluster: no statement, but \`bq update --clustering_fields=${fields === "" ? '""' : fields} ${names.bigQuery.replaceAll("`", "")}\` holds for new rows; a rebuild sorts the others`,
    ],
  };
}

function tableDescription(before: ContractFolder, after: ContractFolder, names: TableNames): WarehouseDiff {
  const { description } = after.schema;
  if (before.schema.description === description) return NOTHING;
  return {
    ...NOTHING,
    bigQuery: [`ALTER TABLE ${names.bigQuery} SET OPTIONS (description = ${bigQueryText(description)});`],
    notInPlace: [
      `description of ${names.duckDb}: the next run writes it into the table's comment, with the contract's facts`,
    ],
  };
}

function bigQueryType({ type, mode }: Column): string {
  return mode === "REPEATED" ? `ARRAY<${type}>` : type;
}

function duckDbType({ type, mode }: Column): string {
  return mode === "REPEATED" ? `${DUCKDB_TYPES[type]}[]` : DUCKDB_TYPES[type];
}

function duckDbComment({ name, description }: Column, names: TableNames): string {
  return `COMMENT ON COLUMN ${names.duckDb}."${name}" IS '${description.replaceAll("'", "''")}';`;
}

/** A JSON text is a BigQuery text, quotes and line breaks included. */
function bigQueryText(text: string): string {
  return JSON.stringify(text);
}
