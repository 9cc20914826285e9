import { schemaFile } from "../contract-files";
import type { ContractDifference } from "../contracts-diff";
import type { ContractsReview, FieldDownstream, ReviewedContract } from "./contracts-review";
import { type PagePart, pageWithin } from "./page-size";
import { OLDER_CODE, reason, replaySentences, STORED, storedWords, verdict, versions } from "./verdict-words";

/** GitHub refuses a comment of more characters. */
const GITHUB_LIMIT = 65_536;

/** By this the comment is found again that an earlier push has left. */
export const COMMENT_MARKER = "<!-- medallion contracts diff -->";

/** How a page is written. */
export interface PageOptions {
  /** What a file's path is appended to, for example `https://github.com/<organisation>/<repository>/blob/<commit>/`. */
  readonly links?: string;
  /** The whole page, whatever its length, is printed by this command. */
  readonly command: string;
}

/** The page that a producer and a reviewer read, in Markdown, whatever its length. */
export function reviewPage(review: ContractsReview, options: PageOptions): string {
  return pageWithin(partsOf(review, options), Number.POSITIVE_INFINITY, "");
}

/** The same as a comment on GitHub: found again by its marker, and within the limit. */
export function reviewComment(review: ContractsReview, options: PageOptions): string {
  const head = `${COMMENT_MARKER}\n`;
  const instead = `The whole page: \`${options.command}\``;
  return `${head}${pageWithin(partsOf(review, options), GITHUB_LIMIT - head.length, instead)}`;
}

function partsOf(review: ContractsReview, options: PageOptions): readonly PagePart[] {
  const { contracts, against } = review;
  return [
    part(0, "verdict", [
      `# Contracts: ${verdict(review)}`,
      "",
      `**${reason(review)}**`,
      "",
      `Held against \`${against}\`.`,
    ]),
    ...(contracts.length === 0 ? [] : [overview(review), agreement(contracts)]),
    ...contracts.flatMap((contract) => contractParts(contract, review, options)),
  ];
}

function overview({ contracts }: ContractsReview): PagePart {
  return part(0, "overview", [
    ...header(["contract", "version", "bump made", "bump needed", "what is stored", "code written before", ""]),
    ...contracts.map((contract) =>
      row([
        contract.table,
        versions(contract),
        contract.status === "changed" ? contract.made : "",
        contract.status === "changed" ? contract.required : "",
        contract.status === "new" ? "" : storedWords(contract),
        contract.status === "new" ? "" : OLDER_CODE[contract.forward],
        contract.faults.length === 0 ? "may be merged" : "**refused**",
      ]),
    ),
  ]);
}

function agreement(contracts: readonly ReviewedContract[]): PagePart {
  const of = new Map<string, Set<string>>();
  for (const { owner, of: names } of contracts.flatMap(({ mustAgree }) => mustAgree)) {
    of.set(owner, new Set([...(of.get(owner) ?? []), ...names]));
  }
  return part(
    0,
    "owners",
    of.size === 0
      ? ["Who must agree: CODEOWNERS names nobody for what is touched here."]
      : ["Who must agree:", "", ...[...of].map(([owner, names]) => `- ${owner}: ${[...names].sort().join(", ")}`)],
  );
}

function contractParts(
  contract: ReviewedContract,
  { replayed, against }: ContractsReview,
  options: PageOptions,
): readonly PagePart[] {
  const { table, faults, differences, frozen, statements, replay } = contract;
  const broken = frozen.filter(({ backward }) => backward === "breaks").map(({ version }) => version);
  const schema = link(schemaFile(contract), null, options);
  return [
    part(1, "heading of a contract", [
      `## ${table} ${versions(contract)}`,
      "",
      schema,
      ...bullets([
        ...faults.map((fault) => `**Refused:** ${fault}`),
        ...(broken.length === 0 ? [] : [`What was written under ${broken.join(", ")} is no longer valid.`]),
      ]),
    ]),
    ...(differences.length === 0 ? [] : [part(1, "table of differences", differenceTable(differences))]),
    ...(replay === null ? [] : [part(1, "stored documents", replayLines(contract, replayed ?? ""))]),
    ...contract.downstream.map((field) => part(2, "table of readers", downstreamLines(field, against, options))),
    ...statementParts(statements),
  ];
}

