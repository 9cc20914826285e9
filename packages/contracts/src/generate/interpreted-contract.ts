import type { ChangelogContract, Upcasters } from "../contract";
import { changelogContract } from "../define";
import { changelogFacts, documentVersionFacts } from "./changelog-facts";
import type { ContractFolder } from "./schema-file";
import { compiledValidator } from "./validators";

/**
 * A change log's contract straight from its files, for what is not generated: a proposal, or a contract of another commit.
 * `older` are its frozen versions below its own, oldest first. Throws what ajv says of a schema that is none.
 */
export function interpretedChangelog(
  contract: ContractFolder,
  older: readonly ContractFolder[],
  upcasters: Upcasters,
): ChangelogContract {
  const { versionField, unversioned } = contract.schema.changelog ?? {};
  return changelogContract({
    ...changelogFacts(contract),
    validate: compiledValidator(contract.schema),
    ...(versionField !== undefined && {
      versions: {
        field: versionField,
        ...(unversioned !== undefined && { unclaimed: unversioned }),
        older: older.map((version) => ({
          ...documentVersionFacts(version),
          validate: compiledValidator(version.schema),
        })),
        upcasters,
      },
    }),
  });
}
