import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Classification, Layer } from "@junoplus/contracts";
import { compatibility } from "@junoplus/contracts/compatibility/compatibility";
import type { Difference } from "@junoplus/contracts/compatibility/difference";
import {
  type ContractFolder,
  type ContractSchema,
  olderVersions,
  type PropertySchema,
} from "@junoplus/contracts/generate/schema-file";
import { CONTRACTS_PACKAGE, schemaFile } from "../contract-files";
import type { FieldUse } from "../downstream/downstream";

/** One contract as its page shows it. */
export interface SiteContract {
  readonly title: string;
  readonly layer: Layer;
  readonly kind: "change log" | "table" | "view";
  readonly version: string;
  readonly description: string;
  /** Path of the schema from the root of the repository. */
  readonly file: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly fields: readonly SiteField[];
  /** What decides which rows there are. */
  readonly rowSources: readonly FieldUse[];
  /** Oldest first. */
  readonly versions: readonly SiteVersion[];
  readonly examples: readonly SiteExample[];
}

export interface SiteField {
  /** In the document or row, `/medications/each/name` with `*` for each. */
  readonly pointer: string;
  readonly type: string;
  readonly classification: Classification | null;
  readonly role: string | null;
  readonly rule: string;
  readonly description: string;
  /** Uses that this column is made of. */
  readonly sources: readonly FieldUse[];
  /** Uses of this field by columns, views and steps. */
  readonly readers: readonly FieldUse[];
  readonly checks: readonly FieldUse[];
}

export interface SiteVersion {
  readonly version: string;
  /** From the version before; empty for the first one. */
  readonly differences: readonly Difference[];
}

export interface SiteExample {
  readonly name: string;
  readonly text: string;
}

/** A contract with what the code does with each of its fields. */
export function siteContract(root: string, contract: ContractFolder, uses: readonly FieldUse[]): SiteContract {
  const { schema, layer, version, path } = contract;
  const { title, description, warehouse } = schema;
  const contractsPackage = join(root, CONTRACTS_PACKAGE);
  const byReader = (name: string): readonly FieldUse[] => uses.filter(({ reader }) => reader.name === name);
  return {
    title,
    layer,
    kind: warehouse?.kind ?? "change log",
    version,
    description,
    file: schemaFile(contract),
    facts: factsOf(schema),
    fields: fieldsBelow(schema, "").map(([pointer, field, isRequired]): SiteField => {
      const own = uses.filter((use) => use.contract === title && use.pointer === pointer);
      return {
        pointer,
        type: typeOf(field, isRequired, warehouse !== undefined),
        classification: field.classification ?? null,
        role: field.role === undefined ? null : `${field.role}${field.asOf === undefined ? "" : ", as of the run"}`,
        rule: ruleOf(field),
        description: field.description ?? "",
        sources: byReader(`${title}.${pointer.slice(1)}`).filter(({ reader }) => isMade(reader.kind)),
        readers: own.filter(({ reader }) => reader.kind !== "check"),
        checks: own.filter(({ reader }) => reader.kind === "check"),
      };
    }),
    rowSources: byReader(`${title}.*`),
    versions: versionsOf(contractsPackage, contract),
    examples: examplesOf(join(contractsPackage, path)),
  };
}

function isMade(kind: FieldUse["reader"]["kind"]): boolean {
  return kind === "column" || kind === "view";
}

function factsOf({ warehouse, changelog }: ContractSchema): readonly (readonly [string, string])[] {
  if (changelog !== undefined) {
    return [
      ["Change log", `${changelog.prefix}_raw_changelog`],
      ["Documents", changelog.path],
      ["Entries rejected alone", changelog.entries?.join(", ") ?? "none"],
      ...Object.entries(changelog.missing).map(([at, reason]): [string, string] => [
        `Without ${at}`,
        `rejected, ${reason}`,
      ]),
    ];
  }
  if (warehouse === undefined) return [];
  const { key, partition, requirePartitionFilter, partitionExpirationDays, cluster } = warehouse;
  const { write, from, dataset, freshness } = warehouse;
  return [
    ["Dataset", dataset],
    ["Key", key.join(", ") || "none"],
    ["Partition", partition === undefined ? "none" : `${partition.column}, by ${partition.granularity.toLowerCase()}`],
    ...(requirePartitionFilter === undefined
      ? []
      : [["Partition filter", "every query needs one, in BigQuery"] as const]),
    ...(partitionExpirationDays === undefined
      ? []
      : [["Partitions expire", `${partitionExpirationDays} days after their end, in BigQuery`] as const]),
    ["Cluster", cluster?.join(", ") ?? "none"],
    from === undefined
      ? ["Written", write === "append" ? "one batch appended by each run" : "replaced as a whole by each run"]
      : ["View of", from],
    ...(freshness === undefined
      ? []
      : [["As fresh as", `${freshness.table === undefined ? "" : `${freshness.table}.`}${freshness.column}`] as const]),
  ];
}

function fieldsBelow(
  { properties = {}, required = [] }: PropertySchema & { readonly required?: readonly string[] },
  prefix: string,
): readonly (readonly [pointer: string, field: PropertySchema, isRequired: boolean])[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const pointer = `${prefix}/${name}`;
    const below = field.items?.properties === undefined ? field : field.items;
    return [
      [pointer, field, required.includes(name)] as const,
      ...fieldsBelow(below, below === field ? pointer : `${pointer}/*`),
    ];
  });
}

function typeOf(field: PropertySchema, isRequired: boolean, isRow: boolean): string {
  const types = typeof field.type === "string" ? [field.type] : [...(field.type ?? [])];
  const named = types.filter((type) => type !== "null").join(" or ");
  const element =
    field.items?.properties === undefined && typeof field.items?.type === "string" ? ` of ${field.items.type}` : "";
  const format = field.format === undefined ? "" : ` (${field.format})`;
  // A row has every column, absent is null; a document leaves a field out.
  const isNullable = isRow ? types.includes("null") : !isRequired;
  return `${named}${element}${format}${isNullable ? (isRow ? ", or NULL" : ", or absent") : ""}`;
}

function ruleOf(field: PropertySchema): string {
  const { minimum, maximum } = field;
  const words = (field.enum ?? field.items?.enum ?? []).filter((word) => word !== null);
  if (words.length > 0) return `one of ${words.join(", ")}`;
  if (minimum === undefined && maximum === undefined) return "";
  if (minimum === Number.MIN_SAFE_INTEGER && maximum === Number.MAX_SAFE_INTEGER) return "any whole number";
  if (maximum === undefined) return `at least ${minimum}`;
  return minimum === undefined ? `at most ${maximum}` : `${minimum} to ${maximum}`;
}

function versionsOf(contractsPackage: string, contract: ContractFolder): readonly SiteVersion[] {
  return [...olderVersions(contractsPackage, contract), contract].map(({ version, schema }, i, all) => {
    const older = all[i - 1];
    const [found] = older === undefined ? [] : compatibility([older.schema], schema).versions;
    return { version, differences: found?.differences ?? [] };
  });
}

function examplesOf(folder: string): readonly SiteExample[] {
  return readdirSync(join(folder, "examples"))
    .filter((name) => name.endsWith(".valid.json"))
    .sort()
    .map((name) => ({
      name: name.replace(/\.valid\.json$/, "").replaceAll("-", " "),
      text: readFileSync(join(folder, "examples", name), "utf8").trimEnd(),
    }));
}
