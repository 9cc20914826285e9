import { statSync } from "node:fs";
import { createFrom, type FileRange, fileRanges, readRows, writeShards } from "@junoplus/beam-runtime";
import { type ChangelogFile, changes, type LoggedChange, type RejectedChange } from "@junoplus/bronze-ingest";
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
import { type GoldTables, goldChanges, goldTables, type SilverTables } from "@junoplus/gold-aggregates";
import {
  isNamedByPath,
  medications,
  periodTracking,
  type SilverInput,
  type SilverTable,
  silverDocuments,
  silverTable,
  silverTables,
  therapySessions,
  userProfiles,
} from "@junoplus/silver-transforms";
import { flatten, P, type PCollection, type Root, withName } from "apache-beam";
import type { EarlierRows } from "./earlier-rows";
import {
  changedDayRow,
  type EarlierRow,
  keptRow,
  payloadRow,
  rejectedRows,
  remadeRow,
  rowLine,
  stateOfLog,
  touchedRow,
} from "./pipeline-rows";
import { changedDays, redeliveredPayloads, remadeRows, touchedDocuments } from "./run-lists";
import { shardsOf } from "./staging-directory";
import { writeTable } from "./table-writer";

/** Every silver table: the layer has one for each contract. */
export const SILVER_TABLES = silverTables as unknown as readonly SilverTable<never, never>[];

/** The silver tables that gold reads, by the name under which it does. */
const GOLD_READS = {
  sessions: therapySessions,
  profiles: userProfiles,
  medications,
  periodTracking,
} as const;

/** Every gold table; all are built from all silver tables. */
export const GOLD_TABLES: readonly TableContract[] = [
  mlTrainingBaseV2,
  userAnalyticsV1,
  dailyMetricsV1,
  goldTherapyEffectiveness,
];

/** The tables that a run writes from the log beside silver and gold. */
export const REJECTION_TABLES: readonly TableContract[] = [rejectedChanges, rejectedChangePayloads];

/** The tables that a run which builds all others leaves to the next one. */
export const STATE_TABLES: readonly TableContract[] = [documentStates, dayTotals];

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

/** The silver tables that must be built to write the given tables: those that gold reads, where gold is among them. */
export function neededSilverTables(tables: ReadonlySet<string>): readonly SilverTable<never, never>[] {
  const gold = GOLD_TABLES.some(({ table }) => tables.has(table));
  const read = new Set(gold ? Object.values(GOLD_READS).map(({ to }) => to.table) : []);
  return SILVER_TABLES.filter(({ to }) => read.has(to.table) || tables.has(to.table));
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
      const output = P(silverInput(root, table, plan, left)).apply(silverTable(table, { asOf: plan.asOf }));
      rejected.push(output.rejected);
      redelivered.push(output.redelivered);
      states.push(output.states);
      if (plan.tables.has(table.to.table)) output.rows.apply(writeTable(table.to, plan.stagingDirectory));
      return output.rows;
    };
    const isGold = GOLD_TABLES.some(({ table }) => plan.tables.has(table));
    const read = new Set<unknown>(isGold ? Object.values(GOLD_READS) : []);
    for (const table of neededSilverTables(plan.tables)) if (!read.has(table)) build(table);
    if (isGold) {
      const silver = {
        sessions: build(GOLD_READS.sessions),
        profiles: build(GOLD_READS.profiles),
        medications: build(GOLD_READS.medications),
        periodTracking: build(GOLD_READS.periodTracking),
      };
      buildGold(root, silver, plan);
    }
    writeRejected(rejected, plan);
    if (earlier !== null) writeRedelivered(redelivered, plan);
    if (plan.keepsState) {
      const all = P(states).apply(withName("allStates", flatten())) as PCollection<DocumentStates>;
      all.apply(writeTable(documentStates, plan.stagingDirectory));
    }
  };
}

/**
 * Reads the changes of the plan, as a pipeline of its own, and writes them down as they were read, with the documents and the
 * rows that they touch: what an earlier run left of these is looked up before `medallion` goes on from both.
 */
