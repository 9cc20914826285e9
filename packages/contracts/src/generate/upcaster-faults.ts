import type { Upcasters } from "../contract";
import { majorOf, majorsWithoutUpcaster, olderMajors } from "../document-versions";
import type { ContractFolder } from "./schema-file";

/**
 * What keeps documents of a contract's older versions from being read, each with its cure; empty for a contract whose
 * documents claim no version and that has no upcasters.
 */
export function upcasterFaults(
  { schema, version }: ContractFolder,
  older: readonly ContractFolder[],
  upcasters: Upcasters,
): readonly string[] {
  const { versionField, unversioned } = schema.changelog ?? {};
  const contract = `${schema.title} ${version}`;
  const frozenVersions = older.map((frozen) => frozen.version);
  const majors = olderMajors(frozenVersions, version);
  if (versionField === undefined) {
    return Object.keys(upcasters).length === 0
      ? []
      : [`${contract} has upcasters, but no versionField: no document can claim an older version`];
  }
  const missing = majorsWithoutUpcaster(frozenVersions, version, upcasters).map(
    (major) => `${contract} has no upcaster from major ${major}: add it to src/upcasters.ts`,
  );
  const idle = Object.keys(upcasters)
    .filter((major) => !majors.includes(Number(major)))
    .map((major) => `${contract} has an upcaster from major ${major}, which is no older major of it: take it out`);
  const isKnown = unversioned === undefined || unversioned === majorOf(version) || majors.includes(unversioned);
  const types = [schema.properties[versionField]?.type ?? []].flat();
  const isClaim = types.length > 0 && types.every((type) => type === "integer" || type === "string");
  return [
    ...missing,
    ...idle,
    ...(isKnown
      ? []
      : [`${contract} reads documents without ${versionField} as major ${unversioned}, which it has not`]),
    ...(isClaim ? [] : [`${contract}: its versionField ${versionField} is no field of type integer or string`]),
  ];
}
