import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { dayTotals, documentStates } from "@junoplus/contracts";
import { type AnySilverTable, hasNamedRows, rowKeyColumn } from "@junoplus/silver-transforms";
import type { Warehouse } from "@junoplus/warehouse";
import { columnsForGold, SILVER_TABLES } from "./medallion-tables";
import { remadeRows, touchedDocuments, touchedUsers } from "./run-lists";
import { stageTouchedRows, type TouchedRowsInput } from "./touched-rows";

/** Files of what an earlier run left, as far as this run needs it: NDJSON. */
export interface EarlierRows {
  /** States of documents of all change logs. */
  readonly states: string;
  /** By table. */
  readonly silver: Readonly<Record<string, EarlierSilverRows>>;
  readonly dayTotals: string;
  /** Users of whom rows are made anew. */
  readonly users: number;
  /** Of all these files. */
  readonly bytes: number;
}

/** Files of a silver table's rows of the touched users. */
export interface EarlierSilverRows {
  /** Those that are made anew, without direct identifiers. */
  readonly remade: string;
  /** The others, with the columns that gold reads; null where it reads none. */
  readonly kept: string | null;
  /** Keys of all rows that are made anew, where documents that give them give others too; null where not. */
  readonly asked: string | null;
}

/** Where the files are to lie, and what is needed to know what they hold. */
export interface EarlierRowsInput extends TouchedRowsInput {
  /** The run's directory. */
  readonly directory: string;
}

/**
 * Stages what a run touches, and writes what an earlier run left of it to files: the states of the documents that give the
 * rows which are made anew, the touched users' silver rows, and the totals of days.
 */
export async function exportEarlierRows(warehouse: Warehouse, input: EarlierRowsInput): Promise<EarlierRows> {
  const { runId, directory } = input;
  const folder = join(directory, "earlier");
  mkdirSync(folder);
  const touched = await stageTouchedRows(warehouse, input, folder);
  let bytes = 0;
  const exported = async (name: string, query: string): Promise<string> => {
    const path = join(folder, `${name}.ndjson`);
    const written = await warehouse.export(query, path);
    bytes += written.bytes;
    return path;
  };
  const ofSilver = async (table: AnySilverTable): Promise<readonly [string, EarlierSilverRows]> => {
    const name = table.to.table;
    const columns = columnsForGold(table);
    const [remade, kept] = await Promise.all([
      exported(`${name}_remade`, remadeRowsQuery(warehouse, runId, table)),
      columns === null ? null : exported(`${name}_kept`, keptRowsQuery(warehouse, runId, table, columns)),
    ]);
    return [name, { remade, kept, asked: touched.shared[name] ?? null }];
  };
  // At once: in BigQuery each is a job, and most of its time is waiting.
  const [states, ofDays, ...silver] = await Promise.all([
    exported("states", statesQuery(warehouse, runId)),
    exported("day-totals", `SELECT session_date, totals FROM ${warehouse.tableName(dayTotals)}`),
    ...SILVER_TABLES.map(ofSilver),
  ]);
  return { states, silver: Object.fromEntries(silver), dayTotals: ofDays, users: touched.users, bytes };
}

/** The users whose rows of a silver table its log touches, as a query in brackets. */
function usersOfLog(warehouse: Warehouse, runId: string, { from }: AnySilverTable): string {
  const log = warehouse.literal(from.prefix);
  return `(SELECT user_id FROM ${warehouse.stagingName(touchedUsers, runId)} WHERE changelog = ${log})`;
}

/** States of the documents that give the rows which are made anew: of touched ones, and of those that share rows with them. */
function statesQuery(warehouse: Warehouse, runId: string): string {
  const states = warehouse.tableName(documentStates);
  const wanted = [
    `SELECT changelog, document_key FROM ${warehouse.stagingName(touchedDocuments, runId)}`,
    ...SILVER_TABLES.flatMap((table) => sharingDocuments(warehouse, runId, table) ?? []),
  ];
  return (
    `SELECT ${documentStates.columns.map(({ name }) => `states.${name}`).join(", ")} FROM ${states} AS states JOIN (` +
    `${wanted.join(" UNION DISTINCT ")}) AS wanted ` +
    "ON wanted.changelog = states.changelog AND wanted.document_key = states.document_key"
  );
}

/** The documents of a log that may give the same rows as touched ones; null where no two documents give the same row. */
function sharingDocuments(warehouse: Warehouse, runId: string, table: AnySilverTable): string | null {
  const sharesRows = table.rowKeysOf !== undefined;
  if (hasNamedRows(table) && !sharesRows) return null;
  const remade =
    `CROSS JOIN ${warehouse.elements("sharing.row_keys", "row_key")} ` +
    `JOIN ${warehouse.stagingName(remadeRows(table), runId)} AS remade ` +
    `ON remade.user_id = sharing.user_id AND CAST(remade.${rowKeyColumn(table)} AS STRING) = row_key `;
  return (
    `SELECT sharing.changelog, sharing.document_key FROM ${warehouse.tableName(documentStates)} AS sharing ` +
    (sharesRows ? remade : "") +
    `WHERE sharing.changelog = ${warehouse.literal(table.from.prefix)} ` +
    `AND sharing.user_id IN ${usersOfLog(warehouse, runId, table)}`
  );
}

/** Rows of the touched users that are made anew, without what identifies them beyond their id. */
function remadeRowsQuery(warehouse: Warehouse, runId: string, table: AnySilverTable): string {
  const columns = table.to.columns.filter(({ classification }) => classification !== "direct_identifier");
  const [remade, same] = remadeWith(warehouse, runId, table);
  return (
    `SELECT ${columns.map(({ name }) => `earlier.${name}`).join(", ")} ` +
    `FROM ${warehouse.tableName(table.to)} AS earlier JOIN ${remade} AS remade ON ${same} ` +
    `WHERE ${ofTouchedUsers(warehouse, runId)}`
  );
}

/** Rows of the touched users that stay as they are. */
function keptRowsQuery(warehouse: Warehouse, runId: string, table: AnySilverTable, columns: readonly string[]): string {
  const [remade, same] = remadeWith(warehouse, runId, table);
  return (
    `SELECT ${columns.map((name) => `earlier.${name}`).join(", ")} ` +
    `FROM ${warehouse.tableName(table.to)} AS earlier LEFT JOIN ${remade} AS remade ON ${same} ` +
    `WHERE ${ofTouchedUsers(warehouse, runId)} AND remade.user_id IS NULL`
  );
}

/** What is made anew of a table, `remade`: single rows, or all rows of users; and which of the rows `earlier` that are. */
function remadeWith(warehouse: Warehouse, runId: string, table: AnySilverTable): readonly [from: string, same: string] {
  const isNamed = hasNamedRows(table);
  const from = isNamed ? warehouse.stagingName(remadeRows(table), runId) : usersOfLog(warehouse, runId, table);
  return [from, (isNamed ? table.to.key : ["user_id"]).map((name) => `remade.${name} = earlier.${name}`).join(" AND ")];
}

function ofTouchedUsers(warehouse: Warehouse, runId: string): string {
  return `earlier.user_id IN (SELECT user_id FROM ${warehouse.stagingName(touchedUsers, runId)})`;
}
