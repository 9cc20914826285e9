import type { ChangelogContract, RejectReason, TableContract } from "./contract";
import { compileDecoder, type SchemaNode } from "./decode";
import { type CompiledValidator, faultsOf } from "./faults";

/** A table's contract from its facts and the validator that was compiled ahead; generated code calls it. */
export function tableContract<Row>(
  facts: Omit<TableContract<Row>, "faults" | "row"> & { readonly validate: CompiledValidator },
): TableContract<Row> {
  const { validate, ...rest } = facts;
  return { ...rest, faults: (row) => faultsOf(validate, row, {}) };
}

/** A change log's contract from its declaration and the validator that was compiled ahead; generated code calls it. */
export function changelogContract<Document>(
  facts: Omit<ChangelogContract<Document>, "faults" | "decode" | "document"> & {
    readonly missing: Readonly<Record<string, RejectReason>>;
    readonly schema: SchemaNode;
    readonly validate: CompiledValidator;
  },
): ChangelogContract<Document> {
  const { validate, missing, schema, ...rest } = facts;
  return {
    ...rest,
    decode: compileDecoder(schema),
    faults: (document) => faultsOf(validate, document, missing),
  };
}
