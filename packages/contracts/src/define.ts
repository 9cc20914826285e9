import type { ChangelogContract, DocumentVersion, RejectReason, TableContract } from "./contract";
import { compileDecoder, type SchemaNode } from "./decode";
import { documentVersions, type VersionFacts } from "./document-versions";
import { type CompiledValidator, faultsOf } from "./faults";

/** A table's contract from its facts and the validator that was compiled ahead; generated code calls it. */
export function tableContract<Row>(
  facts: Omit<TableContract<Row>, "faults" | "row"> & { readonly validate: CompiledValidator },
): TableContract<Row> {
  const { validate, ...rest } = facts;
  return { ...rest, faults: (row) => faultsOf(validate, row, {}) };
}

/** One version of a change log's documents, as generated code states it. */
export interface DocumentVersionFacts {
  readonly version: string;
  readonly entries: readonly string[];
  readonly missing: Readonly<Record<string, RejectReason>>;
  readonly schema: SchemaNode;
  readonly validate: CompiledValidator;
}

/** A change log's declaration, as generated code states it. */
export type ChangelogFacts = DocumentVersionFacts &
  Pick<ChangelogContract, "table" | "description" | "prefix" | "path"> & {
    /** Only where the contract names the field in which documents claim their version. */
    readonly versions?: Omit<VersionFacts, "older"> & { readonly older: readonly DocumentVersionFacts[] };
  };

/** A change log's contract from its declaration and the validators that were compiled ahead; generated code calls it. */
export function changelogContract<Document>(facts: ChangelogFacts): ChangelogContract<Document> {
  const { table, description, prefix, path, versions } = facts;
  const newest = documentVersion(facts);
  return {
    table,
    description,
    prefix,
    path,
    ...newest,
    ...(versions !== undefined && {
      versions: documentVersions(table, newest, { ...versions, older: versions.older.map(documentVersion) }),
    }),
  };
}

function documentVersion({ version, entries, missing, schema, validate }: DocumentVersionFacts): DocumentVersion {
  return {
    version,
    entries,
    decode: compileDecoder(schema),
    faults: (document) => faultsOf(validate, document, missing),
  };
}
