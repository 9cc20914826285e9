import type { ChangelogContract, Fault } from "@junoplus/contracts";

/** The faults of a document: its own, and those of array entries that are rejected alone. */
export interface DocumentFaults {
  readonly document: readonly Fault[];
  readonly entries: readonly { readonly array: string; readonly index: number; readonly faults: readonly Fault[] }[];
}

const NONE: DocumentFaults = { document: [], entries: [] };

/** What is wrong with a raw document. An array entry that is declared to be rejected alone does not spoil the document. */
export function faultsOfDocument(contract: ChangelogContract, raw: object): DocumentFaults {
  return sortFaults(contract, contract.faults(contract.decode(raw)));
}

/** The valid part of a document whose change was accepted: decoded, without the array entries that are rejected alone. */
export function documentOf<Document>(contract: ChangelogContract<Document>, data: string): Document {
  const document = contract.decode(JSON.parse(data) as object);
  if (contract.entries.length === 0) return document as Document;
  const { entries } = sortFaults(contract, contract.faults(document));
  for (const array of contract.entries) {
    const dropped = new Set(entries.filter((entry) => entry.array === array).map((entry) => entry.index));
    if (dropped.size === 0) continue;
    const fields = document as Record<string, unknown[]>;
    fields[array] = (fields[array] ?? []).filter((_entry, index) => !dropped.has(index));
  }
  return document as Document;
}

function sortFaults(contract: ChangelogContract, faults: readonly Fault[]): DocumentFaults {
  if (faults.length === 0) return NONE;
  const document: Fault[] = [];
  const entries = new Map<string, { array: string; index: number; faults: Fault[] }>();
  for (const fault of faults) {
    const [, array = "", index = ""] = fault.pointer.split("/");
    if (!contract.entries.includes(array) || index === "") {
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
