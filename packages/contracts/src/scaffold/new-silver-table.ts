import type { ContractFolder, ContractSchema, PropertySchema } from "../generate/schema-file";
import { contractTexts } from "./contract-texts";
import { PROCESSED_AT } from "./new-table";
import { silverModule, silverModuleTest } from "./silver-module";

/** A column of a new silver table, and where its value comes from. */
export interface NewColumn {
  readonly name: string;
  readonly property: PropertySchema;
  /** Names in the document down to the field, or the wildcard of the path. */
  readonly source: { readonly field: readonly string[] } | { readonly wildcard: string };
}

/**
 * A silver table to begin with: a column for each id of the document's path and for each field that has one type, its
 * module and its test. What has several types, and the entries of arrays of maps, a person decides.
 */
export function newSilverTable(table: string, source: ContractFolder): ReadonlyMap<string, string> {
  const path = source.schema.changelog?.path ?? "";
  const wildcards = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const columns = distinct([...wildcards.map(idColumn), ...fieldColumns(source.schema.properties, [])]);
  const properties = {
    ...Object.fromEntries(columns.map(({ name, property }) => [name, property])),
    changed_at: CHANGED_AT,
    processed_at: PROCESSED_AT,
  };
  const ids = wildcards.map(snake);
  const schema: ContractSchema = {
    $id: `urn:junoplus:contract:silver:${table}:1.0.0`,
    title: `silver_${table}`,
    description: "<What one row is; what NULL means everywhere.>",
    type: "object",
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
    warehouse: {
      dataset: "silver",
      kind: "table",
      write: "replace",
      key: ids,
      cluster: ids.slice(0, 1),
      freshness: { column: "changed_at" },
    },
  };
  const module = `../silver-transforms/src/${table.replaceAll("_", "-")}`;
  return new Map([
    ...contractTexts(`schemas/silver/${table}`, schema, examples(schema, ids)),
    [`${module}.ts`, silverModule(table, source.schema, columns)],
    [`${module}.test.ts`, silverModuleTest(table, wildcards, path, columns)],
  ]);
}

/** A name of the document as a column's: `painLevel` is `pain_level`. */
function snake(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
}

const CHANGED_AT: PropertySchema = {
  type: "string",
  format: "date-time",
  description: "Commit time of the change that brought this row, microseconds.",
  classification: "internal",
};

function idColumn(wildcard: string): NewColumn {
  const property: PropertySchema = {
    type: "string",
    minLength: 1,
    description: `{${wildcard}} of the document path.`,
    classification: "internal",
  };
  return { name: snake(wildcard), property, source: { wildcard } };
}

function fieldColumns(
  properties: Readonly<Record<string, PropertySchema>>,
  above: readonly string[],
): readonly NewColumn[] {
  return Object.entries(properties).flatMap(([name, property]): readonly NewColumn[] => {
    const field = [...above, name];
    if (property.properties !== undefined) return fieldColumns(property.properties, field);
    const { type, format, minimum, maximum, description = "", classification = "internal" } = property;
    if (typeof type !== "string" || type === "array" || type === "object") return [];
    return [
      {
        name: snake(name),
        property: {
          type: [type, "null"],
          ...(format !== undefined && { format: "date-time" }),
          ...(minimum !== undefined && { minimum }),
          ...(maximum !== undefined && { maximum }),
          description: `${description.replace(/\.?$/, ".")} NULL: not written.`,
          classification,
        },
        source: { field },
      },
    ];
  });
}

/** Two fields of one name in different maps are told apart by the names of the maps. */
function distinct(columns: readonly NewColumn[]): readonly NewColumn[] {
  const taken = (name: string): boolean => columns.filter((column) => column.name === name).length > 1;
  return columns.map((column) =>
    "field" in column.source && taken(column.name)
      ? { ...column, name: column.source.field.map(snake).join("_") }
      : column,
  );
}

const INSTANT = "2024-08-26T15:33:27.642846Z";

function examples(schema: ContractSchema, ids: readonly string[]): Readonly<Record<string, object>> {
  const row = Object.fromEntries(
    Object.entries(schema.properties).map(([name, { type, format }]) => [
      name,
      Array.isArray(type) ? null : format === "date-time" ? INSTANT : `${name} 1`,
    ]),
  );
  const { processed_at: _processed, ...without } = row;
  const id = ids.at(-1) ?? "";
  return {
    "nothing-written.valid": row,
    "changed-at-without-zone.invalid": { ...row, changed_at: INSTANT.replace("Z", "") },
    "processed-at-missing.invalid": without,
    [`${id.replaceAll("_", "-")}-empty.invalid`]: { ...row, [id]: "" },
  };
}
