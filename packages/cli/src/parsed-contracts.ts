import { type ContractFolder, LAYERS, parseContract } from "@junoplus/contracts/generate/schema-file";
import type { ContractFiles } from "./contract-files";

/** A contract that cannot be compared: the file, and what is wrong with it. */
export class UnreadableContractError extends Error {
  override readonly name = "UnreadableContractError" as const;
}

/** The newest version of every contract of one side, by folder. Throws UnreadableContractError. */
export function contractsIn(files: ContractFiles): readonly ContractFolder[] {
  return [...files.keys()]
    .filter((path) => path.endsWith("/schema.json"))
    .sort()
    .flatMap((path) => contractIn(files, path.slice(0, -"/schema.json".length), "schema") ?? []);
}

/** A contract of one side by folder and file (`schema`, `versions/1.0.0`); undefined when it has none. Throws UnreadableContractError. */
export function contractIn(files: ContractFiles, folder: string, name: string): ContractFolder | undefined {
  const path = `${folder}/${name}.json`;
  const text = files.get(path);
  if (text === undefined) return undefined;
  const [layer, table = ""] = folder.split("/");
  const known = LAYERS.find((candidate) => candidate === layer);
  if (known === undefined) throw new UnreadableContractError(`schemas/${path}: ${layer} is no layer`);
  try {
    return parseContract(known, table, text);
  } catch (error) {
    throw new UnreadableContractError(`schemas/${path} cannot be read: ${(error as Error).message}`);
  }
}
