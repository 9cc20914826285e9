import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { frozenPath } from "../generate/freeze";
import { type ContractFolder, compareVersions } from "../generate/schema-file";
import type { ContractFault } from "./contract-fault";

/** Whether the version tells the truth: what is frozen stays, and what changes has a higher one. */
export function versionFaults(packageRoot: string, contract: ContractFolder): readonly ContractFault[] {
  const { path, version, layer, name } = contract;
  const schema = `${path}/schema.json`;
  const text = (file: string): string => readFileSync(join(packageRoot, file), "utf8");
  const frozen = frozenPath(contract);
  const differs = existsSync(join(packageRoot, frozen)) && text(frozen) !== text(schema);
  return [
    ...(differs
      ? [{ file: schema, pointer: "/$id", message: `${version} is frozen and says something else: raise the version` }]
      : []),
    ...frozenVersions(packageRoot, contract).flatMap((frozenVersion) => {
      const file = `${path}/versions/${frozenVersion}.json`;
      if (!/^\d+\.\d+\.\d+$/.test(frozenVersion)) {
        return [{ file, pointer: "", message: "is no frozen version: name it <major>.<minor>.<patch>.json" }];
      }
      const id = `urn:junoplus:contract:${layer}:${name}:${frozenVersion}`;
      return [
        ...(idOf(text(file)) === id ? [] : [{ file, pointer: "/$id", message: `has to be ${id}` }]),
        ...(compareVersions(frozenVersion, version) > 0
          ? [{ file: schema, pointer: "/$id", message: `${version} is lower than ${frozenVersion}, which is frozen` }]
          : []),
      ];
    }),
  ];
}

/** The versions of which there is a frozen copy, oldest first. */
function frozenVersions(packageRoot: string, { path }: ContractFolder): readonly string[] {
  const folder = join(packageRoot, path, "versions");
  return existsSync(folder)
    ? readdirSync(folder)
        .map((file) => file.replace(/\.json$/, ""))
        .sort(compareVersions)
    : [];
}

function idOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly $id?: unknown } | null)?.$id;
  } catch {
    // A copy that is no JSON has no $id, and is told of as such.
    return undefined;
  }
}
