import { bumpOf } from "@junoplus/contracts/compatibility/required-bump";
import type { ContractDiff } from "./contracts-diff";

/** The page that a reviewer reads, in Markdown. */
export function markdownReport(ref: string, diffs: readonly ContractDiff[]): string {
  const parts = diffs.map((diff) =>
    [
      `## ${heading(diff)}`,
      ...bullets(verdictLines(diff)),
      ...(diff.differences.length === 0 ? [] : ["", ...differenceTable(diff)]),
      ...code("BigQuery", diff.statements.bigQuery),
      ...code("DuckDB", diff.statements.duckDb),
      ...list("Not in place", diff.statements.notInPlace),
    ].join("\n"),
  );
  return `${[`# Contracts against \`${ref}\``, summaryLine(diffs), ...parts].join("\n\n")}\n`;
}

/** The same for a terminal. */
export function textReport(ref: string, diffs: readonly ContractDiff[]): string {
  const parts = diffs.map((diff) =>
    [
      heading(diff),
      ...verdictLines(diff).map((line) => `  ${line}`),
      ...diff.differences.map(
        (found) =>
          `  ${found.pointer || "/"} ${found.kind} (backward ${found.backward}, forward ${found.forward}, ${bumpOf(found)}): ${found.message}`,
      ),
      ...diff.statements.bigQuery.map((statement) => `  BigQuery: ${statement}`),
      ...diff.statements.duckDb.map((statement) => `  DuckDB: ${statement}`),
      ...diff.statements.notInPlace.map((words) => `  not in place: ${words}`),
    ].join("\n"),
  );
  return `${[...parts, `against ${ref}: ${summaryLine(diffs)}`].join("\n")}\n`;
}

/** Only what is refused, and the summary. */
export function faultReport(ref: string, diffs: readonly ContractDiff[]): string {
  const faults = diffs.flatMap((diff) => [
    ...diff.faults.map((fault) => `${diff.table}: ${fault}`),
    ...(diff.faults.length === 0 ? [] : diff.differences.filter((found) => bumpOf(found) === diff.required)).map(
      ({ pointer, message }) => `  ${pointer || "/"}: ${message}`,
    ),
  ]);
  return `${[...faults, `against ${ref}: ${summaryLine(diffs)}`].join("\n")}\n`;
}

function heading({ table, status, before, after, faults }: ContractDiff): string {
  const versions = before === null ? after : after === null || after === before ? before : `${before} to ${after}`;
  return `${table} ${versions}: ${status}, ${faults.length === 0 ? "may be merged" : "refused"}`;
}

function verdictLines({ status, backward, forward, required, frozen, faults }: ContractDiff): readonly string[] {
  const broken = frozen.filter((version) => version.backward === "breaks").map(({ version }) => version);
  return [
    ...faults.map((fault) => `refused: ${fault}`),
    ...(status === "changed" ? [`backward ${backward}, forward ${forward}; bump needed: ${required}`] : []),
    ...(broken.length === 0
      ? []
      : [
          `breaks with frozen ${broken.join(", ")}: what was written under it is not read any more, there are no upcasters yet`,
        ]),
  ];
}

function summaryLine(diffs: readonly ContractDiff[]): string {
  const count = (status: ContractDiff["status"]): number => diffs.filter((diff) => diff.status === status).length;
  const refused = diffs.filter(({ faults }) => faults.length > 0).length;
  const counts = `${count("changed")} changed, ${count("new")} new, ${count("removed")} removed`;
  return `${counts}: ${refused === 0 ? "may be merged" : `${refused} refused`}`;
}

function differenceTable({ differences }: ContractDiff): readonly string[] {
  return [
    "| where | kind | backward | forward | bump | what, and what to do |",
    "| --- | --- | --- | --- | --- | --- |",
    ...differences.map((found) => {
      const cells = [
        `\`${found.pointer || "/"}\``,
        found.kind,
        found.backward,
        found.forward,
        bumpOf(found),
        found.message,
      ];
      return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
    }),
  ];
}

function code(title: string, statements: readonly string[]): readonly string[] {
  return statements.length === 0 ? [] : ["", `${title}:`, "", "```sql", ...statements, "```"];
}

function list(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...bullets(lines)];
}

function bullets(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", ...lines.map((line) => `- ${line}`)];
}
