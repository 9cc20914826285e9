import type { ContractsReview, ReviewedContract } from "./review/contracts-review";
import { reason, replaySentences, verdict, versions } from "./review/verdict-words";

/** What is known about a proposal, for a terminal. */
export function textReport(review: ContractsReview): string {
  const parts = review.contracts.map((contract) =>
    [
      `${contract.table} ${versions(contract)}: ${contract.status}, ${contract.faults.length === 0 ? "may be merged" : "refused"}`,
      ...detailLines(contract, review).map((line) => `  ${line}`),
    ].join("\n"),
  );
  return `${[...parts, lastLine(review)].join("\n")}\n`;
}

/** Only what is refused, and the verdict. */
export function faultReport(review: ContractsReview): string {
  const faults = review.contracts.flatMap(({ table, faults: own, differences, required }) => [
    ...own.map((fault) => `${table}: ${fault}`),
    ...(own.length === 0 ? [] : differences.filter(({ bump }) => bump === required)).map(
      ({ pointer, message }) => `  ${pointer || "/"}: ${message}`,
    ),
  ]);
  return `${[...faults, lastLine(review)].join("\n")}\n`;
}

function detailLines(contract: ReviewedContract, { replayed }: ContractsReview): readonly string[] {
  const { status, backward, forward, required, faults, frozen, differences, statements, downstream } = contract;
  const broken = frozen.filter((version) => version.backward === "breaks").map(({ version }) => version);
  return [
    ...faults.map((fault) => `refused: ${fault}`),
    ...(status === "changed" ? [`backward ${backward}, forward ${forward}; bump needed: ${required}`] : []),
    ...(broken.length === 0 ? [] : [`what was written under ${broken.join(", ")} is no longer valid`]),
    ...differences.map(
      (found) =>
        `${found.pointer || "/"} ${found.kind} (backward ${found.backward}, forward ${found.forward}, ${found.bump}): ${found.message}`,
    ),
    ...replaySentences(contract, replayed ?? ""),
    ...(contract.replay?.byPointer ?? []).map(
      ({ pointer, rule, newlyFailing, newlyPassing }) =>
        `stored ${pointer || "/"} ${rule}: newly refused ${newlyFailing}, newly read ${newlyPassing}`,
    ),
    ...downstream.flatMap(({ uses }) =>
      uses.map(({ reader, file, line }) => `read by ${reader.kind} ${reader.name} (${file}:${line})`),
    ),
    ...statements.bigQuery.map((statement) => `BigQuery: ${statement}`),
    ...statements.duckDb.map((statement) => `DuckDB: ${statement}`),
    ...statements.notInPlace.map((words) => `not in place: ${words}`),
    ...contract.mustAgree.map(({ owner, of }) => `must agree: ${owner} (${of.join(", ")})`),
  ];
}

function lastLine(review: ContractsReview): string {
  const { against, contracts } = review;
  const count = (status: ReviewedContract["status"]): number =>
    contracts.filter((contract) => contract.status === status).length;
  return `against ${against}: ${count("changed")} changed, ${count("new")} new, ${count("removed")} removed: ${verdict(review)}. ${reason(review)}`;
}
