import type { PlannedCall } from "@junoplus/warehouse";
import type { DryRunFindings, PlannedRead } from "./dry-run-findings";
import type { DryRunOptions } from "./dry-run-options";
import { number } from "./progress";

const TIB = 2 ** 40;

/** A dry run with prices, and the sums at its end; bytes and US dollars, null where they are not known or not asked for. */
export interface DryRunReport {
  readonly source: string;
  readonly warehouse: string;
  /** How much of the log a run would read. */
  readonly reading: PlannedReading;
  readonly reads: readonly (PlannedRead & { readonly price: number | null })[];
  readonly calls: readonly (PlannedCall & { readonly price: number | null })[];
  readonly totals: {
    /** Sums of what is known. */
    readonly readBytes: number;
    readonly queryBytes: number;
    readonly billedBytes: number;
    /** Of these, what the dry run itself asked for and is billed. */
    readonly askedBytes: number;
    readonly readPrice: number | null;
    readonly queryPrice: number | null;
    /** Reads and queries whose bytes are not known: the sums are without them. */
    readonly unknown: number;
  };
}

/** Whether a run would go on from another. */
export interface PlannedReading {
  /** The run that it would go on from; null when it would read the whole log. */
  readonly since: string | null;
  /** Why it would not, where that was asked for; null where not. */
  readonly because: string | null;
}

/** Prices what a dry run found. Files cost nothing to read. */
export function dryRunReport(
  { source, warehouse }: { readonly source: string; readonly warehouse: string },
  { since, because }: PlannedReading,
  { reads, plan }: DryRunFindings,
  { pricePerTib, readPricePerTib }: DryRunOptions,
): DryRunReport {
  const sessions = reads.filter(({ kind }) => kind === "read session");
  const scansOf = (calls: readonly PlannedCall[]) => calls.flatMap(({ scan }) => (scan === null ? [] : [scan]));
  const scans = scansOf(plan.calls);
  const readBytes = sum(sessions.map(({ bytes }) => bytes));
  const billedBytes = sum(scans.map(({ billed }) => billed));
  return {
    source,
    warehouse,
    reading: { since, because },
    reads: reads.map((read) => {
      return { ...read, price: read.kind === "file" ? null : priceOf(read.bytes, readPricePerTib) };
    }),
    calls: plan.calls.map((call) => ({ ...call, price: priceOf(call.scan?.billed ?? null, pricePerTib) })),
    totals: {
      readBytes,
      queryBytes: sum(scans.map(({ bytes }) => bytes)),
      billedBytes,
      askedBytes: sum(scansOf(plan.calls.filter(({ isAsked }) => isAsked)).map(({ billed }) => billed)),
      readPrice: priceOf(readBytes, readPricePerTib),
      queryPrice: priceOf(billedBytes, pricePerTib),
      unknown: [...sessions, ...scans].filter(({ bytes }) => bytes === null).length,
    },
  };
}

function sum(bytes: readonly (number | null)[]): number {
  return bytes.reduce<number>((total, each) => total + (each ?? 0), 0);
}

function priceOf(bytes: number | null, pricePerTib: number | null): number | null {
  return bytes === null || pricePerTib === null ? null : (bytes / TIB) * pricePerTib;
}

/** A dry run as a table: what, whose, bytes, bytes billed, price, remarks; then the sums. */
export function dryRunText(report: DryRunReport): string {
  const head = ["call", "bytes", "billed", "USD", "of", "remarks"];
  const reads = report.reads.map((read) => {
    const { kind, name, bytes, price } = read;
    return [kind, bytesText(bytes), kind === "file" ? "" : bytesText(bytes), dollars(price), name, readRemark(read)];
  });
  const calls = report.calls.map(({ call, target, statement, scan, only, isAsked, price }) => {
    const figures = scan === null ? ["", ""] : [bytesText(scan.bytes), bytesText(scan.billed)];
    return [
      callWords(call, statement),
      ...figures,
      dollars(price),
      shown(target),
      [scan?.basis ?? only ?? freeWords(call), ...(isAsked ? ["asked now, too"] : [])].filter(Boolean).join("; "),
    ];
  });
  return `${[...aligned([head, ...reads, ...folded(calls)]), "", ...sums(report)].join("\n")}\n`;
}

