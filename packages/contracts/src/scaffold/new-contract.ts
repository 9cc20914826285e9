import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readContracts } from "../generate/schema-file";
import { newChangelog } from "./new-changelog";
import { newSilverTable } from "./new-silver-table";
import { newTable } from "./new-table";

/** A contract that cannot be begun: says why, and what to call instead. */
export class NewContractError extends Error {
  override readonly name = "NewContractError" as const;
}

/** What a new contract is told at its beginning. */
export interface NewContract {
  /** `<layer>/<table>`, for example `bronze/symptom_log`. */
  readonly name: string;
  /** Of a change log: its prefix and the path of its documents. */
  readonly prefix?: string;
  readonly path?: string;
  /** Of a silver table: the change log that it is made from, `bronze/<table>`. */
  readonly from?: string;
}

/**
 * The files of a new contract, by path relative to the package: schema and examples, of a silver table its module and its
 * test too. Words in angle brackets are the producer's to write; lint asks for them. Throws NewContractError.
 */
function newContractFiles(packageRoot: string, options: NewContract): ReadonlyMap<string, string> {
  const [, layer, table] = /^(bronze|silver|gold)\/([a-z][a-z0-9]*(?:_[a-z0-9]+)*)$/.exec(options.name) ?? [];
  if (layer === undefined || table === undefined) {
    throw new NewContractError(
      `${options.name}: write bronze/<table>, silver/<table> or gold/<table>, the table in lower-case words joined by _; views and tables of quality are written by hand`,
    );
  }
  if (existsSync(join(packageRoot, "schemas", layer, table))) {
    throw new NewContractError(`${options.name} is there already: edit its schema.json and raise the version in $id`);
  }
  if (layer === "bronze") return newChangelog(table, options);
  if (layer === "gold") return newTable(layer, table);
  if (options.from === undefined) {
    throw new NewContractError(
      `${options.name}: a silver table is made from a change log; name it, for example --from bronze/${table}`,
    );
  }
  const source = readContracts(packageRoot).find(({ path }) => path === `schemas/${options.from}`);
  if (source?.schema.changelog === undefined) {
    throw new NewContractError(
      `--from ${options.from}: is no change log; begin it first: medallion contracts new ${options.from}`,
    );
  }
  return newSilverTable(table, source);
}

/** Writes the files of a new contract and gives their paths. Throws NewContractError, and writes nothing, where one is there. */
export function writeNewContract(packageRoot: string, options: NewContract): readonly string[] {
  const files = newContractFiles(packageRoot, options);
  const there = [...files.keys()].filter((path) => existsSync(join(packageRoot, path)));
  if (there.length > 0) {
    throw new NewContractError(`${options.name}: ${there.join(", ")} is there already, and nothing is overwritten`);
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(join(packageRoot, path)), { recursive: true });
    writeFileSync(join(packageRoot, path), text);
  }
  return [...files.keys()];
}
