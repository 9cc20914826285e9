import type { CheckResult } from "@junoplus/quality";
import { number } from "./progress";
import type { RunOutcome } from "./run";

/** What a run prints at its end: a table, the failed checks, and one sentence that says it all. */
export function summary(outcome: RunOutcome): string {
  return [table(tableRows(outcome)), ...failures(outcome.checks), lastLine(outcome)].join("\n");
}

function tableRows({ tables, flows, published }: RunOutcome): readonly (readonly string[])[] {
  const header = ["table", "rows", "changes", "duplicates", "superseded", "deleted", "rejected"];
  return [
    header,
    ...tables
      .filter(({ contract }) => contract.layer === "silver" || contract.layer === "gold")
      .map(({ contract, rows }) => {
        const flow = flows.find(({ table }) => table === contract.table);
        const counts =
          flow === undefined
            ? ["", "", "", "", ""]
            : [flow.read, flow.duplicates, flow.superseded, flow.deleted, flow.rejected].map(number);
        return [contract.table, published ? number(rows) : "kept", ...counts];
      }),
  ];
}

function failures(checks: readonly CheckResult[]): readonly string[] {
  const bad = checks.filter(({ status }) => status === "FAIL" || status === "WARN");
  return bad.map(
    ({ status, blocking, table, metric, description }) =>
      `${status}${blocking ? "" : " (not blocking)"} ${table}.${metric}: ${description}`,
  );
}

function lastLine({ tables, published, checks, identity, rejections, reading }: RunOutcome): string {
  const { changes, bytes, fetched, users, lookedUp, since } = reading;
  const words = rejectedWords(rejections);
  if (!published) {
    const failed = checks.filter(({ blocking, status }) => blocking && status === "FAIL").length;
    return `run ${identity.runId} FAILED: ${number(failed)} blocking checks failed, nothing was published, the tables are those of the run before; ${number(changes)} changes read, ${words}`;
  }
  const written = tables.filter(({ contract }) => contract.layer === "silver" || contract.layer === "gold");
  const rows = written.reduce((sum, table) => sum + table.rows, 0);
  const sent = fetched === null ? "" : `; ${number(fetched.rows)} rows, ${number(fetched.bytes)} bytes fetched`;
  const from = `${number(changes)} changes (${number(bytes)} bytes${sent})`;
  return since === null
    ? `run ${identity.runId}: ${written.length} tables published with ${number(rows)} rows from ${from}, ${words}`
    : `run ${identity.runId}: ${written.length} tables gone on from run ${since}: ${number(rows)} rows of ${number(users ?? 0)} users and their days written anew, from ${from} and ${number(lookedUp ?? 0)} bytes of what that run left, ${words}`;
}

function rejectedWords(rejections: RunOutcome["rejections"]): string {
  const byReason = new Map<string, number>();
  let total = 0;
  let entries = 0;
  for (const { reason, isEntry, count } of rejections) {
    if (isEntry) entries += count;
    else {
      total += count;
      byReason.set(reason, (byReason.get(reason) ?? 0) + count);
    }
  }
  const reasons = [...byReason].sort((a, b) => b[1] - a[1]).map(([reason, count]) => `${reason} ${number(count)}`);
  const detail = reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;
  return `${number(total)} rejected${detail}${entries === 0 ? "" : `, ${number(entries)} array entries rejected alone`}`;
}

/** Aligned columns: the first to the left, figures to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
