import { statSync } from "node:fs";
import {
  createFrom,
  type FileRange,
  fileRanges,
  type RowChange,
  readRows,
  rowChanges,
  writeShards,
} from "@junoplus/beam-runtime";
import { counter, flatten, P, type PCollection, type Root, withName } from "@junoplus/beam-runtime/sdk";
import { type ChangelogFile, changes, type RejectedChange } from "@junoplus/bronze-ingest";
import {
  type DayTotals,
  type DocumentStates,
  dailyMetricsV1,
  dayTotals,
  documentStates,
  goldTherapyEffectiveness,
  mlTrainingBaseV2,
  rejectedChangePayloads,
  rejectedChanges,
  type TableContract,
  userAnalyticsV1,
} from "@junoplus/contracts";
import { type GoldTables, goldChanges, goldTables } from "@junoplus/gold-aggregates";
import { rowCounter, type SilverInput, type SilverTable, silverTable } from "@junoplus/silver-transforms";
import type { EarlierRows, EarlierSilverRows } from "./earlier-rows";
import { GOLD_READS, GOLD_TABLES, neededSilverTables, SILVER_TABLES } from "./medallion-tables";
import { changedRow, keptRow, payloadRow, rejectedRows, replacedRow, rowLine, stateOfLog } from "./pipeline-rows";
import { redeliveredPayloads, replacedRows } from "./run-lists";
import { writeTable } from "./table-writer";

/** What a pipeline is built from. */
export interface PipelinePlan {
  readonly runId: string;
  /** Canonical timestamps of the run's as-of instant and of its start. */
  readonly asOf: string;
  readonly startedAt: string;
  readonly files: readonly ChangelogFile[];
  readonly stagingDirectory: string;
  /** Names of the silver and gold tables to write. */
  readonly tables: ReadonlySet<string>;
  /** Whether states of documents and totals of days are left to the next run. */
  readonly keepsState: boolean;
  /** What an earlier run left of the users whose rows are made anew; null where all rows are. */
  readonly earlier: EarlierRows | null;
}

/**
 * The whole medallion as one pipeline: reads each change log once and writes shards of every table of the plan. Where an
 * earlier run left rows, it makes those of some users anew, and of the days that they change.
 */
export function medallion(plan: PipelinePlan): (root: Root) => void {
  return (root) => {
    const rejected: PCollection<RejectedChange>[] = [];
    const redelivered: PCollection<RejectedChange>[] = [];
    const states: PCollection<DocumentStates>[] = [];
    const { earlier } = plan;
    const left = earlier === null ? null : rowsOf<DocumentStates>(root, "states", [earlier.states]);
    const build = <Document, Row>(table: SilverTable<Document, Row>): PCollection<Row> => {
      const run = { asOf: plan.asOf, leavesStates: plan.keepsState };
      const output = P(silverInput(root, table, plan, left)).apply(silverTable(table, run));
      rejected.push(output.rejected);
      redelivered.push(output.redelivered);
      states.push(output.states);
      return output.rows;
    };
    if (earlier === null) buildTables(build, plan);
    else changeTables(build, root, earlier, plan);
    writeRejected(rejected, plan);
    if (earlier !== null) writeRedelivered(redelivered, plan);
    if (plan.keepsState) {
      const all = P(states).apply(withName("allStates", flatten())) as PCollection<DocumentStates>;
      all.apply(writeTable(documentStates, plan.stagingDirectory));
    }
  };
}

/** What a silver table is made of: the changes of its log, and what an earlier run left. */
function silverInput<Document, Row>(
  root: Root,
  { from }: SilverTable<Document, Row>,
  plan: PipelinePlan,
  states: PCollection<DocumentStates> | null,
): SilverInput {
  const logged = changelogRanges(root, { from }, plan).apply(changes(from));
  if (states === null) return { logged };
  return { logged, states: states.flatMap(withName(`states(${from.prefix})`, stateOfLog), { changelog: from.prefix }) };
}

type BuildSilver = <Document, Row>(table: SilverTable<Document, Row>) => PCollection<Row>;

/** All rows of silver, and gold from them. */
function buildTables(build: BuildSilver, plan: PipelinePlan): void {
  const silverRows = <Document, Row>(table: SilverTable<Document, Row>): PCollection<Row> => {
    const rows = build(table);
    writePlanned(table.to, rows, plan);
    return rows;
  };
  const isGold = GOLD_TABLES.some(({ table }) => plan.tables.has(table));
  const read = new Set<unknown>(isGold ? Object.values(GOLD_READS) : []);
  for (const table of neededSilverTables(plan.tables)) if (!read.has(table)) silverRows(table);
  if (!isGold) return;
  const silver = {
    sessions: silverRows(GOLD_READS.sessions),
    profiles: silverRows(GOLD_READS.profiles),
    medications: silverRows(GOLD_READS.medications),
    periodTracking: silverRows(GOLD_READS.periodTracking),
  };
  writeGold(goldTables(silver, { asOf: plan.asOf }), plan);
}

