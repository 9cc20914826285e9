import { type RejectReason, rejectedChanges } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import { numberOf } from "../figures";
import { quantity, whole } from "../quantity";
import { sqlText } from "../sql-text";
import { tableMarkup } from "./data-table";
import { type Html, html } from "./html";
import { identifier } from "./identifier";
import type { ReportedRun } from "./reported-run";

const FAULTS_SHOWN = 12;

/** Rejections of one change log that share reason and faults. */
interface Rejections {
  readonly changelog: string;
  readonly reason: RejectReason;
  readonly isEntry: boolean;
  /** `<pointer>: <message>; …` of all faults. */
  readonly detail: string;
  readonly count: number;
}

/** What was not taken, and why: counts, pointers and rules, never a value. */
export async function rejected(warehouse: Warehouse, run: ReportedRun): Promise<Html> {
  const rejections = await readRejections(warehouse, run.runId);
  return html`<section aria-labelledby="rejected"><h2 id="rejected">Rejected</h2>
${
  rejections.length === 0
    ? html`<p>Nothing was rejected.</p>`
    : html`<p>A rejected change is kept whole in bronze. It can be replayed once the contract or the rule is mended.</p>
${reasonTable(rejections)}
${faultTable(rejections)}`
}</section>`;
}

function reasonTable(rejections: readonly Rejections[]): Html {
  const groups = new Map<string, { changelog: string; reason: RejectReason; changes: number; entries: number }>();
  for (const { changelog, reason, isEntry, count } of rejections) {
    const group = groups.get(`${changelog} ${reason}`) ?? { changelog, reason, changes: 0, entries: 0 };
    group[isEntry ? "entries" : "changes"] += count;
    groups.set(`${changelog} ${reason}`, group);
  }
  const rows = [...groups.values()].sort((a, b) => b.changes + b.entries - a.changes - a.entries);
  const sum = (column: "changes" | "entries") => whole(rows.reduce((total, row) => total + row[column], 0));
  return tableMarkup({
    caption: "Rejected by change log and reason",
    columns: ["Change log", "Reason", "#Changes", "#Entries"],
    rows: rows.map(({ changelog, reason, changes, entries }) => [
      identifier(changelog),
      html`<code>${identifier(reason)}</code>`,
      whole(changes),
      whole(entries),
    ]),
    total: ["All", "", sum("changes"), sum("entries")],
  });
}

function faultTable(rejections: readonly Rejections[]): Html {
  const faults = countedFaults(rejections);
  const rest = faults.slice(FAULTS_SHOWN).reduce((total, fault) => total + fault.count, 0);
  return html`${tableMarkup({
    caption: "Most frequent faults",
    columns: ["Where in the document", "Rule", "#Times", "Change log"],
    rows: faults
      .slice(0, FAULTS_SHOWN)
      .map(({ changelog, pointer, rule, count }) => [
        pointer === "" ? "the whole change" : html`<code>${identifier(pointer)}</code>`,
        rule,
        whole(count),
        identifier(changelog),
      ]),
  })}
<p class="note">A change can have several faults.${
    rest === 0 ? null : ` ${quantity(rest, "more fault")} of ${quantity(faults.length - FAULTS_SHOWN, "other kind")}.`
  }</p>`;
}

interface CountedFault {
  readonly changelog: string;
  readonly pointer: string;
  readonly rule: string;
  readonly count: number;
}

/** Faults by place and rule, most frequent first; a place in an array counts for all its places. */
function countedFaults(rejections: readonly Rejections[]): CountedFault[] {
  const counts = new Map<string, CountedFault>();
  for (const { changelog, detail, count } of rejections) {
    for (const fault of detail.split(/; (?=\/|: )/)) {
      const colon = fault.indexOf(": ");
      const pointer = fault.slice(0, colon).replace(/\/\d+(?=\/|$)/g, "/*");
      const rule = fault.slice(colon + 2);
      const key = JSON.stringify([changelog, pointer, rule]);
      counts.set(key, { changelog, pointer, rule, count: (counts.get(key)?.count ?? 0) + count });
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || (a.pointer < b.pointer ? -1 : 1));
}

async function readRejections(warehouse: Warehouse, runId: string): Promise<Rejections[]> {
  if (!(await warehouse.exists(rejectedChanges))) return [];
  const rows = await warehouse.query(
    `SELECT table_name, reason, is_entry, detail, COUNT(*) AS change_total
    FROM ${warehouse.tableName(rejectedChanges)} WHERE run_id = ${sqlText(runId)}
    GROUP BY table_name, reason, is_entry, detail ORDER BY table_name, reason, is_entry, detail`,
  );
  return rows.map((row) => ({
    changelog: String(row["table_name"]),
    reason: row["reason"] as RejectReason,
    isEntry: row["is_entry"] === true,
    detail: String(row["detail"]),
    count: numberOf(row, "change_total"),
  }));
}
