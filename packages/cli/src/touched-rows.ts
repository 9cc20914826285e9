import { join } from "node:path";
import type { ChangelogFile, TouchedDocument } from "@junoplus/bronze-ingest";
import {
  dayOf,
  documentStates,
  type LastRun,
  silverUserProfiles,
  type TableContract,
  wholeYears,
} from "@junoplus/contracts";
import {
  type AnySilverTable,
  hasNamedRows,
  keysOfDocument,
  silverDocuments,
  userProfiles,
} from "@junoplus/silver-transforms";
import { type Warehouse, writeNdjson } from "@junoplus/warehouse";
import { rangesOfLog } from "./medallion-pipeline";
import { SILVER_TABLES } from "./medallion-tables";
import { remadeRows, touchedDocuments, touchedUsers } from "./run-lists";

/** What a run touches, staged as lists to be joined with. */
export interface TouchedRows {
  readonly users: number;
  /** Files of the keys of rows that documents share, by table. */
  readonly shared: Readonly<Record<string, string>>;
}

/** What is needed to know what a run touches. */
export interface TouchedRowsInput {
  readonly runId: string;
  readonly asOf: string;
  readonly lastRun: LastRun;
  /** What is new of the change logs. */
  readonly files: readonly ChangelogFile[];
}

/**
 * Stages which documents, rows and users a run touches, by way of files in a folder. A user is touched by a change of a document
 * that gave, or gives, rows of theirs, and by a birthday; so is a row, where documents tell the keys of their rows.
 */
export async function stageTouchedRows(
  warehouse: Warehouse,
  input: TouchedRowsInput,
  folder: string,
): Promise<TouchedRows> {
  const { runId } = input;
  const stageList = async (list: TableContract, rows: Iterable<object> | AsyncIterable<object>): Promise<string> => {
    const path = join(folder, `${list.table}.ndjson`);
    await writeNdjson(path, rows);
    await warehouse.stage(runId, list, [path]);
    return path;
  };
  const keys = new Map(
    SILVER_TABLES.filter(hasNamedRows).map((table) => [table as AnySilverTable, new KeysOfRows(table)]),
  );
  await stageList(touchedDocuments, documentsOfLogs(input.files, keys));
  const [touched] = await Promise.all([usersOfLogs(warehouse, input), addEarlierKeys(warehouse, runId, keys)]);
  const [, ...lists] = await Promise.all([
    stageList(touchedUsers, touched),
    ...[...keys].map(async ([table, { rows }]) => [table, await stageList(remadeRows(table), rows)] as const),
  ]);
  return {
    users: new Set(touched.map(({ user_id }) => user_id)).size,
    shared: Object.fromEntries(
      lists.flatMap(([{ to, rowKeysOf }, path]) => (rowKeysOf === undefined ? [] : [[to.table, path]])),
    ),
  };
}

/** The keys of the rows of a table that a run makes anew, each once. */
class KeysOfRows {
  readonly rows: Readonly<Record<string, string>>[] = [];
  private readonly given = new Set<string>();

  constructor(private readonly table: AnySilverTable) {}

  add(document: Pick<TouchedDocument, "document_key" | "row_keys">): void {
    for (const key of keysOfDocument(this.table, document)) {
      const name = Object.values(key).join("\n");
      if (this.given.has(name)) continue;
      this.given.add(name);
      this.rows.push(key);
    }
  }
}

/** The documents that changes touch; keys of the rows that they give are added to `keys`. */
async function* documentsOfLogs(
  files: readonly ChangelogFile[],
  keys: ReadonlyMap<AnySilverTable, KeysOfRows>,
): AsyncGenerator<Omit<TouchedDocument, "row_keys">> {
  for (const table of SILVER_TABLES) {
    for await (const document of silverDocuments(table, rangesOfLog(files, table.from.prefix))) {
      keys.get(table)?.add(document);
      const { changelog, document_key, user_id } = document;
      yield { changelog, document_key, user_id };
    }
  }
}

/** Adds the keys of rows that touched documents gave so far: they may give them no longer. */
async function addEarlierKeys(
  warehouse: Warehouse,
  runId: string,
  keys: ReadonlyMap<AnySilverTable, KeysOfRows>,
): Promise<void> {
  const sharing = [...keys].filter(([{ rowKeysOf }]) => rowKeysOf !== undefined);
  await Promise.all(
    sharing.map(async ([{ from }, of]) => {
      const rows = await warehouse.query(
        `SELECT states.document_key, states.row_keys FROM ${warehouse.tableName(documentStates)} AS states
          JOIN ${warehouse.stagingName(touchedDocuments, runId)} AS touched
            ON touched.changelog = states.changelog AND touched.document_key = states.document_key
        WHERE states.changelog = ${warehouse.literal(from.prefix)}`,
      );
      for (const { document_key, row_keys } of rows) {
        // In a dry run, which does not ask, every column is NULL.
        of.add({ document_key: String(document_key), row_keys: [...((row_keys ?? []) as readonly string[])] });
      }
    }),
  );
}

interface TouchedUser {
  readonly changelog: string;
  readonly user_id: string;
}

/** The users whom changes of each log touch. */
async function usersOfLogs(warehouse: Warehouse, input: TouchedRowsInput): Promise<readonly TouchedUser[]> {
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

/** Users whose age is another on the day of this run than on that of the last one. */
async function grownOlder(warehouse: Warehouse, { asOf, lastRun }: TouchedRowsInput): Promise<readonly string[]> {
  const [before, now] = [dayOf(lastRun.as_of), dayOf(asOf)];
  if (before === now) return [];
  const profiles = await warehouse.query(
    `SELECT user_id, date_of_birth FROM ${warehouse.tableName(silverUserProfiles)} WHERE date_of_birth IS NOT NULL`,
  );
  return profiles
    .filter(({ date_of_birth: birthday }) => wholeYears(String(birthday), before) !== wholeYears(String(birthday), now))
    .map(({ user_id }) => String(user_id));
}
