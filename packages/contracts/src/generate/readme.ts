import type { Column } from "../contract";
import { columnsOf } from "./columns";
import type { ContractFolder, PropertySchema, WarehouseBlock } from "./schema-file";

/** The README of one contract, in Markdown. */
export function readme(contract: ContractFolder): string {
  return contract.schema.changelog === undefined ? tableReadme(contract) : changelogReadme(contract);
}

const GENERATED = "<!-- Generated from schema.json by `npm run generate`. Do not edit. -->";

function tableReadme(contract: ContractFolder): string {
  const { schema, layer, version } = contract;
  const facts = schema.warehouse;
  if (facts === undefined)
    throw new Error(`${contract.path}/schema.json has neither a warehouse nor a changelog block`);
  const columns = columnsOf(contract);
  const roles = columns.some((column) => column.role !== undefined);
  const header = ["column", "type", "mode", "class", ...(roles ? ["role"] : []), "rule", "meaning"];
  return [
    GENERATED,
    `# ${schema.title}`,
    "",
    schema.description,
    "",
    `- layer ${layer}, contract version ${version}, ${facts.kind}${facts.from === undefined ? "" : ` over ${facts.from}`}`,
    `- key: ${facts.key.join(", ")}`,
    `- partition: ${facts.partition === undefined ? "none" : `${facts.partition.column} (${facts.partition.granularity})`}`,
    ...partitionOptions(facts),
    `- cluster: ${facts.cluster?.join(", ") ?? "none"}`,
    `- written: ${facts.write === "append" ? "one batch appended by each run" : "replaced as a whole by each run"}`,
    "",
    row(header),
    row(header.map(() => "---")),
    ...columns.map((column) =>
      row([
        column.name,
        column.mode === "REPEATED" ? `ARRAY<${column.type}>` : column.type,
        column.mode,
        column.classification,
        ...(roles ? [`${column.role ?? ""}${column.asOf === undefined ? "" : ` (as of: ${column.asOf})`}`] : []),
        rule(column),
        column.description,
      ]),
    ),
    "",
  ].join("\n");
}

function partitionOptions({ requirePartitionFilter, partitionExpirationDays: days }: WarehouseBlock): string[] {
  return [
    ...(requirePartitionFilter === undefined
      ? []
      : ["- in BigQuery a query has to filter by the partition; DuckDB has no such rule"]),
    ...(days === undefined
      ? []
      : [`- in BigQuery a partition is dropped ${days} days after its end; in DuckDB nothing expires`]),
  ];
}

function changelogReadme(contract: ContractFolder): string {
  const { schema, version } = contract;
  const declaration = schema.changelog;
  if (declaration === undefined) throw new Error(`${contract.path}/schema.json has no changelog block`);
  const header = ["field", "type", "class", "rule", "meaning"];
  return [
    GENERATED,
    `# ${schema.title}`,
    "",
    schema.description,
    "",
    `- change log \`${declaration.prefix}_raw_changelog\`, documents \`${declaration.path}\`, contract version ${version}`,
    `- entries rejected alone: ${declaration.entries?.join(", ") ?? "none"}`,
    ...Object.entries(declaration.missing).map(([pointer, reason]) => `- \`${pointer}\` absent: \`${reason}\``),
    ...(declaration.versionField === undefined ? [] : [versionLine(declaration.versionField, declaration.unversioned)]),
    "- null equals absent; fields not named here are allowed and not read",
    "",
    row(header),
    row(header.map(() => "---")),
    ...fields(schema.properties, "").map(([path, property]) =>
      row([path, typeText(property), property.classification ?? "", bounds(property), property.description ?? ""]),
    ),
    "",
  ].join("\n");
}

function versionLine(field: string, unversioned: number | undefined): string {
  const others = unversioned === undefined ? "the newest version" : `major ${unversioned}`;
  return `- a document is read by the version that \`${field}\` names, as text or as the number of a major; by ${others} where it names none`;
}

function fields(properties: Readonly<Record<string, PropertySchema>>, prefix: string): [string, PropertySchema][] {
  return Object.entries(properties).flatMap(([name, property]): [string, PropertySchema][] => {
    const path = `${prefix}${name}`;
    const below = property.properties ?? property.items?.properties ?? {};
    return [[path, property], ...fields(below, `${path}${property.items === undefined ? "." : "[]."}`)];
  });
}

function typeText(property: PropertySchema): string {
  const type = typeof property.type === "string" ? property.type : (property.type ?? []).join(" or ");
  return property.format === undefined ? type : `${type} (${property.format})`;
}

function bounds(property: PropertySchema): string {
  const { minimum, maximum } = property;
  return minimum === undefined && maximum === undefined ? "" : `${minimum ?? ""} to ${maximum ?? ""}`;
}

function rule(column: Column): string {
  if (column.allowed !== undefined) return column.allowed.map((value) => `\`${value}\``).join(" ");
  if (column.minimum === undefined && column.maximum === undefined) return "";
  if (column.maximum === undefined) return `>= ${column.minimum}`;
  return column.minimum === undefined ? `<= ${column.maximum}` : `${column.minimum} to ${column.maximum}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replace(/\|/g, "\\|").replace(/\n/g, " ")).join(" | ")} |`;
}
