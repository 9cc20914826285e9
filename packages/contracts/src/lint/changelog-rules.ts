import type { ChangelogBlock, ContractFolder, PropertySchema } from "../generate/schema-file";
import type { ContractFault } from "./contract-fault";

type Told = Omit<ContractFault, "file">;

/** What is wrong with a change log beyond the metaschema: title, prefix, path, entries, missing. */
export function changelogFaults(contract: ContractFolder, all: readonly ContractFolder[]): readonly ContractFault[] {
  const { schema, layer, name, path } = contract;
  const block = schema.changelog;
  if (block === undefined) return [];
  const others = all.filter((other) => other.path !== path);
  const told = [
    ...(schema.title === `${layer}_${name}` ? [] : [{ pointer: "/title", message: `write ${layer}_${name}` }]),
    ...(layer === "bronze"
      ? []
      : [{ pointer: "/changelog", message: "a change log lies in bronze; a table has a warehouse block" }]),
    ...others.flatMap((other) => collisions(block, other)),
    ...wildcardFaults(block),
    ...(block.entries ?? [])
      .filter((entry) => !isArrayOfMaps(schema.properties[entry]))
      .map((entry) => ({ pointer: "/changelog/entries", message: `${entry} is no array of maps of the document` })),
    ...Object.keys(block.missing)
      .filter((pointer) => fieldAt(schema, pointer) === undefined)
      .map((pointer) => ({ pointer: "/changelog/missing", message: `${pointer} is no field of the document` })),
  ];
  return told.map((fault) => ({ file: `${path}/schema.json`, ...fault }));
}

/** A file belongs to one change log: by its prefix, which may not begin another's file names either. */
function collisions(block: ChangelogBlock, other: ContractFolder): Told[] {
  const theirs = other.schema.changelog;
  if (theirs === undefined) return [];
  const [mine, their] = [`${block.prefix}_raw_changelog`, `${theirs.prefix}_raw_changelog`];
  return [
    ...(mine.startsWith(their) || their.startsWith(mine)
      ? [{ pointer: "/changelog/prefix", message: `files of ${their} would be read for ${other.path} too` }]
      : []),
    ...(block.path === theirs.path
      ? [{ pointer: "/changelog/path", message: `is the path of ${other.path} too: a document has one contract` }]
      : []),
  ];
}

function wildcardFaults({ path }: ChangelogBlock): Told[] {
  const wildcards = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  return wildcards
    .filter((name, i) => wildcards.indexOf(name) !== i)
    .map((name) => ({ pointer: "/changelog/path", message: `{${name}} stands in it twice: name each id differently` }));
}

function isArrayOfMaps(field: PropertySchema | undefined): boolean {
  return field?.type === "array" && field.items?.type === "object";
}

function fieldAt(schema: PropertySchema, pointer: string): PropertySchema | undefined {
  const names = pointer.split("/").slice(1);
  return names.reduce<PropertySchema | undefined>(
    (node, name) => (name === "*" ? node?.items : node?.properties?.[name]),
    schema,
  );
}
