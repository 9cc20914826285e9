import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Classification, Layer, RejectReason } from "../contract";
import type { SchemaNode } from "../decode";

/** One property of a contract's schema, as it stands in the file. */
export interface PropertySchema extends SchemaNode {
  readonly description?: string;
  readonly classification?: Classification;
  readonly role?: "key" | "feature" | "target" | "outcome" | "metadata";
  readonly asOf?: "current";
  readonly enum?: readonly (string | null)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly sql?: string;
  readonly properties?: Readonly<Record<string, PropertySchema>>;
  readonly items?: PropertySchema;
}

export interface WarehouseBlock {
  readonly dataset: Layer;
  readonly kind: "table" | "view";
  readonly write: "replace" | "append";
  readonly key: readonly string[];
  readonly partition?: { readonly column: string; readonly granularity: "DAY" | "MONTH" };
  readonly requirePartitionFilter?: true;
  readonly partitionExpirationDays?: number;
  readonly cluster?: readonly string[];
  /** Whose column holds the time of the source; of the table itself where none is named. */
  readonly freshness?: { readonly table?: string; readonly column: string };
  readonly from?: string;
  readonly query?: string;
}

export interface ChangelogBlock {
  readonly prefix: string;
  readonly path: string;
  readonly entries?: readonly string[];
  readonly missing: Readonly<Record<string, RejectReason>>;
  /** Top-level field in which documents claim the version that they were written under. */
  readonly versionField?: string;
  /** Major of the documents that claim none; the newest version reads them where it is not given. */
  readonly unversioned?: number;
}

/** A contract's `schema.json`. */
export interface ContractSchema extends PropertySchema {
  readonly $id: string;
  readonly title: string;
  readonly description: string;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly properties: Readonly<Record<string, PropertySchema>>;
  readonly warehouse?: WarehouseBlock;
  readonly changelog?: ChangelogBlock;
}

/** One contract folder, `schemas/<layer>/<name>/`. */
export interface ContractFolder {
  readonly layer: Layer;
  readonly name: string;
  /** The folder's path relative to the package. */
  readonly path: string;
  readonly schema: ContractSchema;
  readonly version: string;
}

/** The layers, from the log to what people read; then what runs leave to each other. */
export const LAYERS: readonly Layer[] = ["bronze", "silver", "gold", "semantic", "quality", "state"];
const ID = /^urn:junoplus:contract:([a-z]+):([a-z0-9_]+):(\d+\.\d+\.\d+)$/;

/** Reads every contract below `schemas/`, in layer order, then by name. Throws with the file and the cure when an `$id` is off. */
export function readContracts(packageRoot: string): readonly ContractFolder[] {
  return LAYERS.flatMap((layer) => {
    const folder = join(packageRoot, "schemas", layer);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .sort()
      .map((name) => readContract(packageRoot, layer, name));
  });
}

function readContract(packageRoot: string, layer: Layer, name: string): ContractFolder {
  return parseContract(layer, name, readFileSync(join(packageRoot, `schemas/${layer}/${name}/schema.json`), "utf8"));
}

/** The frozen versions of a contract below its own, oldest first. Throws as `readContracts` does. */
export function olderVersions(packageRoot: string, contract: ContractFolder): readonly ContractFolder[] {
  const folder = join(packageRoot, contract.path, "versions");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((file) => parseContract(contract.layer, contract.name, readFileSync(join(folder, file), "utf8")))
    .filter((frozen) => byVersion(frozen, contract) < 0)
    .sort(byVersion);
}

/** The order of contracts by version. */
export function byVersion(a: { readonly version: string }, b: { readonly version: string }): number {
  return compareVersions(a.version, b.version);
}

/** The order of versions, and of paths that differ in a version only: number by number. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** A contract from the text of its `schema.json` or of a frozen copy. Throws with the file and the cure when its `$id` is off. */
export function parseContract(layer: Layer, name: string, text: string): ContractFolder {
  const path = `schemas/${layer}/${name}`;
  const schema = JSON.parse(text) as ContractSchema;
  const [, idLayer, idName, version] = ID.exec(schema.$id) ?? [];
  if (idLayer !== layer || idName !== name || version === undefined) {
    throw new Error(
      `${path}/schema.json: $id is "${schema.$id}"; write urn:junoplus:contract:${layer}:${name}:<version>`,
    );
  }
  return { layer, name, path, schema, version };
}
