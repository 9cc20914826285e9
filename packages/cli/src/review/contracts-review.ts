import { schemaFile } from "../contract-files";
import type { ContractDiff } from "../contracts-diff";
import type { ContractReplay } from "../contracts-replay";
import type { FieldUse } from "../downstream/downstream";
import type { OwnersOf } from "./code-owners";

/** Everything that is known about a proposal before it is merged. */
export interface ContractsReview {
  /** The git ref whose contracts are the older ones. */
  readonly against: string;
  readonly isRefused: boolean;
  /** Whose stored documents were read, in words; null where none were. */
  readonly replayed: string | null;
  readonly contracts: readonly ReviewedContract[];
}

/** One contract with the evidence beside its verdicts. */
export interface ReviewedContract extends ContractDiff {
  /** Of each field that changes in more than words: who reads it, and who reads those columns. */
  readonly downstream: readonly FieldDownstream[];
  /** Null where nothing was replayed: of a table, of a contract that is gone, or because nobody wanted it. */
  readonly replay: ContractReplay | null;
  /** Why an added field is no mere assumption any more; empty where nothing was replayed. */
  readonly assumptions: readonly Assumption[];
  readonly mustAgree: readonly Agreement[];
}

export interface FieldDownstream {
  readonly field: string;
  /** The field is gone from the contract: its readers are those that were there before. */
  readonly isGone: boolean;
  readonly uses: readonly FieldUse[];
}

/** A field that is new in an open document, held against what is stored. */
export interface Assumption {
  readonly field: string;
  /** Stored documents that carry it. */
  readonly carried: number;
  /** Stored documents that carry it as something that the new contract refuses. */
  readonly contradicted: number;
}

/** An owner, and the tables and files for which they answer. */
export interface Agreement {
  readonly owner: string;
  readonly of: readonly string[];
}

/** Who reads a field of a contract, directly or by a column of another; of a field that is gone, who read it before. */
export type ReadersOf = (contract: string, field: string, isGone: boolean) => readonly FieldUse[];

/** What the evidence is taken from. */
export interface Evidence {
  readonly against: string;
  readonly diffs: readonly ContractDiff[];
  readonly replayed: string | null;
  readonly replays: readonly ContractReplay[];
  readonly readersOf: ReadersOf;
  readonly ownersOf: OwnersOf;
  /** The file of a table's contract, relative to the repository; undefined where there is none of the title. */
  readonly schemaFileOf: (table: string) => string | undefined;
}

/** Puts verdicts and evidence together. What stored documents contradict is refused like any other break. */
export function contractsReview({ against, diffs, replayed, ...evidence }: Evidence): ContractsReview {
  const contracts = diffs.map((diff) => reviewedContract(diff, evidence));
  return { against, isRefused: contracts.some(({ faults }) => faults.length > 0), replayed, contracts };
}

function reviewedContract(
  diff: ContractDiff,
  { replays, readersOf, ownersOf, schemaFileOf }: Omit<Evidence, "against" | "diffs" | "replayed">,
): ReviewedContract {
  const replay = replays.find(({ contract }) => contract === diff.table) ?? null;
  const changed = diff.differences.filter(({ bump }) => bump !== "patch");
  const downstream = [...new Set(changed.map(({ field }) => field))].map((field) => {
    const isGone = changed.some((found) => found.field === field && found.kind.startsWith("property_removed"));
    return { field, isGone, uses: readersFirst(readersOf(diff.table, field, isGone)) };
  });
  const assumptions = replay === null ? [] : assumptionsOf(diff, replay);
  const contradictions = assumptions.filter(({ contradicted }) => contradicted > 0);
  return {
    ...diff,
    required: contradictions.length > 0 ? "major" : diff.required,
    faults: [...diff.faults, ...(diff.made === "major" ? [] : contradictions.map(contradiction))],
    downstream,
    replay,
    assumptions,
    mustAgree: agreements(diff, downstream, ownersOf, schemaFileOf),
  };
}

const KINDS: readonly FieldUse["reader"]["kind"][] = ["column", "view", "check", "step"];

function readersFirst(uses: readonly FieldUse[]): readonly FieldUse[] {
  return uses.toSorted((a, b) => KINDS.indexOf(a.reader.kind) - KINDS.indexOf(b.reader.kind));
}

/** The fields whose verdict stands only as long as no stored document carries something else there. */
export function assumedFields({ differences }: ContractDiff): readonly string[] {
  return differences.filter(({ backward }) => backward === "assumes").map(({ field }) => field);
}

function assumptionsOf(diff: ContractDiff, { byPointer, carried }: ContractReplay): readonly Assumption[] {
  return assumedFields(diff).map((field) => ({
    field,
    carried: carried.find((counted) => counted.field === field)?.documents ?? 0,
    contradicted: byPointer
      .filter(({ pointer }) => pointer === field || pointer.startsWith(`${field}/`))
      .reduce((most, { newlyFailing }) => Math.max(most, newlyFailing), 0),
  }));
}

function contradiction({ field, contradicted }: Assumption): string {
  return `${field} is carried by ${contradicted} stored documents already as something that is refused now: choose another name, allow what is stored, or raise the major version`;
}

function agreements(
  diff: ContractDiff,
  downstream: readonly FieldDownstream[],
  ownersOf: OwnersOf,
  schemaFileOf: Evidence["schemaFileOf"],
): readonly Agreement[] {
  const files = new Map([[diff.table, schemaFile(diff)]]);
  // Words alone are the owner's of the contract; a change is also theirs who read it.
  for (const { reader, file } of downstream.flatMap(({ uses }) => uses)) {
    const [table = ""] = reader.name.split(".");
    const schema = reader.kind === "step" ? undefined : schemaFileOf(table);
    files.set(schema === undefined ? file : table, schema ?? file);
  }
  const of = new Map<string, string[]>();
  for (const [name, file] of files) {
    for (const owner of ownersOf(file)) of.set(owner, [...(of.get(owner) ?? []), name]);
  }
  return [...of].sort(([a], [b]) => (a < b ? -1 : 1)).map(([owner, names]) => ({ owner, of: names.sort() }));
}