export function touched(plan: PipelinePlan): (root: Root) => void {
  return (root) => {
    const all = neededSilverTables(plan.tables).map((table) => {
      const logged = changelogRanges(root, table, plan).apply(changes(table.from));
      writeOwn(loggedChanges(table.from.prefix), logged, plan);
      const documents = logged.apply(silverDocuments(table));
      if (isNamedByPath(table)) {
        const rows = documents.flatMap(withName(`remadeRow(${table.to.table})`, remadeRow), { table });
        writeOwn(remadeRows(table).table, rows, plan);
      }
      return documents;
    });
    const documents = P(all).apply(withName("allDocuments", flatten())) as PCollection<DocumentStates>;
    writeOwn(touchedDocuments.table, documents.map(withName("touchedRow", touchedRow)), plan);
  };
}

/** The folder of the changes that a run has read of a log. */
function loggedChanges(prefix: string): string {
  return `logged_${prefix}`;
}

/** What a silver table is made of: all changes of its log, or those that `touched` has read and what an earlier run left. */
function silverInput<Document, Row>(
  root: Root,
  { from }: SilverTable<Document, Row>,
  plan: PipelinePlan,
  states: PCollection<DocumentStates> | null,
): SilverInput {
  if (states === null) return { logged: changelogRanges(root, { from }, plan).apply(changes(from)) };
  const read = shardsOf(plan.stagingDirectory, loggedChanges(from.prefix));
  return {
    logged: rowsOf<LoggedChange>(root, from.prefix, read),
    states: states.flatMap(withName(`states(${from.prefix})`, stateOfLog), { changelog: from.prefix }),
  };
}

function buildGold(root: Root, silver: SilverTables, plan: PipelinePlan): void {
  const run = { asOf: plan.asOf };
  const { earlier } = plan;
  if (earlier === null) {
    writeGold(goldTables(silver, run), plan);
    return;
  }
  const left = <Row>({ to }: { readonly to: TableContract<Row> }): PCollection<EarlierRow<Row>> => {
    const path = earlier.silver[to.table];
    if (path === undefined) throw new Error(`what an earlier run left of ${to.table} is not there`);
    return rowsOf<EarlierRow<Row>>(root, to.table, [path]);
  };
  const before = {
    sessions: left(GOLD_READS.sessions),
    profiles: left(GOLD_READS.profiles),
    medications: left(GOLD_READS.medications),
    periodTracking: left(GOLD_READS.periodTracking),
  };
  const after = {
    sessions: withKept("sessions", before.sessions, silver.sessions),
    profiles: withKept("profiles", before.profiles, silver.profiles),
    medications: withKept("medications", before.medications, silver.medications),
    periodTracking: withKept("periodTracking", before.periodTracking, silver.periodTracking),
  };
  const gold = goldChanges(
    after,
    { before, dayTotals: rowsOf<DayTotals>(root, "dayTotals", [earlier.dayTotals]) },
    run,
  );
  writeOwn(changedDays.table, gold.changedDays.map(withName("changedDayRow", changedDayRow)), plan);
  writeGold(gold, plan);
}

function writeGold(gold: GoldTables, plan: PipelinePlan): void {
  const write = <Row>(contract: TableContract<Row>, rows: PCollection<Row>): void => {
    if (plan.tables.has(contract.table)) rows.apply(writeTable(contract, plan.stagingDirectory));
  };
  write(mlTrainingBaseV2, gold.mlTrainingBase);
  write(userAnalyticsV1, gold.userAnalytics);
  write(dailyMetricsV1, gold.dailyMetrics);
  write(goldTherapyEffectiveness, gold.therapyEffectiveness);
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
  return root.apply(withName(`ranges(${from.prefix})`, createFrom(fileRanges(filesOf(from.prefix, plan.files)))));
}

/** Rows of some users as they are now: those of an earlier run that stay, and those that are made anew. */
function withKept<Row>(name: string, earlier: PCollection<EarlierRow<Row>>, made: PCollection<Row>): PCollection<Row> {
  const kept = earlier.flatMap(withName(`kept ${name}`, keptRow<Row>));
  return P([kept, made]).apply(withName(`now ${name}`, flatten()));
}

/** The rows of files that the run has written for itself. */
function rowsOf<Row>(root: Root, name: string, paths: readonly string[]): PCollection<Row> {
  const ranges = fileRanges(paths.map((path) => ({ path, bytes: statSync(path).size })));
  return root.apply(withName(`ranges of ${name}`, createFrom(ranges))).apply(readRows<Row>(name));
}

function filesOf(prefix: string, files: readonly ChangelogFile[]) {
  return files.filter((file) => file.prefix === prefix);
}
