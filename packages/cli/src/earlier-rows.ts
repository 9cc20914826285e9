import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  dayOf,
  dayTotals,
  documentStates,
  type LastRun,
  silverUserProfiles,
  wholeYears,
} from "@junoplus/contracts";
import { type AnySilverTable, isNamedByPath, userProfiles } from "@junoplus/silver-transforms";
import { type Warehouse, writeNdjson } from "@junoplus/warehouse";
import { SILVER_TABLES } from "./medallion-pipeline";
import { remadeRows, touchedDocuments, touchedUsers } from "./run-lists";
import { shardsOf } from "./staging-directory";

/** Files of what an earlier run left, as far as this run needs it: NDJSON, named by change log or by table. */
export interface EarlierRows {
  /** States of documents of all change logs. */
  readonly states: string;
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
 * Stages which documents, rows and users a run touches, and writes what an earlier run left of them to files: the states of
 * the documents that give the rows which are made anew, the users' silver rows as they are, and the totals of days. A user is
 * touched by a change of a document that gave, or gives, rows of theirs, and by a birthday.
 */
export async function exportEarlierRows(warehouse: Warehouse, input: EarlierRowsInput): Promise<EarlierRows> {
  const { runId, directory } = input;
  const folder = join(directory, "earlier");
  mkdirSync(folder);
  await warehouse.stage(runId, touchedDocuments, shardsOf(directory, touchedDocuments.table));
  const touched = await usersOfLogs(warehouse, input);
  const users = join(folder, `${touchedUsers.table}.ndjson`);
  await writeNdjson(users, touched);
  await warehouse.stage(runId, touchedUsers, [users]);
  const states = join(folder, "states.ndjson");
  const exported = await Promise.all(
    SILVER_TABLES.map(async (table) => {
      const { to } = table;
      const remade = remadeRows(table);
      if (isNamedByPath(table)) await warehouse.stage(runId, remade, shardsOf(directory, remade.table));
      const path = join(folder, `${to.table}.ndjson`);
      await warehouse.export(earlierRowsQuery(warehouse, runId, table), path);
      return [to.table, path] as const;
    }),
  );
  const silver = Object.fromEntries(exported);
  await warehouse.export(statesQuery(warehouse, runId), states);
  const totals = join(folder, "day-totals.ndjson");
  await warehouse.export(`SELECT session_date, totals FROM ${warehouse.tableName(dayTotals)}`, totals);
  return { states, silver, dayTotals: totals, users: new Set(touched.map(({ user_id }) => user_id)).size };
}

interface TouchedUser {
  readonly changelog: string;
  readonly user_id: string;
}

/** The users whom changes of each log touch. */
async function usersOfLogs(warehouse: Warehouse, input: EarlierRowsInput): Promise<readonly TouchedUser[]> {
  const documents = warehouse.stagingName(touchedDocuments, input.runId);
  const rows = await warehouse.query(
    `SELECT changelog, user_id FROM (
      SELECT changelog, user_id FROM ${documents} AS touched
      UNION ALL SELECT states.changelog, states.user_id FROM ${warehouse.tableName(documentStates)} AS states
        JOIN ${documents} AS touched
          ON touched.changelog = states.changelog AND touched.document_key = states.document_key
    ) AS users WHERE user_id IS NOT NULL GROUP BY changelog, user_id`,
  );
  const touched = rows.map(({ changelog, user_id }) => ({ changelog: String(changelog), user_id: String(user_id) }));
  const changelog = userProfiles.from.prefix;
  const withProfile = new Set(touched.filter((user) => user.changelog === changelog).map(({ user_id }) => user_id));
  const older = (await grownOlder(warehouse, input)).filter((user_id) => !withProfile.has(user_id));
  return [...touched, ...older.map((user_id) => ({ changelog, user_id }))];
}

/** The users all of whose rows a silver table's log touches, as a query in brackets. */
function usersOfLog(warehouse: Warehouse, runId: string, { from }: AnySilverTable): string {
  const log = warehouse.literal(from.prefix);
  return `(SELECT user_id FROM ${warehouse.stagingName(touchedUsers, runId)} WHERE changelog = ${log})`;
}

/** States of the documents that give the rows which are made anew: of touched ones, and of all of a user where rows are. */
function statesQuery(warehouse: Warehouse, runId: string): string {
  const touched = warehouse.stagingName(touchedDocuments, runId);
  const ofLogs = SILVER_TABLES.map((table) => {
    const log = warehouse.literal(table.from.prefix);
    const documents = `document_key IN (SELECT document_key FROM ${touched} WHERE changelog = ${log})`;
    const users = `user_id IN ${usersOfLog(warehouse, runId, table)}`;
    return `(changelog = ${log} AND (${isNamedByPath(table) ? documents : `${documents} OR ${users}`}))`;
  });
  return (
    `SELECT ${documentStates.columns.map(({ name }) => name).join(", ")} ` +
    `FROM ${warehouse.tableName(documentStates)} AS states WHERE ${ofLogs.join(" OR ")}`
  );
}

/** Rows of the touched users, without what identifies them beyond their id, and whether they are made anew. */
function earlierRowsQuery(warehouse: Warehouse, runId: string, table: AnySilverTable): string {
  const byPath = isNamedByPath(table);
  const remade = byPath ? warehouse.stagingName(remadeRows(table), runId) : usersOfLog(warehouse, runId, table);
  const columns = table.to.columns.filter(({ classification }) => classification !== "direct_identifier");
  const same = (byPath ? table.to.key : ["user_id"]).map((name) => `remade.${name} = earlier.${name}`).join(" AND ");
  return (
    `SELECT ${columns.map(({ name }) => `earlier.${name}`).join(", ")}, remade.user_id IS NOT NULL AS is_remade ` +
    `FROM ${warehouse.tableName(table.to)} AS earlier ` +
    `LEFT JOIN ${remade} AS remade ON ${same} ` +
    `WHERE earlier.user_id IN (SELECT user_id FROM ${warehouse.stagingName(touchedUsers, runId)})`
  );
}

/** Users whose age is another on the day of this run than on that of the last one. */
async function grownOlder(warehouse: Warehouse, { asOf, lastRun }: EarlierRowsInput): Promise<readonly string[]> {
  const [before, now] = [dayOf(lastRun.as_of), dayOf(asOf)];
  if (before === now) return [];
  const profiles = await warehouse.query(
    `SELECT user_id, date_of_birth FROM ${warehouse.tableName(silverUserProfiles)} WHERE date_of_birth IS NOT NULL`,
  );
  return profiles
    .filter(({ date_of_birth: birthday }) => wholeYears(String(birthday), before) !== wholeYears(String(birthday), now))
    .map(({ user_id }) => String(user_id));
}
