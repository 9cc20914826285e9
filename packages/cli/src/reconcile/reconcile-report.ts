import { changelogDataset } from "@junoplus/bronze-ingest/changelog-tables";
import type { Output } from "../output";
import { number } from "../progress";
import { table as textTable } from "../summary";
import type { Difference, VerdictCounts } from "./comparison";
import type { ImportFile } from "./import-files";
import type { DocumentCounts, RejectedDocument } from "./live-rows";
import type { Publication } from "./published-silver";

/** What the comparison of one collection with its silver table came to. */
export interface TableResult {
  readonly table: string;
  readonly collection: string;
  readonly publication: Publication;
  /** Documents written later than this were not compared. */
  readonly settledUntil: string;
  readonly documents: DocumentCounts;
  /** Rows of silver that say what is, and rows that live documents give. */
  readonly silverRows: number;
  readonly liveRows: number;
  readonly verdicts: VerdictCounts;
}

/** Where differences, counts and imports are told; keys and pointers, no values. */
export interface ReconcileReport {
  rejected(rejected: RejectedDocument): void;
  difference(difference: Difference): void;
  tables(results: readonly TableResult[]): void;
  imports(file: ImportFile, publication: Publication): void;
}

/** So many keys of a table and verdict are shown to people. */
export const SHOWN_TO_PEOPLE = 20;

/** For people: keys, a table of counts, and one sentence. */
export function textReport({ stdout }: Output): ReconcileReport {
  const rejectedOf = new Map<string, number>();
  let rowsNamed = 0;
  return {
    rejected({ table, document, reason, detail, isEntry }) {
      const before = rejectedOf.get(table) ?? 0;
      rejectedOf.set(table, before + 1);
      if (before >= SHOWN_TO_PEOPLE) return;
      stdout.write(`rejected  ${table}  ${document}  ${isEntry ? "array entry " : ""}${reason}  ${detail}\n`);
    },
    difference({ verdict, table, key, document, rows }) {
      rowsNamed += rows;
      const count = rows === 1 ? "" : `  ${number(rows)} rows`;
      stdout.write(`${verdict.padEnd(8)}  ${table}  ${key}  ${document ?? "(document not known)"}${count}\n`);
    },
    tables(results) {
      const left = differing(results) - rowsNamed;
      if (left > 0) stdout.write(`and ${number(left)} more rows: --format json names all\n`);
      const unnamed = [...rejectedOf.values()].reduce((sum, count) => sum + Math.max(count - SHOWN_TO_PEOPLE, 0), 0);
      if (unnamed > 0) stdout.write(`and ${number(unnamed)} more rejected: --format json names all\n`);
      stdout.write(`${textTable([HEADER, ...results.map(cells)])}\n${sentence(results)}\n`);
    },
    imports({ prefix, path, changes, gone }, { source }) {
      if (gone > 0) stdout.write(`documents of ${prefix} that are gone since, and not imported: ${number(gone)}\n`);
      if (changes === 0) return;
      const dataset = changelogDataset(source);
      const cure =
        dataset === null
          ? `put it beside the change logs in ${source}`
          : `bq load --source_format=NEWLINE_DELIMITED_JSON ${dataset.project}:${dataset.dataset}.${prefix}_raw_changelog ${path}`;
      stdout.write(
        `imports of ${prefix}: ${number(changes)} in ${path} (personal data); to apply, run again after\n  ${cure}\n`,
      );
    },
  };
}

/** For machines: one JSON object a line, told apart by `kind`. */
export function jsonReport({ stdout }: Output): ReconcileReport {
  const line = (fields: Readonly<Record<string, unknown>>): void => {
    stdout.write(`${JSON.stringify(fields)}\n`);
  };
  return {
    rejected: ({ table, document, reason, pointers, detail, isEntry }) =>
      line({ kind: "rejected", table, document, reason, pointers, detail, is_entry: isEntry }),
    difference: ({ verdict, table, key, document, rows, documentUpdatedAt, silverChangedAt }) =>
      line({
        kind: verdict,
        table,
        key: JSON.parse(key),
        document,
        rows,
        document_updated_at: documentUpdatedAt,
        silver_changed_at: silverChangedAt,
      }),
    tables(results) {
      for (const {
        table,
        collection,
        publication,
        settledUntil,
        documents,
        silverRows,
        liveRows,
        verdicts,
      } of results) {
        const { live, rejected, unsettled, skipped } = documents;
        line({
          kind: "table",
          table,
          collection,
          run_id: publication.runId,
          settled_until: settledUntil,
          documents: { live, rejected, unsettled, skipped },
          rows: { live: liveRows, silver: silverRows, ...verdicts },
        });
      }
    },
    imports: ({ table, path, changes, gone }) => line({ kind: "imports", table, file: path, changes, gone }),
  };
}

const HEADER = [
  "collection",
  "live documents",
  "rejected",
  "skipped",
  "live rows",
  "in silver",
  "equal",
  "missing",
  "extra",
  "stale",
  "not compared",
];

function cells({ collection, documents, silverRows, liveRows, verdicts }: TableResult): readonly string[] {
  const { live, rejected, skipped } = documents;
  const { equal, missing, extra, stale, not_compared } = verdicts;
  return [
    collection,
    ...[live, rejected, skipped, liveRows, silverRows, equal, missing, extra, stale, not_compared].map(number),
  ];
}

/** How many rows differ. */
export function differing(results: readonly TableResult[]): number {
  return results.reduce((sum, { verdicts: { missing, extra, stale } }) => sum + missing + extra + stale, 0);
}

function sentence(results: readonly TableResult[]): string {
  const count = (verdict: keyof VerdictCounts): number =>
    results.reduce((sum, { verdicts }) => sum + verdicts[verdict], 0);
  const [missing, extra, stale] = [count("missing"), count("extra"), count("stale")];
  const differ = differing(results);
  const settled = results.map(({ settledUntil }) => settledUntil).sort()[0] ?? "";
  const what =
    differ === 0
      ? "Firestore and silver are equal"
      : `${number(differ)} rows differ: ${number(missing)} missing, ${number(extra)} extra, ${number(stale)} stale`;
  const later = extra === 0 ? "" : "; what was deleted later shows as extra until a run has read it";
  return `${what}; written after ${settled}: not compared${later}`;
}