function readRemark({ kind, from, bytes }: PlannedRead): string {
  const beginning =
    from === null ? [] : [typeof from === "number" ? `from byte ${number(from)} on` : `rows from ${from} on`];
  const estimate = kind === "file" ? [] : [bytes === null ? "BigQuery gives no estimate" : "BigQuery's estimate"];
  return [...estimate, ...beginning].join("; ");
}

/** The comments on all columns of a table are one line. */
function folded(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const lines: { readonly row: readonly string[]; times: number }[] = [];
  for (const row of rows) {
    const last = lines.at(-1);
    if (last !== undefined && last.row.join() === row.join()) last.times += 1;
    else lines.push({ row, times: 1 });
  }
  return lines.map(({ row: [call = "", ...others], times }) => [times === 1 ? call : `${times} x ${call}`, ...others]);
}

/** Staging tables by the table that they become: their own name is of this run, which never is. */
function shown(target: string): string {
  return target.replace(/^\w+_staging\.\w+?__([a-z]+)__(\w+)$/, "staged $1.$2");
}

/** A statement of a catalog is named by its verb: what it is about stands beside it. */
function callWords(call: string, statement: string | null): string {
  const ddl = /^(CREATE( OR REPLACE)?|ALTER|COMMENT ON|DROP) (TABLE|VIEW|COLUMN|SCHEMA)\b/.exec(statement ?? "")?.[0];
  return ddl === undefined ? call : call === "statement" ? ddl : `${call}: ${ddl}`;
}

function freeWords(call: string): string {
  return call === "load job" ? "free" : "";
}

/** How much of the log is read and why, and what only reading can tell. */
function readingLines({ reading: { since, because }, source }: DryRunReport): readonly string[] {
  if (since === null) return [`the whole log would be read${because === null ? "" : `: ${because}`}`];
  return [
    `only what was added since run ${since} would be read; how many changes, documents and users that is, only reading tells,`,
    "and with them the rows of loads, and a load and a query more where a rejected change comes again",
    ...(source.startsWith("bigquery:")
      ? ["of tables the look-back is read; where rows of it turn out to be changed or gone, the whole log is, too"]
      : []),
  ];
}

function sums(report: DryRunReport): readonly string[] {
  const { totals, warehouse, source } = report;
  const { readBytes, queryBytes, billedBytes, askedBytes, readPrice, queryPrice, unknown } = totals;
  const lines = [...readingLines(report)];
  if (source.startsWith("bigquery:")) lines.push(`read from BigQuery: ${number(readBytes)} bytes${priced(readPrice)}`);
  if ([source, warehouse].some((name) => name.startsWith("bigquery:"))) {
    lines.push(`queries: ${number(queryBytes)} bytes, billed at least ${number(billedBytes)}${priced(queryPrice)}`);
  }
  if (askedBytes > 0) lines.push(`of which this dry run asked, and is billed, at least ${number(askedBytes)}`);
  if (unknown > 0) lines.push(`not known, and not in the sums: ${number(unknown)}`);
  if (readPrice !== null && queryPrice !== null) lines.push(`together${priced(readPrice + queryPrice)}`);
  return [...lines, "nothing was created, changed, locked or loaded"];
}

function priced(price: number | null): string {
  return price === null ? "" : `: ${dollars(price)} USD`;
}

function bytesText(bytes: number | null): string {
  return bytes === null ? "?" : number(bytes);
}

/** Six decimals: a run over little costs less than a cent. */
function dollars(price: number | null): string {
  return price === null ? "" : price.toFixed(6);
}

/** Figures stand to the right; the last column is as long as it likes. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => (at >= 1 && at <= 3 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
