import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { fileRanges, linesOf } from "@junoplus/beam-runtime/file-ranges";
import { type ChangelogFile, changelogFiles, storedDocument } from "@junoplus/bronze-ingest";
import { majorsWithoutUpcaster } from "@junoplus/contracts/document-versions";
import { documentVersionFacts } from "@junoplus/contracts/generate/changelog-facts";
import { interpretedChangelog } from "@junoplus/contracts/generate/interpreted-contract";
import { byVersion, type ContractFolder, type PropertySchema } from "@junoplus/contracts/generate/schema-file";
import { upcasters } from "@junoplus/contracts/upcasters";
import { type CarriedField, CarriedFields } from "./carried-fields";
import type { ContractFiles } from "./contract-files";
import { OptionsError } from "./options-error";
import { contractIn, contractsIn, UnreadableContractError } from "./parsed-contracts";
import { type PointerReplay, type ReplayCounts, type ReplaySide, ReplayTally } from "./replay-tally";

/** What a proposal does to the documents that are stored: every distinct version of each counts. */
export interface ContractReplay extends ReplayCounts {
  /** Title of the contract, `bronze_<table>`. */
  readonly contract: string;
  /** The version at the ref; null for a contract that is new. */
  readonly before: string | null;
  readonly after: string;
  /** Rows of the change log, also those that hold no readable document. */
  readonly changes: number;
  /** The same counts for the newest version of each document that is not deleted. */
  readonly live: ReplayCounts;
  /** Documents that pass both, but are not read as the same: a field that is read now or no more, another format. */
  readonly readOtherwise: number;
  /** Where the two contracts judge differently, sorted by pointer and rule. */
  readonly byPointer: readonly PointerReplay[];
  /** Of each field that was asked for: the documents that carry it. */
  readonly carried: readonly CarriedField[];
}

export interface ReplayOptions {
  /** The contracts at the git ref. */
  readonly before: ContractFiles;
  /** The proposal. */
  readonly after: ContractFiles;
  /** Directory of `<prefix>_raw_changelog*.ndjson[.gz]` files, or the files themselves. */
  readonly source: string | readonly ChangelogFile[];
  /** Title of the only contract to replay, changed or not; without it, every change log whose contract differs. */
  readonly contract?: string;
  /** Fields, by title of the contract, of which to count the documents that carry them. */
  readonly countCarried?: ReadonlyMap<string, readonly string[]>;
  /** Called after every piece of a file, with the rows read of the contract so far. */
  readonly onProgress?: (contract: string, changes: number) => void;
}

/**
 * Reads stored documents as both contracts do, and counts where they judge differently; no value is kept. A contract that is
 * gone is not replayed. Throws OptionsError for an unknown contract, ChangelogSourceError for a source without change logs,
 * UnreadableContractError for a schema that cannot be compiled, or whose upcasters are not there.
 */
export async function replayContracts(options: ReplayOptions): Promise<readonly ContractReplay[]> {
  const replays: ContractReplay[] = [];
  for (const { folder } of replayedChangelogs(options)) replays.push(await replayContract(folder, options));
  return replays;
}

/** A change log that a replay reads. */
export interface ReplayedChangelog {
  readonly folder: string;
  /** Title of its contract. */
  readonly contract: string;
  readonly prefix: string;
  /** True where the ref has no contract of it: its collection may have no log yet. */
  readonly isNew: boolean;
}

/** The change logs that a replay reads. Throws OptionsError for an unknown contract. */
export function replayedChangelogs({
  before,
  after,
  contract,
}: Pick<ReplayOptions, "before" | "after" | "contract">): readonly ReplayedChangelog[] {
  const path = (folder: string): string => `${folder}/schema.json`;
  const changelogs = changelogsIn(after).map(({ folder, title, changelog: { prefix } }) => {
    return { folder, contract: title, prefix, isNew: !before.has(path(folder)) };
  });
  if (contract === undefined) {
    return changelogs.filter(({ folder }) => before.get(path(folder)) !== after.get(path(folder)));
  }
  const named = changelogs.filter((changelog) => changelog.contract === contract);
  if (named.length === 0) {
    const titles = changelogs.map((changelog) => changelog.contract).join(", ");
    throw new OptionsError([`--contract ${contract}: is no contract of a change log; choose from ${titles}`]);
  }
  return named;
}