/** The rows of silver that are others than an earlier run left them, and what they change of gold. */
function changeTables(build: BuildSilver, root: Root, earlier: EarlierRows, plan: PipelinePlan): void {
  const silverChanges = <Document, Row extends object>(
    table: SilverTable<Document, Row>,
  ): PCollection<RowChange<Row>> => {
    const { to } = table;
    const files = earlier.silver[to.table];
    if (files === undefined) throw new Error(`what an earlier run left of ${to.table} is not there`);
    const remade = remadeChanges(to, root, files, build(table));
    writePlanned(to, remade.flatMap(withName(`changed rows of ${to.table}`, changedRow<Row>)), plan);
    const key = remade.flatMap(withName(`replaced rows of ${to.table}`, replacedRow<Row>), {
      columns: replacedRows(to).key,
    });
    writeOwn(replacedRows(to).table, key, plan);
    if (files.kept === null) return remade;
    const kept = rowsOf<Row>(root, `kept ${to.table}`, [files.kept]).map(
      withName(`rows kept of ${to.table}`, keptRow<Row>),
    );
    return P([kept, remade]).apply(withName(`now ${to.table}`, flatten()));
  };
  const read = new Set<unknown>(Object.values(GOLD_READS));
  for (const table of SILVER_TABLES) if (!read.has(table)) silverChanges(table);
  const silver = {
    sessions: silverChanges(GOLD_READS.sessions),
    profiles: silverChanges(GOLD_READS.profiles),
    medications: silverChanges(GOLD_READS.medications),
    periodTracking: silverChanges(GOLD_READS.periodTracking),
  };
  const known = rowsOf<DayTotals>(root, "dayTotals", [earlier.dayTotals]);
  const { replaced, ...gold } = goldChanges(silver, known, { asOf: plan.asOf });
  writeGold(gold, plan);
  writeOwn(replacedRows(mlTrainingBaseV2).table, replaced.mlTrainingBase, plan);
  writeOwn(replacedRows(userAnalyticsV1).table, replaced.userAnalytics, plan);
  writeOwn(replacedRows(goldTherapyEffectiveness).table, replaced.therapyEffectiveness, plan);
  writeOwn(replacedRows(dailyMetricsV1).table, replaced.dailyMetrics, plan);
}

/** What became of the rows that are made anew: as they were they are held against what was made. */
function remadeChanges<Row extends object>(
  { table, key, columns }: TableContract<Row>,
  root: Root,
  files: EarlierSilverRows,
  after: PCollection<Row>,
): PCollection<RowChange<Row>> {
  // processed_at tells which run wrote a row, and no run writes one for that alone.
  const compared = columns.map(({ name }) => name).filter((name) => name !== "processed_at");
  const comparison = { key, compared, kept: counter(rowCounter(table, "unchanged")) };
  const before = rowsOf<Row>(root, `earlier ${table}`, [files.remade]);
  const asked = files.asked === null ? {} : { asked: rowsOf<Partial<Row>>(root, `asked ${table}`, [files.asked]) };
  return P({ before, after, ...asked }).apply(withName(`changes of ${table}`, rowChanges<Row>(comparison)));
}

function writePlanned<Row>(contract: TableContract<Row>, rows: PCollection<Row>, plan: PipelinePlan): void {
  if (plan.tables.has(contract.table)) rows.apply(writeTable(contract, plan.stagingDirectory));
}

function writeGold(gold: GoldTables, plan: PipelinePlan): void {
  writePlanned(mlTrainingBaseV2, gold.mlTrainingBase, plan);
  writePlanned(userAnalyticsV1, gold.userAnalytics, plan);
  writePlanned(dailyMetricsV1, gold.dailyMetrics, plan);
  writePlanned(goldTherapyEffectiveness, gold.therapyEffectiveness, plan);
  if (plan.keepsState) gold.dayTotals.apply(writeTable(dayTotals, plan.stagingDirectory));
}

function writeRejected(rejected: readonly PCollection<RejectedChange>[], plan: PipelinePlan): void {
  const all = P([...rejected]).apply(withName("allRejected", flatten())) as PCollection<RejectedChange>;
  const context = { runId: plan.runId, checkedAt: plan.startedAt };
  all
    .flatMap(withName("rejectedRows", rejectedRows), context)
    .apply(writeTable(rejectedChanges, plan.stagingDirectory));
  all
    .map(withName("payloadRows", payloadRow), context)
    .apply(writeTable(rejectedChangePayloads, plan.stagingDirectory));
}

/** An earlier run keeps them; of two texts of one change the lesser is kept, so the launcher compares. */
function writeRedelivered(redelivered: readonly PCollection<RejectedChange>[], plan: PipelinePlan): void {
  const all = P([...redelivered]).apply(withName("allRedelivered", flatten())) as PCollection<RejectedChange>;
  const rows = all.map(withName("redeliveredRow", payloadRow), { runId: plan.runId, checkedAt: plan.startedAt });
  writeOwn(redeliveredPayloads.table, rows, plan);
}

/** Writes rows that the run makes for itself, without a contract to be held to, as shards of that name. */
function writeOwn<Row extends object>(name: string, rows: PCollection<Row>, { stagingDirectory }: PipelinePlan): void {
  rows.map(withName(`lines of ${name}`, rowLine)).apply(writeShards(stagingDirectory, name));
}

function changelogRanges(
  root: Root,
  { from }: { readonly from: { readonly prefix: string } },
  plan: PipelinePlan,
): PCollection<FileRange> {
  return root.apply(withName(`ranges(${from.prefix})`, createFrom(rangesOfLog(plan.files, from.prefix))));
}

/** The rows of files that the run has written for itself. */
function rowsOf<Row>(root: Root, name: string, paths: readonly string[]): PCollection<Row> {
  const ranges = fileRanges(paths.map((path) => ({ path, bytes: statSync(path).size })));
  return root.apply(withName(`ranges of ${name}`, createFrom(ranges))).apply(readRows<Row>(name));
}

/** The byte ranges of a change log's files. */
export function rangesOfLog(files: readonly ChangelogFile[], prefix: string): readonly FileRange[] {
  return fileRanges(files.filter((file) => file.prefix === prefix));
}
