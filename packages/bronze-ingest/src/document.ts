import type { ChangelogContract, DocumentVersion, Fault } from "@junoplus/contracts";

/** The faults of one array entry that is rejected alone. */
interface EntryFaults {
  readonly array: string;
  readonly index: number;
  readonly faults: readonly Fault[];
}

/** The faults of a document: its own, and those of array entries that are rejected alone. */
export interface DocumentFaults {
  readonly document: readonly Fault[];
  readonly entries: readonly EntryFaults[];
}

/** A raw document as the newest version of its contract describes it, and what is wrong with it. */
export interface ReadDocument {
  /** Without the array entries that are rejected alone; what could be made of it where the document has faults of its own. */
  readonly document: unknown;
  readonly faults: DocumentFaults;
}

const NONE: DocumentFaults = { document: [], entries: [] };

/**
 * Reads a raw document by the version that it claims: decoded and validated by that version, upcast, and validated by the
 * newest. An array entry that is declared to be rejected alone does not spoil the document. Pointers of faults that show
 * only after upcasting are those of the upcast document.
 */
export function readDocument(contract: ChangelogContract, raw: object): ReadDocument {
  const { versions } = contract;
  if (versions === undefined) return readAs(contract, raw);
  const claim = versions.claimed(raw);
  if ("fault" in claim) return { document: null, faults: { document: [claim.fault], entries: [] } };
  const { version } = claim;
  const read = readAs(version, raw);
  if (version.version === contract.version) return read;
  const own = toldOf(read.faults, `in version ${version.version}`);
  if (own.document.length > 0) return { document: read.document, faults: own };
  const upcast = contract.decode(versions.upcast(read.document, version.version) as object);
  const later = sortFaults(contract.entries, contract.faults(upcast));
  const told = toldOf(later, `after upcasting from ${version.version}`);
  return {
    document: later.entries.length === 0 ? upcast : withoutEntries(upcast, later.entries),
    faults: { document: told.document, entries: [...own.entries, ...told.entries] },
  };
}

/** A raw document decoded and validated by one version. */
function readAs(version: DocumentVersion, raw: object): ReadDocument {
  const decoded = version.decode(raw);
  const faults = sortFaults(version.entries, version.faults(decoded));
  return { document: faults.entries.length === 0 ? decoded : withoutEntries(decoded, faults.entries), faults };
}

/** What is wrong with a raw document. */
export function faultsOfDocument(contract: ChangelogContract, raw: object): DocumentFaults {
  return readDocument(contract, raw).faults;
}

/** The valid part of a document whose change was accepted: of the newest version, without the array entries that are rejected alone. */
export function documentOf<Document>(contract: ChangelogContract<Document>, data: string): Document {
  const raw = JSON.parse(data) as object;
  // Nothing to leave out and nothing to upcast: validating again would cost as much as the first time, and change nothing.
  if (contract.versions === undefined && contract.entries.length === 0) return contract.decode(raw) as Document;
  return readDocument(contract, raw).document as Document;
}

/** The same faults, each with the version that it was found under. */
function toldOf({ document, entries }: DocumentFaults, where: string): DocumentFaults {
  const told = (faults: readonly Fault[]): readonly Fault[] =>
    faults.map((fault) => ({ ...fault, message: `${fault.message} ${where}` }));
  return { document: told(document), entries: entries.map((entry) => ({ ...entry, faults: told(entry.faults) })) };
}

function withoutEntries(document: unknown, entries: readonly EntryFaults[]): unknown {
  const kept = { ...(document as Record<string, readonly unknown[]>) };
  for (const array of new Set(entries.map((entry) => entry.array))) {
    const dropped = new Set(entries.filter((entry) => entry.array === array).map((entry) => entry.index));
    kept[array] = (kept[array] ?? []).filter((_entry, index) => !dropped.has(index));
  }
  return kept;
}

function sortFaults(arrays: readonly string[], faults: readonly Fault[]): DocumentFaults {
  if (faults.length === 0) return NONE;
  const document: Fault[] = [];
  const entries = new Map<string, { array: string; index: number; faults: Fault[] }>();
  for (const fault of faults) {
    const [, array = "", index = ""] = fault.pointer.split("/");
    if (!arrays.includes(array) || index === "") {
      document.push(fault);
      continue;
    }
    const name = `${array}/${index}`;
    const entry = entries.get(name) ?? { array, index: Number(index), faults: [] };
    entry.faults.push(fault);
    entries.set(name, entry);
  }
  return { document, entries: [...entries.values()] };
}
