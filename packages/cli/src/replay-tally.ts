import { isDeepStrictEqual } from "node:util";
import { compareChanges, documentPath, readDocument, type StoredDocument } from "@junoplus/bronze-ingest";
import { type ChangelogContract, compareBytes, type Fault } from "@junoplus/contracts";
import { type CarriedField, CarriedFields } from "./carried-fields";

/** How many documents fail under which contract; those that pass both are the rest. */
export interface ReplayCounts {
  readonly documents: number;
  /** Fail under the proposal only. */
  readonly newlyFailing: number;
  /** Fail under the contract of the ref only. */
  readonly newlyPassing: number;
  readonly failingBoth: number;
}

/** One rule at one place of the documents, and how many documents break it under one of the two contracts only. */
export interface PointerReplay {
  /** JSON pointer; `*` for an array index, and for whatever no contract names. */
  readonly pointer: string;
  /** The schema keyword, such as `maximum`. */
  readonly rule: string;
  readonly newlyFailing: number;
  readonly newlyPassing: number;
  /** Paths of such documents, the least ones in byte order; at most KEYS_KEPT. */
  readonly keys: readonly string[];
}

/** One side of a replay. */
export interface ReplaySide {
  readonly contract: ChangelogContract;
  /** Every field name of its schemas: other names in a pointer come from documents, and are not shown. */
  readonly fields: ReadonlySet<string>;
}

/** Keys that are kept for each pointer and rule: enough to look at, and memory stays bounded. */
export const KEYS_KEPT = 10;

const FAILS_BEFORE = 1;
const FAILS_AFTER = 2;

/** The newest change of one document, and how it fails; `fails` is null for a deletion. */
interface Newest extends Pick<StoredDocument, "timestamp" | "operation" | "eventId"> {
  /** Stands in for the text of the document where all else is equal, so that no document is held. */
  readonly data: string;
  readonly fails: number | null;
}

/**
 * Holds stored documents against two contracts. Exact duplicates count once; order and bundling do not matter. It keeps an
 * identity for each change and one entry for each path, no document.
 */
export class ReplayTally {
  private readonly seen = new Set<string>();
  private readonly newest = new Map<string, Newest>();
  private readonly all = [0, 0, 0, 0];
  private readonly pointers = new Map<string, { newlyFailing: number; newlyPassing: number; keys: string[] }>();
  private readOtherwise = 0;

  /** `before` is null for a contract that is new: nothing was refused before. `comparesReading`: the two may decode a document differently. */
  constructor(
    private readonly before: ReplaySide | null,
    private readonly after: ReplaySide,
    private readonly comparesReading: boolean,
    private readonly carried: CarriedFields = new CarriedFields([]),
  ) {}

  add(stored: StoredDocument): void {
    if (this.seen.has(stored.id)) return;
    this.seen.add(stored.id);
    this.carried.add(stored.document);
    const { path, timestamp, operation, eventId, id, document } = stored;
    const candidate = { timestamp, operation, eventId, data: id, fails: document === null ? null : this.judge(stored) };
    const known = this.newest.get(path);
    if (known === undefined || compareChanges(candidate, known) > 0) this.newest.set(path, candidate);
  }

  result(): ReplayCounts & {
    readonly live: ReplayCounts;
    readonly readOtherwise: number;
    readonly byPointer: readonly PointerReplay[];
    readonly carried: readonly CarriedField[];
  } {
    const live = [0, 0, 0, 0];
    for (const { fails } of this.newest.values()) if (fails !== null) live[fails] = (live[fails] ?? 0) + 1;
    const byPointer = [...this.pointers]
      .sort(([a], [b]) => compareBytes(a, b))
      .map(([name, counts]) => {
        const [pointer = "", rule = ""] = name.split("\n");
        return { pointer, rule, ...counts };
      });
    const { readOtherwise } = this;
    return { ...countsOf(this.all), live: countsOf(live), readOtherwise, byPointer, carried: this.carried.result() };
  }

  private judge(stored: StoredDocument): number {
    const before = this.before === null ? ACCEPTED : readBy(this.before, stored);
    const after = readBy(this.after, stored);
    const fails = (before.faults.length > 0 ? FAILS_BEFORE : 0) + (after.faults.length > 0 ? FAILS_AFTER : 0);
    this.all[fails] = (this.all[fails] ?? 0) + 1;
    if (fails === 0) {
      if (this.comparesReading && !isDeepStrictEqual(before.document, after.document)) this.readOtherwise += 1;
      return fails;
    }
    const [broken, breaks] = [namesOf(before.faults, this.before), namesOf(after.faults, this.after)];
    for (const name of breaks) if (!broken.has(name)) this.count(name, "newlyFailing", stored.path);
    for (const name of broken) if (!breaks.has(name)) this.count(name, "newlyPassing", stored.path);
    return fails;
  }

  private count(name: string, what: "newlyFailing" | "newlyPassing", path: string): void {
    const counts = this.pointers.get(name) ?? { newlyFailing: 0, newlyPassing: 0, keys: [] };
    counts[what] += 1;
    counts.keys = withKey(counts.keys, path);
    this.pointers.set(name, counts);
  }
}

interface Reading {
  readonly document: unknown;
  readonly faults: readonly Fault[];
}

const ACCEPTED: Reading = { document: null, faults: [] };

const NO_DOCUMENT: Reading = {
  document: null,
  faults: [{ pointer: "/document_name", message: "is no document of the path", rule: "path", reason: "missing_key" }],
};

/** A document that is rejected alone and one of whose entries is rejected fail alike: something that is stored is not read. */
function readBy({ contract }: ReplaySide, { path, document }: StoredDocument): Reading {
  if (documentPath(contract.path, path) === null) return NO_DOCUMENT;
  const read = readDocument(contract, document as object);
  const { document: own, entries } = read.faults;
  const faults = entries.length === 0 ? own : [...own, ...entries.flatMap((entry) => entry.faults)];
  return { document: read.document, faults };
}

/** Pointer and rule of every fault, once. */
function namesOf(faults: readonly Fault[], side: ReplaySide | null): ReadonlySet<string> {
  return new Set(faults.map(({ pointer, rule }) => `${shown(pointer, side)}\n${rule}`));
}

function shown(pointer: string, side: ReplaySide | null): string {
  if (pointer === "" || pointer === "/document_name") return pointer;
  const names = pointer.split("/").slice(1);
  return names.map((name) => (side?.fields.has(name) ? `/${name}` : "/*")).join("");
}

/** The least keys, in order, each once. */
function withKey(keys: string[], key: string): string[] {
  const last = keys.at(-1);
  if (keys.includes(key) || (keys.length === KEYS_KEPT && last !== undefined && compareBytes(key, last) > 0))
    return keys;
  return [...keys, key].sort(compareBytes).slice(0, KEYS_KEPT);
}

function countsOf([passing = 0, newlyPassing = 0, newlyFailing = 0, failingBoth = 0]: readonly number[]): ReplayCounts {
  return { documents: passing + newlyPassing + newlyFailing + failingBoth, newlyFailing, newlyPassing, failingBoth };
}