function differenceTable(differences: readonly ContractDifference[]): readonly string[] {
  return [
    ...header(["where", "change", "bump", "what is stored", "code written before", "what, and what to do"]),
    ...differences.map(({ pointer, kind, bump, backward, forward, message }) =>
      row([`\`${pointer || "/"}\``, kind, bump, STORED[backward], OLDER_CODE[forward], message]),
    ),
  ];
}

function replayLines(contract: ReviewedContract, replayed: string): readonly string[] {
  const counts = contract.replay?.byPointer ?? [];
  return [
    ...bullets(replaySentences(contract, replayed)).slice(1),
    ...(counts.length === 0
      ? []
      : [
          "",
          ...header(["where in the document", "rule", "newly refused", "newly read", "documents, for example"]),
          ...counts.map(({ pointer, rule, newlyFailing, newlyPassing, keys }) =>
            row([
              `\`${pointer || "/"}\``,
              rule,
              String(newlyFailing),
              String(newlyPassing),
              keys
                .slice(0, KEYS_SHOWN)
                .map((key) => `\`${key}\``)
                .join(", "),
            ]),
          ),
        ]),
  ];
}

const KEYS_SHOWN = 3;

function downstreamLines(
  { field, isGone, uses }: FieldDownstream,
  against: string,
  options: PageOptions,
): readonly string[] {
  const what = field === "" ? "it" : `\`${field}\``;
  const [nobody, who] = isGone ? [`Nobody read ${what}`, "Who read"] : [`Nobody reads ${what}`, "Who reads"];
  const when = isGone ? `, at \`${against}\`` : "";
  if (uses.length === 0) return [`${nobody} in this repository${when}.`];
  return [
    `<details><summary>${who} ${field === "" ? "it" : `<code>${field}</code>`}: ${readerCounts(uses)}</summary>`,
    "",
    ...header(["reader", "reads", `where${when}`]),
    ...uses.map(({ contract, pointer, reader, file, line }) =>
      // What is gone stands in the older sources, to whose lines no link of the newer ones leads.
      row([
        `${reader.kind} ${reader.name}`,
        `${contract} \`${pointer || "/"}\``,
        link(file, line, isGone ? { command: options.command } : options),
      ]),
    ),
    "",
    "</details>",
  ];
}

function readerCounts(uses: FieldDownstream["uses"]): string {
  return (["column", "view", "check", "step"] as const)
    .map((kind) => ({
      kind,
      count: new Set(uses.filter(({ reader }) => reader.kind === kind).map(({ reader }) => reader.name)).size,
    }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}${count === 1 ? "" : "s"}`)
    .join(", ");
}

function statementParts({ bigQuery, duckDb, notInPlace }: ReviewedContract["statements"]): readonly PagePart[] {
  if (bigQuery.length + duckDb.length + notInPlace.length === 0) return [];
  return [
    part(3, "statements of a table", [
      "<details><summary>What the warehouse has to do</summary>",
      ...code("BigQuery", bigQuery),
      ...code("DuckDB", duckDb),
      ...(notInPlace.length === 0 ? [] : ["", "Not in place:", ...bullets(notInPlace)]),
      "",
      "</details>",
    ]),
  ];
}

function part(dispensable: PagePart["dispensable"], what: string, lines: readonly string[]): PagePart {
  return { dispensable, what, lines };
}

function link(file: string, line: number | null, { links }: PageOptions): string {
  const text = line === null ? file : `${file}:${line}`;
  return links === undefined ? text : `[${text}](${links}${file}${line === null ? "" : `#L${line}`})`;
}

function header(cells: readonly string[]): readonly string[] {
  return [row(cells), row(cells.map(() => "---"))];
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}

function code(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, "", "```sql", ...lines, "```"];
}

function bullets(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", ...lines.map((line) => `- ${line}`)];
}
