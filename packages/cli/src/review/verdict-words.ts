import type { Verdict } from "@junoplus/contracts/compatibility/difference";
import type { ContractsReview, ReviewedContract } from "./contracts-review";

/** What becomes of documents and rows that were written before. */
export const STORED: Readonly<Record<Verdict, string>> = {
  holds: "stays valid",
  assumes: "stays valid, unless a document carried the field unnamed",
  breaks: "is no longer valid",
};

/** What becomes of code that was written before. */
export const OLDER_CODE: Readonly<Record<Verdict, string>> = {
  holds: "reads on",
  assumes: "reads on, unless a document carries the field unnamed",
  breaks: "meets what it does not know",
};

/** Whether the proposal may be merged, in words. */
export function verdict({ isRefused }: Pick<ContractsReview, "isRefused">): string {
  return isRefused ? "may not be merged" : "may be merged";
}

/** Why, in one sentence or two: of what is refused first, otherwise of what the proposal does. */
export function reason({ contracts }: ContractsReview): string {
  const refused = contracts.filter(({ faults }) => faults.length > 0);
  const [first] = refused;
  if (first !== undefined) {
    const more = refused.reduce((sum, { faults }) => sum + faults.length, 0) - 1;
    return `${first.table}: ${firstFault(first)}${more === 0 ? "" : ` (and ${more} more below)`}`;
  }
  if (contracts.length === 0) return "No contract changes.";
  if (contracts.every(({ status }) => status === "new")) return "Nothing that is there changes: what is here is new.";
  const majors = contracts.filter(({ required }) => required === "major");
  if (majors.length > 0) {
    const [breaks, says] = majors.length === 1 ? ["breaks", "says"] : ["break", "say"];
    return `${names(majors)} ${breaks} what was written before and ${says} so by a new major: whoever reads it has to agree first.`;
  }
  const unsettled = contracts.filter(({ backward, replay }) => backward === "assumes" && replay === null);
  return unsettled.length === 0
    ? "What is stored stays valid, and every version rises by enough."
    : `Every version rises by enough; whether stored documents of ${names(unsettled)} carry a new field already has not been looked at.`;
}

/** The difference that needs the bump which was not made says more than the bump. */
function firstFault({ faults, isRaisedEnough, differences, required }: ReviewedContract): string {
  const cause = isRaisedEnough ? undefined : differences.find(({ bump }) => bump === required);
  return cause === undefined ? sentence(faults[0] ?? "") : `${cause.message} ${sentence(faults[0] ?? "")}`;
}

/** The versions of a contract. */
export function versions({ before, after }: Pick<ReviewedContract, "before" | "after">): string {
  if (before === null) return `${after} (new)`;
  if (after === null) return `${before} (removed)`;
  return before === after ? before : `${before} to ${after}`;
}

/** What stored documents say of a contract, in one sentence each. */
export function replaySentences({ replay, assumptions }: ReviewedContract, replayed: string): string[] {
  if (replay === null) return [];
  const { documents, newlyFailing, newlyPassing, failingBoth, readOtherwise } = replay;
  if (documents === 0) return [`There is no document of it in ${replayed}.`];
  return [
    `${count(documents, "stored document")} of ${replayed} (every version of each): ${newlyFailing} newly refused, ${newlyPassing} newly read, ${failingBoth} refused by both contracts.`,
    ...(readOtherwise === 0
      ? []
      : [
          `${count(readOtherwise, "stored document")} pass both, but are read otherwise: with another field, without one, or in another format.`,
        ]),
    ...assumptions.map(({ field, carried, contradicted }) =>
      carried === 0
        ? `No stored document carries \`${field}\` yet.`
        : `${count(carried, "stored document")} ${carried === 1 ? "carries" : "carry"} \`${field}\` already, ${contradicted === 0 ? "none" : contradicted} of them as something that is refused now.`,
    ),
  ];
}

/** What becomes of what is stored: the schemas' verdict, and what stored documents make of it. */
export function storedWords({ backward, replay, assumptions }: ReviewedContract): string {
  if (replay === null || backward === "holds") return STORED[backward];
  const { newlyFailing, documents } = replay;
  const refused = `${newlyFailing} of ${count(documents, "stored document")} would be refused`;
  if (backward === "breaks") return `${STORED.breaks}: ${refused}`;
  return assumptions.some(({ contradicted }) => contradicted > 0)
    ? `does not stay valid: ${refused}`
    : "stays valid, as the stored documents show";
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function names(contracts: readonly ReviewedContract[]): string {
  return contracts.map(({ table }) => table).join(", ");
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
