import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readContracts } from "./schema-file";

/** A contract differs from its frozen copy of the same version; says which, and the cure. */
export class FrozenContractError extends Error {
  override readonly name = "FrozenContractError" as const;
  constructor(readonly paths: readonly string[]) {
    super(
      `Frozen, but the schema beside it differs:\n  ${paths.join("\n  ")}\nRaise the version in $id of the schema.json and freeze again; a frozen version stays as it is.`,
    );
  }
}

/** The frozen copy of a contract's version, relative to the package. */
export function frozenPath(contract: { readonly path: string; readonly version: string }): string {
  return `${contract.path}/versions/${contract.version}.json`;
}

/**
 * Copies every contract's schema to its frozen version and gives the paths that are new. Throws FrozenContractError, and
 * writes nothing, when a version that is frozen already differs from its schema.
 */
export function freeze(packageRoot: string): readonly string[] {
  const copies = readContracts(packageRoot).map((contract) => ({
    path: frozenPath(contract),
    text: readFileSync(join(packageRoot, contract.path, "schema.json"), "utf8"),
  }));
  const missing = copies.filter(({ path }) => !existsSync(join(packageRoot, path)));
  const frozen = copies.filter((copy) => !missing.includes(copy));
  const differing = frozen.filter(({ path, text }) => readFileSync(join(packageRoot, path), "utf8") !== text);
  if (differing.length > 0) throw new FrozenContractError(differing.map(({ path }) => path));
  for (const { path, text } of missing) {
    mkdirSync(dirname(join(packageRoot, path)), { recursive: true });
    writeFileSync(join(packageRoot, path), text);
  }
  return missing.map(({ path }) => path);
}
