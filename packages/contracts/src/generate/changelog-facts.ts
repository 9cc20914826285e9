import type { ChangelogFacts } from "../define";
import type { ContractFolder, PropertySchema } from "./schema-file";

/** What generated code states of a version of a change log's documents, beside its validator. */
export function documentVersionFacts({
  path,
  schema,
  version,
}: ContractFolder): Pick<ChangelogFacts, "version" | "entries" | "missing" | "schema"> {
  const declaration = schema.changelog;
  if (declaration === undefined) throw new Error(`${path}/schema.json has no changelog block`);
  return {
    version,
    entries: declaration.entries ?? [],
    missing: declaration.missing,
    schema: decodePlan(schema),
  };
}

/** What generated code states of a change log, beside validators and versions. */
export function changelogFacts(contract: ContractFolder): Omit<ChangelogFacts, "validate" | "versions"> {
  const { path, schema } = contract;
  const declaration = schema.changelog;
  if (declaration === undefined) throw new Error(`${path}/schema.json has no changelog block`);
  const { version, ...facts } = documentVersionFacts(contract);
  return {
    table: schema.title,
    version,
    description: schema.description,
    prefix: declaration.prefix,
    path: declaration.path,
    ...facts,
  };
}

/** What decoding reads of a schema, and no more. */
function decodePlan(node: PropertySchema): PropertySchema {
  return {
    ...(node.format !== undefined && { format: node.format }),
    ...(node.properties !== undefined && {
      properties: Object.fromEntries(Object.entries(node.properties).map(([name, child]) => [name, decodePlan(child)])),
    }),
    ...(node.items !== undefined && { items: decodePlan(node.items) }),
  };
}
