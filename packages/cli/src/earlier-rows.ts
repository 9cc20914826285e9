import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import {
  dayOf,
  dayTotals,
  documentStates,
  type LastRun,
  silverUserProfiles,
  type TableContract,
  wholeYears,
} from "@junoplus/contracts";
import type { Row, Warehouse } from "@junoplus/warehouse";
import { SILVER_TABLES } from "./medallion-pipeline";
import { touchedDocuments, touchedUsers } from "./run-lists";
import { shardsOf } from "./staging-directory";

/** Files of what an earlier run left, as far as this run needs it: NDJSON, named by change log or by table. */
export interface EarlierRows {
  /** States of documents, by the prefix of their change log. */
  readonly states: Readonly<Record<string, string>>;
  /** Silver rows of the touched users, by table. */
  readonly silver: Readonly<Record<string, string>>;
  readonly dayTotals: string;
  readonly users: number;
}

/** What is needed to know the touched users. */
export interface EarlierRowsInput {
  readonly runId: string;
  readonly asOf: string;
  readonly lastRun: LastRun;
  /** The run's directory: the touched documents lie there as shards. */
  readonly directory: string;
}

/**
 * Stages which documents and which users a run touches, and writes what an earlier run left of them to files: the state of
 * every document that gives rows of these users, the users' silver rows as they are, and the totals of days. A user is
 * touched by a change of a document that gave, or gives, rows of theirs, and by a birthday.
 */
export async function exportEarlierRows(warehouse: Warehouse, input: EarlierRowsInput): Promise<EarlierRows> {
  const { runId, directory } = input;
  await warehouse.stage(runId, touchedDocuments, shardsOf(directory, touchedDocuments.table));
  const folder = join(directory, "earlier");
  mkdirSync(folder);
  const documents = warehouse.stagingName(touchedDocuments, runId);
  const states = warehouse.tableName(documentStates);
  const sameDocument = "touched.changelog = states.changelog AND touched.document_key = states.document_key";
  const touched = await warehouse.query(
    `SELECT user_id FROM (
      SELECT user_id FROM ${documents} AS touched
      UNION ALL SELECT states.user_id FROM ${states} AS states JOIN ${documents} AS touched ON ${sameDocument}
      ${await grownOlder(warehouse, input)}
    ) AS users WHERE user_id IS NOT NULL GROUP BY user_id`,
  );
  const users = await warehouse.stage(runId, touchedUsers, [writeNdjson(join(folder, "users.ndjson"), touched)]);
  const ofTouchedUser = `user_id IN (SELECT user_id FROM ${warehouse.stagingName(touchedUsers, runId)})`;
  const select = (contract: TableContract, where: string): Promise<readonly Row[]> =>
    warehouse.query(
      `SELECT ${contract.columns.map(({ name }) => name).join(", ")} FROM ${warehouse.tableName(contract)} AS states WHERE ${where}`,
    );
  const left: Record<string, string> = {};
  const silver: Record<string, string> = {};
  for (const { from, to } of Object.values(SILVER_TABLES)) {
    const rows = await select(
      documentStates,
      `changelog = '${from.prefix}' AND (${ofTouchedUser} OR EXISTS (SELECT 1 FROM ${documents} AS touched WHERE ${sameDocument}))`,
    );
    left[from.prefix] = writeNdjson(join(folder, `${from.prefix}.ndjson`), rows);
    silver[to.table] = writeNdjson(join(folder, `${to.table}.ndjson`), await select(to, ofTouchedUser));
  }
  const totals = writeNdjson(join(folder, "day-totals.ndjson"), await select(dayTotals, "TRUE"));
  return { states: left, silver, dayTotals: totals, users };
}

/** Users whose age is another on the day of this run than on that of the last one, as a branch of a UNION; nothing on the same day. */
async function grownOlder(warehouse: Warehouse, { asOf, lastRun }: EarlierRowsInput): Promise<string> {
  const [before, now] = [dayOf(lastRun.as_of), dayOf(asOf)];
  if (before === now) return "";
  const profiles = warehouse.tableName(silverUserProfiles);
  const birthdays = await warehouse.query(
    `SELECT date_of_birth FROM ${profiles} WHERE date_of_birth IS NOT NULL GROUP BY date_of_birth`,
  );
  const older = birthdays
    .map((row) => String(row["date_of_birth"]))
    .filter((birthday) => wholeYears(birthday, before) !== wholeYears(birthday, now));
  if (older.length === 0) return "";
  return `UNION ALL SELECT user_id FROM ${profiles} WHERE date_of_birth IN (${older.map((day) => `DATE '${day}'`).join(", ")})`;
}

const FLUSH_ROWS = 1000;

/** Writes rows to a file and gives its path. */
export function writeNdjson(path: string, rows: readonly object[]): string {
  const file = openSync(path, "w");
  try {
    for (let from = 0; from < rows.length; from += FLUSH_ROWS) {
      const lines = rows.slice(from, from + FLUSH_ROWS).map((row) => `${JSON.stringify(row)}\n`);
      const bytes = Buffer.from(lines.join(""), "utf8");
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    }
  } finally {
    closeSync(file);
  }
  return path;
}
