import { spawnSync } from "node:child_process";
import { cpSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import type { ChangelogContract, TableContract, Upcasters } from "../contract";
import { writeGenerated } from "../generate/write-generated";

const packageRoot = join(__dirname, "../..");
const repository = join(packageRoot, "../..");

/** A package of contracts with several majors and their upcasters, `schemas/` and `src/`: what builtContracts takes. */
export const VERSIONED_CONTRACT = join(packageRoot, "fixtures/versioned-contract");

/** A package of contracts whose tables ask BigQuery for a filter by the partition, or for an expiration; one is a view of such a table. */
export const PARTITION_OPTIONS = join(packageRoot, "fixtures/partition-options");

/** Folders of the package's source that other contracts have in their own form, or that a run does not load. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "generated",
  "testing",
  "compatibility",
  "generate",
  "lint",
  "scaffold",
]);

export interface BuiltContracts {
  readonly changelogContracts: readonly ChangelogContract[];
  readonly tableContracts: readonly TableContract[];
  readonly upcasters: Readonly<Record<string, Upcasters>>;
}

/**
 * Generates, compiles and loads other contracts than the project's own, in `directory`, as `npm run generate` and the build
 * do: from their `schemas/` and `upcasters.ts` to the constants. The package lies as deep as in the repository, because what
 * is generated for other packages and for `infra/` is written beside it. Throws what the compiler says.
 */
export async function builtContracts(contracts: string, directory: string): Promise<BuiltContracts> {
  const root = join(directory, "packages/contracts");
  cpSync(join(packageRoot, "src"), join(root, "src"), {
    recursive: true,
    filter: (path) => !LEFT_OUT.has(basename(path)) && !path.endsWith(".test.ts"),
  });
  cpSync(contracts, root, { recursive: true });
  await writeGenerated(root);
  symlinkSync(join(repository, "node_modules"), join(root, "node_modules"));
  const config = join(root, "tsconfig.json");
  writeFileSync(config, JSON.stringify({ extends: join(repository, "tsconfig.base.json") }));
  const compiler = join(repository, "node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", config], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the contracts of ${contracts} do not compile:\n${stdout}`);
  const load = createRequire(__filename);
  const { changelogContracts, tableContracts } = load(join(root, "dist/index.js")) as BuiltContracts;
  const { upcasters } = load(join(root, "dist/upcasters.js")) as BuiltContracts;
  return { changelogContracts, tableContracts, upcasters };
}
