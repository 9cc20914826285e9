import { compatibility } from "@junoplus/contracts/compatibility/compatibility";
import type { Difference, Verdict } from "@junoplus/contracts/compatibility/difference";
import { fieldPointer } from "@junoplus/contracts/compatibility/field-pointer";
import { type Bump, type BumpCheck, bumpOf, checkBump } from "@junoplus/contracts/compatibility/required-bump";
import { type WarehouseDiff, warehouseDiff } from "@junoplus/contracts/compatibility/warehouse-diff";
import { type ContractFolder, compareVersions, LAYERS } from "@junoplus/contracts/generate/schema-file";
import type { ContractFiles } from "./contract-files";
import { contractIn, UnreadableContractError } from "./parsed-contracts";

/** A contract held against one version of it. */
export interface VersionVerdict {
  readonly version: string;
  readonly backward: Verdict;
  readonly forward: Verdict;
  readonly bump: BumpCheck;
}

/** A difference with the field that it is about, and the bump that it needs alone. */
export interface ContractDifference extends Difference {
  /** JSON pointer into the document or row; "" where it is about the whole. */
  readonly field: string;
  readonly bump: Bump;
}

/** What became of one contract. */
export interface ContractDiff {
  readonly table: string;
  readonly path: string;
  readonly status: "new" | "removed" | "changed" | "unchanged";
  readonly before: string | null;
  readonly after: string | null;
  /** Against the version at the ref. */
  readonly backward: Verdict;
  readonly forward: Verdict;
  readonly required: Bump;
  /** By how much the version rose from the one at the ref. */
  readonly made: BumpCheck["actual"];
  readonly isRaisedEnough: boolean;
  readonly differences: readonly ContractDifference[];
  /** Against every frozen version: today's code reads all history. */
  readonly frozen: readonly VersionVerdict[];
  readonly statements: WarehouseDiff;
  /** Why the change is refused; empty when it may be merged. */
  readonly faults: readonly string[];
}

const NO_STATEMENTS: WarehouseDiff = { bigQuery: [], duckDb: [], notInPlace: [] };

/** Every contract of either side that is not exactly what it was, in layer order, then by name. */
export function contractDiffs(before: ContractFiles, after: ContractFiles, prefix: string): readonly ContractDiff[] {
  const folders = [...new Set([...before.keys(), ...after.keys()].map(folderOf))].sort(
    (a, b) => layerIndex(a) - layerIndex(b) || (a < b ? -1 : 1),
  );
  return folders
    .map((folder) => contractDiff(folder, before, after, prefix))
    .filter(({ status, faults }) => status !== "unchanged" || faults.length > 0);
}

function contractDiff(folder: string, before: ContractFiles, after: ContractFiles, prefix: string): ContractDiff {
  const [old, now] = [contractIn(before, folder, "schema"), contractIn(after, folder, "schema")];
  if (now === undefined) return removedContract(folder, old);
  const frozen = frozenVerdicts(folder, before, after, now);
  const overwritten = overwrittenVersions(folder, before, after);
  const base = { path: now.path, table: now.schema.title, after: now.version, frozen };
  if (old === undefined) {
    return { ...base, status: "new", before: null, ...UNTOUCHED, faults: [...overwritten, ...bumpFaults(frozen)] };
  }
  const { differences, backward, forward } = changesOf(old, now);
  const bump = checkBump(old.version, now.version, differences);
  const others = frozen.filter(({ version }) => version !== old.version);
  return {
    ...base,
    status: differences.length > 0 || old.version !== now.version ? "changed" : "unchanged",
    before: old.version,
    backward,
    forward,
    required: bump.required,
    made: bump.actual,
    isRaisedEnough: bump.isEnough,
    differences,
    statements: statementsOf(old, now, prefix),
    faults: [
      ...overwritten,
      ...(bump.isEnough ? [] : [bump.message]),
      ...bumpFaults(others),
      // No version makes this right, however high.
      ...differences.filter(({ kind }) => kind === "identifier_exposed").map(({ message }) => message),
    ],
  };
}

/** What changed since the version at the ref, each with its field, and what becomes of what was written under it. */
function changesOf(
  old: ContractFolder,
  now: ContractFolder,
): Pick<ContractDiff, "differences" | "backward" | "forward"> {
  const { versions, backward, forward } = compatibility([old.schema], now.schema);
  const differences = versions
    .flatMap((version) => version.differences)
    .map((found): ContractDifference => {
      const schema = GONE.test(found.kind) ? old.schema : now.schema;
      return { ...found, field: fieldPointer(found.pointer, schema), bump: bumpOf(found) };
    });
  return { differences, backward, forward };
}

/** Kinds whose pointer points into the older schema. */
const GONE = /^(property_removed|required_removed)/;

const UNTOUCHED = {
  backward: "holds",
  forward: "holds",
  required: "none",
  made: "none",
  isRaisedEnough: true,
  differences: [],
  statements: NO_STATEMENTS,
} as const;

function removedContract(folder: string, old: ContractFolder | undefined): ContractDiff {
  return {
    ...UNTOUCHED,
    table: old?.schema.title ?? folder,
    path: `schemas/${folder}`,
    status: "removed",
    before: old?.version ?? null,
    after: null,
    backward: "breaks",
    forward: "breaks",
    required: "major",
    frozen: [],
    faults: ["a whole contract is gone, and no version says so: put the folder back until nobody reads its rows"],
  };
}

function bumpFaults(frozen: readonly VersionVerdict[]): readonly string[] {
  return frozen.filter(({ bump }) => !bump.isEnough).map(({ bump }) => `against frozen versions: ${bump.message}`);
}

function statementsOf(old: ContractFolder, now: ContractFolder, prefix: string): WarehouseDiff {
  try {
    return warehouseDiff(old, now, prefix);
  } catch (error) {
    // The columns of a contract are not guessed: a type that the warehouse has not is named with its column.
    throw new UnreadableContractError((error as Error).message);
  }
}

/** The newest version held against each frozen one. */
function frozenVerdicts(
  folder: string,
  before: ContractFiles,
  after: ContractFiles,
  now: ContractFolder,
): readonly VersionVerdict[] {
  const olders = frozenVersions(folder, before, after)
    .map((path) => contractIn(before.has(path) ? before : after, folder, nameOf(path)))
    .filter((version) => version !== undefined);
  const { versions } = compatibility(
    olders.map(({ schema }) => schema),
    now.schema,
  );
  return versions.map(({ differences, backward, forward }, i) => {
    const { version } = olders[i] as ContractFolder;
    return { version, backward, forward, bump: checkBump(version, now.version, differences) };
  });
}

/** A fault for each frozen version that is gone or no longer what it was. */
function overwrittenVersions(folder: string, before: ContractFiles, after: ContractFiles): readonly string[] {
  return frozenVersions(folder, before, after)
    .filter((path) => before.has(path) && before.get(path) !== after.get(path))
    .map((path) => `${path} is frozen: put it back as it was, and raise the version instead`);
}

/** Paths of all frozen versions, those included that one side has lost; oldest first. */
function frozenVersions(folder: string, before: ContractFiles, after: ContractFiles): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => path.startsWith(`${folder}/versions/`))
    .sort(compareVersions);
}

function folderOf(path: string): string {
  return path.split("/").slice(0, 2).join("/");
}

function nameOf(path: string): string {
  return path
    .split("/")
    .slice(2)
    .join("/")
    .replace(/\.json$/, "");
}

function layerIndex(folder: string): number {
  return LAYERS.findIndex((layer) => folder.startsWith(`${layer}/`));
}