function changelogsIn(files: ContractFiles) {
  return contractsIn(files).flatMap(({ layer, name, schema: { title, changelog } }) =>
    changelog === undefined ? [] : [{ folder: `${layer}/${name}`, title, changelog }],
  );
}

async function replayContract(folder: string, options: ReplayOptions): Promise<ContractReplay> {
  const before = versionsIn(options.before, folder);
  const after = versionsIn(options.after, folder);
  const now = after.at(-1);
  const prefix = now?.schema.changelog?.prefix;
  if (now === undefined || prefix === undefined) throw new Error(`${folder} has no change log`);
  const old = before.at(-1);
  const contract = now.schema.title;
  const tally = new ReplayTally(
    old === undefined ? null : sideOf(before),
    sideOf(after),
    mayReadOtherwise(before, after),
    new CarriedFields(options.countCarried?.get(contract) ?? []),
  );
  let changes = 0;
  for (const range of fileRanges(storedFiles(prefix, options))) {
    for (const line of linesOf(range)) {
      if (line.trim() === "") continue;
      changes += 1;
      const stored = storedDocument(line);
      if (stored !== null) tally.add(stored);
    }
    options.onProgress?.(contract, changes);
    // Between two pieces whatever else waits has its turn: a signal, a renewed line.
    await setImmediate();
  }
  return { contract, before: old?.version ?? null, after: now.version, changes, ...tally.result() };
}

/** A collection that is new has no file yet; a source that holds no change log at all is no source. */
function storedFiles(prefix: string, { after, source }: ReplayOptions): readonly ChangelogFile[] {
  const prefixes = changelogsIn(after).map(({ changelog }) => changelog.prefix);
  const files = typeof source === "string" ? changelogFiles(source, prefixes) : source;
  return files.filter((file) => file.prefix === prefix);
}

/** The versions of a contract that one side has, its frozen ones and last its own; empty when it has no such contract. */
function versionsIn(files: ContractFiles, folder: string): readonly ContractFolder[] {
  const own = contractIn(files, folder, "schema");
  if (own === undefined) return [];
  const frozen = [...files.keys()]
    .filter((path) => path.startsWith(`${folder}/versions/`))
    .map((path) => contractIn(files, folder, path.slice(folder.length + 1, -".json".length)))
    .filter((version) => version !== undefined)
    .filter((version) => byVersion(version, own) < 0);
  return [...frozen.sort(byVersion), own];
}

function sideOf(versions: readonly ContractFolder[]): ReplaySide {
  const own = versions.at(-1);
  if (own === undefined) throw new Error("a side of a replay has a contract");
  const older = versions.slice(0, -1);
  const { title, changelog } = own.schema;
  const known = upcasters[title] ?? {};
  const texts = older.map(({ version }) => version);
  const missing = changelog?.versionField === undefined ? [] : majorsWithoutUpcaster(texts, own.version, known);
  if (missing.length > 0) {
    throw new UnreadableContractError(
      `${title} ${own.version} has no upcaster from major ${missing.join(", ")}: add it to packages/contracts/src/upcasters.ts, then npm run build`,
    );
  }
  const fields = new Set(versions.flatMap(({ schema }) => fieldNames(schema)));
  if (changelog?.versionField !== undefined) fields.add(changelog.versionField);
  try {
    return { contract: interpretedChangelog(own, older, known), fields };
  } catch (error) {
    throw new UnreadableContractError(`${own.path}, version ${own.version}: ${(error as Error).message}`);
  }
}

function fieldNames(node: PropertySchema): readonly string[] {
  const below = Object.entries(node.properties ?? {}).flatMap(([name, child]) => [name, ...fieldNames(child)]);
  return node.items === undefined ? below : [...below, ...fieldNames(node.items)];
}

/** Comparing every document costs more than reading it: only where the two do not decode alike. */
function mayReadOtherwise(before: readonly ContractFolder[], after: readonly ContractFolder[]): boolean {
  const [old, now] = [before.at(-1), after.at(-1)];
  if (old === undefined || now === undefined) return false;
  const versioned = [old, now].some(({ schema }) => schema.changelog?.versionField !== undefined);
  return versioned || !isDeepStrictEqual(documentVersionFacts(old).schema, documentVersionFacts(now).schema);
}
