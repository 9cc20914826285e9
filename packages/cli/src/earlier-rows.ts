import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ChangelogFile, TouchedDocument } from "@junoplus/bronze-ingest";
import {
  dayOf,
  dayTotals,
  documentStates,
  type LastRun,
  silverUserProfiles,
  type TableContract,
  wholeYears,
} from "@junoplus/contracts";
import {
  type AnySilverTable,
  isNamedByPath,
  keyOfPath,
  silverDocuments,
  userProfiles,
} from "@junoplus/silver-transforms";
import { type Warehouse, writeNdjson } from "@junoplus/warehouse";
import { rangesOfLog, SILVER_TABLES } from "./medallion-pipeline";
import { remadeRows, touchedDocuments, touchedUsers } from "./run-lists";

/** Files of what an earlier run left, as far as this run needs it: NDJSON, named by change log or by table. */
export interface EarlierRows {
  /** States of documents of all change logs. */
  readonly states: string;
  /** Silver rows of the touched users, by table. */
  readonly silver: Readonly<Record<string, string>>;
  readonly dayTotals: string;
  readonly users: number;
  /** Of all these files. */
  readonly bytes: number;
}

/** What is needed to know the touched users. */
export interface EarlierRowsInput {
  readonly runId: string;
  readonly asOf: string;
  readonly lastRun: LastRun;
  /** The run's directory. */
  readonly directory: string;
  /** What is new of the change logs. */
  readonly files: readonly ChangelogFile[];
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
  const stageList = async (list: TableContract, rows: Iterable<object> | AsyncIterable<object>): Promise<void> => {
    const path = join(folder, `${list.table}.ndjson`);
    await writeNdjson(path, rows);
    await warehouse.stage(runId, list, [path]);
  };
  const remade = new Map<TableContract, object[]>();
  await stageList(touchedDocuments, documentsOfLogs(input.files, remade));
  const touched = await usersOfLogs(warehouse, input);
  await Promise.all([stageList(touchedUsers, touched), ...[...remade].map(([list, keys]) => stageList(list, keys))]);
  const exportQuery = async (name: string, query: string): Promise<ExportedFile> => {
    const path = join(folder, `${name}.ndjson`);
    const { bytes } = await warehouse.export(query, path);
    return { path, bytes };
  };
  const totals = `SELECT session_date, totals FROM ${warehouse.tableName(dayTotals)}`;
  // At once: in BigQuery each is a job, and most of its time is waiting.
  const [states, ofDays, ...silver] = await Promise.all([
    exportQuery("states", statesQuery(warehouse, runId)),
    exportQuery("day-totals", totals),
    ...SILVER_TABLES.map((table) => exportQuery(table.to.table, earlierRowsQuery(warehouse, runId, table))),
  ]);
  return {
    states: states.path,
    silver: Object.fromEntries(SILVER_TABLES.map(({ to }, i) => [to.table, silver[i]?.path ?? ""])),
    dayTotals: ofDays.path,
    users: new Set(touched.map(({ user_id }) => user_id)).size,
    bytes: [states, ofDays, ...silver].reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

interface ExportedFile {
  readonly path: string;
  readonly bytes: number;
}

/** The documents that changes touch; keys of the rows that they name by their paths are added to `remade`. */
async function* documentsOfLogs(
  files: readonly ChangelogFile[],
  remade: Map<TableContract, object[]>,
): AsyncGenerator<TouchedDocument> {
  for (const table of SILVER_TABLES) {
    const keys: object[] = [];
    if (isNamedByPath(table)) remade.set(remadeRows(table), keys);
    for await (const document of silverDocuments(table, rangesOfLog(files, table.from.prefix))) {
      yield document;
      const key = isNamedByPath(table) ? keyOfPath(table, document.document_key) : null;
      if (key !== null) keys.push(key);
    }
  }
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
  const states = warehouse.tableName(documentStates);
  const byUser = SILVER_TABLES.filter((table) => !isNamedByPath(table));
  const logs = byUser.map(({ from }) => warehouse.literal(from.prefix)).join(", ");
  return (
    `SELECT ${documentStates.columns.map(({ name }) => `states.${name}`).join(", ")} FROM ${states} AS states JOIN (` +
    `SELECT changelog, document_key FROM ${warehouse.stagingName(touchedDocuments, runId)} ` +
    `UNION DISTINCT SELECT of_user.changelog, of_user.document_key FROM ${states} AS of_user ` +
    `JOIN ${warehouse.stagingName(touchedUsers, runId)} AS touched ` +
    `ON touched.changelog = of_user.changelog AND touched.user_id = of_user.user_id ` +
    `WHERE of_user.changelog IN (${logs})` +
    ") AS wanted ON wanted.changelog = states.changelog AND wanted.document_key = states.document_key"
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
