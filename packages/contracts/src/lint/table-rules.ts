import { listOf } from "../compatibility/schema";
import { columnOf } from "../generate/columns";
import type { ContractFolder, PropertySchema } from "../generate/schema-file";
import { OPEN_DATASETS } from "../privacy";
import type { ContractFault } from "./contract-fault";

type Told = Omit<ContractFault, "file">;

/** What is wrong with a table beyond the metaschema: names, columns, key, partition, cluster, freshness, view, roles. */
export function tableFaults(contract: ContractFolder, all: readonly ContractFolder[]): readonly ContractFault[] {
  const file = `${contract.path}/schema.json`;
  const told = [
    ...titleFaults(contract, all),
    ...columnFaults(contract),
    ...requiredFaults(contract),
    ...blockFaults(contract, all),
    ...roleFaults(contract),
  ];
  return told.map((fault) => ({ file, ...fault }));
}

function titleFaults({ schema, layer, name, version, path }: ContractFolder, all: readonly ContractFolder[]): Told[] {
  const titles = [name, `${layer}_${name}`, `${name}_v${version.split(".")[0]}`];
  return [
    ...(titles.includes(schema.title)
      ? []
      : [{ pointer: "/title", message: `is ${schema.title}: write one of ${titles.join(", ")}` }]),
    ...all
      .filter((other) => other.path !== path && other.schema.title === schema.title)
      .map((other) => ({ pointer: "/title", message: `is the title of ${other.path} too: choose another` })),
  ];
}

function columnFaults({ schema, layer }: ContractFolder): Told[] {
  return Object.entries(schema.properties).flatMap(([name, property]) => {
    const pointer = `/properties/${name}`;
    const exposed = OPEN_DATASETS.has(layer) && property.classification === "direct_identifier";
    return [
      ...typeFault(name, property, pointer),
      ...(exposed
        ? [{ pointer: `${pointer}/classification`, message: "a direct identifier goes no further than silver" }]
        : []),
    ];
  });
}

function typeFault(name: string, property: PropertySchema, pointer: string): Told[] {
  // What is missing altogether the metaschema has told already.
  const { type, description, classification } = property;
  if (type === undefined || description === undefined || classification === undefined) return [];
  try {
    columnOf(name, property);
    return [];
  } catch (error) {
    return [{ pointer, message: (error as Error).message }];
  }
}

function requiredFaults({ schema }: ContractFolder): Told[] {
  const columns = Object.keys(schema.properties);
  const required = Array.isArray(schema.required) ? schema.required : [];
  return [
    ...columns
      .filter((name) => !required.includes(name))
      .map((name) => ({
        pointer: "/required",
        message: `leaves out ${name}: a row has every column; a value that may be absent has the type "null" beside its own`,
      })),
    ...required
      .filter((name) => !columns.includes(name))
      .map((name) => ({ pointer: "/required", message: `names ${name}, which is no column` })),
  ];
}

function blockFaults(contract: ContractFolder, all: readonly ContractFolder[]): Told[] {
  const { schema, layer } = contract;
  const facts = schema.warehouse;
  if (facts === undefined) return [];
  const columns = schema.properties;
  const unknown = (pointer: string, names: readonly string[]): Told[] =>
    names
      .filter((name) => columns[name] === undefined)
      .map((name) => ({ pointer, message: `names ${name}, which is no column` }));
  const { partition, freshness, from, query, kind } = facts;
  const views = Object.entries(columns).filter(([, { sql }]) => (sql !== undefined) === (query !== undefined));
  const partitionFormat = partition === undefined ? undefined : columns[partition.column]?.format;
  return [
    ...unknown("/warehouse/key", facts.key),
    ...unknown("/warehouse/cluster", facts.cluster ?? []),
    ...unknown("/warehouse/partition/column", partition === undefined ? [] : [partition.column]),
    ...(partition !== undefined && partitionFormat === undefined && columns[partition.column] !== undefined
      ? [{ pointer: "/warehouse/partition/column", message: `${partition.column} is neither a date nor a date-time` }]
      : []),
    ...expirationFaults(contract),
    ...(facts.dataset === layer
      ? []
      : [{ pointer: "/warehouse/dataset", message: `is ${facts.dataset}, but the folder lies in ${layer}` }]),
    ...(freshness === undefined ? [] : freshnessFaults(contract, freshness, all)),
    ...(kind === "view" && from !== undefined && !all.some((other) => other.schema.title === from)
      ? [{ pointer: "/warehouse/from", message: `names ${from}, which is no table` }]
      : []),
    ...(kind === "view" ? views : []).map(([name]) => ({
      pointer: `/properties/${name}/sql`,
      message: "a view has either one query, or an expression (sql) in each column",
    })),
  ];
}

/** What of a table can be dropped with time, without later runs writing or counting it all the same. */
function expirationFaults({ schema }: ContractFolder): Told[] {
  const { partitionExpirationDays, partition, write } = schema.warehouse ?? {};
  if (partitionExpirationDays === undefined || partition === undefined) return [];
  const pointer = "/warehouse/partitionExpirationDays";
  const column = schema.properties[partition.column];
  return [
    ...(write === "append"
      ? []
      : [
          {
            pointer,
            message:
              "each run writes this table whole, and would write again what was dropped: " +
              "rows can expire where runs add to a table (write: append)",
          },
        ]),
    ...(column?.type !== undefined && listOf(column.type).includes("null")
      ? [{ pointer, message: `${partition.column} may be NULL, and what has no day has no end: make it required` }]
      : []),
  ];
}

function freshnessFaults(
  { schema }: ContractFolder,
  { table = schema.title, column }: { readonly table?: string; readonly column: string },
  all: readonly ContractFolder[],
): Told[] {
  const source = table === schema.title ? schema : all.find((other) => other.schema.title === table)?.schema;
  return source?.properties[column]?.format === "date-time"
    ? []
    : [{ pointer: "/warehouse/freshness", message: `${table}.${column} is no date-time column of a table` }];
}

function roleFaults({ schema }: ContractFolder): Told[] {
  const columns = Object.entries(schema.properties);
  if (columns.every(([, { role }]) => role === undefined)) return [];
  const key = schema.warehouse?.key ?? [];
  return [
    ...columns
      .filter(([, { role }]) => role === undefined)
      .map(([name]) => ({ pointer: `/properties/${name}`, message: "has no role, but other columns have one" })),
    ...columns
      .filter(([name, { role }]) => (role === "key") !== key.includes(name))
      .map(([name]) => ({
        pointer: `/properties/${name}/role`,
        message: "the columns of the key have the role key, and no other has",
      })),
  ];
}
