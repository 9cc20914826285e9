import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ContractFolder, LAYERS, parseContract } from "../generate/schema-file";
import { changelogFaults } from "./changelog-rules";
import type { ContractFault } from "./contract-fault";
import { exampleFaults } from "./example-rules";
import { compileMetaschema, isShaped, metaschemaFaults } from "./metaschema-rule";
import { tableFaults } from "./table-rules";
import { versionFaults } from "./version-rules";

/**
 * Everything that is wrong with the contracts below `schemas/`, read as they lie there: nothing has to be generated or
 * built. With names (`silver/therapy_sessions`) only those folders are told of; the others are still read, because a
 * title or a prefix belongs to one contract.
 */
export function lintContracts(packageRoot: string, only?: ReadonlySet<string>): readonly ContractFault[] {
  const folders = contractNames(packageRoot).map((name) => readFolder(packageRoot, name));
  const contracts = folders.flatMap(({ contract }) => (contract === undefined ? [] : [contract]));
  const shaped = contracts.filter(({ schema }) => isShaped(schema));
  const validate = compileMetaschema(packageRoot);
  return folders
    .filter(({ name }) => only === undefined || only.has(name))
    .flatMap(({ contract, faults }) =>
      contract === undefined
        ? faults
        : contractFaults(packageRoot, metaschemaFaults(validate, contract), contract, shaped),
    );
}

/** The contract folders that there are, as `<layer>/<name>`, in layer order. */
export function contractNames(packageRoot: string): readonly string[] {
  return LAYERS.flatMap((layer) => {
    const folder = join(packageRoot, "schemas", layer);
    return existsSync(folder)
      ? readdirSync(folder)
          .sort()
          .map((name) => `${layer}/${name}`)
      : [];
  });
}

interface ReadFolder {
  readonly name: string;
  readonly contract?: ContractFolder;
  readonly faults: readonly ContractFault[];
}

function readFolder(packageRoot: string, name: string): ReadFolder {
  const [layerName, table = ""] = name.split("/");
  const file = `schemas/${name}/schema.json`;
  const layer = LAYERS.find((candidate) => candidate === layerName);
  const fault = (message: string): ReadFolder => ({ name, faults: [{ file, pointer: "", message }] });
  if (layer === undefined) return fault(`${layerName} is no layer; choose ${LAYERS.join(", ")}`);
  if (!existsSync(join(packageRoot, file))) return fault("is not there: write it, or remove the folder");
  try {
    return { name, contract: parseContract(layer, table, readFileSync(join(packageRoot, file), "utf8")), faults: [] };
  } catch (error) {
    return fault((error as Error).message.replace(`${file}: `, ""));
  }
}

function contractFaults(
  packageRoot: string,
  said: readonly ContractFault[],
  contract: ContractFolder,
  all: readonly ContractFolder[],
): readonly ContractFault[] {
  const versions = versionFaults(packageRoot, contract);
  // The other rules read properties and blocks, and would break on what is none.
  if (!isShaped(contract.schema)) return [...said, ...versions];
  return [
    ...said,
    ...(contract.schema.changelog === undefined ? tableFaults(contract, all) : changelogFaults(contract, all)),
    ...versions,
    ...(said.length === 0 ? exampleFaults(packageRoot, contract) : []),
  ];
}
