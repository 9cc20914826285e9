import { statSync } from "node:fs";
import { basename } from "node:path";
import { createFrom, type FileRange, fileRanges, readRows, writeShards } from "@junoplus/beam-runtime";
import type { ChangelogFile, RejectedChange } from "@junoplus/bronze-ingest";
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
  medications,
  periodTracking,
  type SilverTable,
  silverDocuments,
  silverTable,
  silverTables,
  therapySessions,
  userProfiles,
} from "@junoplus/silver-transforms";
import { flatten, P, type PCollection, type Root, withName } from "apache-beam";
import type { EarlierRows } from "./earlier-rows";
import { changedDayRow, payloadRow, rejectedRows, rowLine, touchedRow } from "./pipeline-rows";
import { changedDays, redeliveredPayloads, touchedDocuments } from "./run-lists";
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
    const build = <Document, Row>(table: SilverTable<Document, Row>): PCollection<Row> => {
      const ranges = changelogRanges(root, table, plan);
      const left = earlier?.states[table.from.prefix];
      const input = left === undefined ? { ranges } : { ranges, states: rowsOf<DocumentStates>(root, left) };
      const output = P(input).apply(silverTable(table, { asOf: plan.asOf }));
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
      writeGold(goldOf(root, silver, plan), plan);
    }
    writeRejected(rejected, plan);
    if (earlier !== null) writeRedelivered(redelivered, plan);
    if (plan.keepsState) {
      const all = P(states).apply(withName("allStates", flatten())) as PCollection<DocumentStates>;
      all.apply(writeTable(documentStates, plan.stagingDirectory));
    }
  };
}

/** The documents of which the change logs of the plan hold changes, as a pipeline of its own: what a run touches. */
export function touched(plan: PipelinePlan): (root: Root) => void {
  return (root) => {
    const documents = neededSilverTables(plan.tables).map((table) =>
      changelogRanges(root, table, plan).apply(silverDocuments(table)),
    );
    (P(documents).apply(withName("allDocuments", flatten())) as PCollection<DocumentStates>)
      .map(withName("touchedRow", touchedRow))
      .map(withName("touchedLine", rowLine))
      .apply(writeShards(plan.stagingDirectory, touchedDocuments.table));
  };
}

function goldOf(root: Root, silver: SilverTables, plan: PipelinePlan): GoldTables {
  const run = { asOf: plan.asOf };
  const { earlier } = plan;
  if (earlier === null) return goldTables(silver, run);
  const before = <Row>({ to }: { readonly to: TableContract<Row> }): PCollection<Row> => {
    const path = earlier.silver[to.table];
    if (path === undefined) throw new Error(`what an earlier run left of ${to.table} is not there`);
    return rowsOf<Row>(root, path);
  };
  const gold = goldChanges(
    silver,
    {
      before: {
        sessions: before(GOLD_READS.sessions),
        profiles: before(GOLD_READS.profiles),
        medications: before(GOLD_READS.medications),
        periodTracking: before(GOLD_READS.periodTracking),
      },
      dayTotals: rowsOf<DayTotals>(root, earlier.dayTotals),
    },
    run,
  );
  gold.changedDays
    .map(withName("changedDayRow", changedDayRow))
    .map(withName("changedDayLine", rowLine))
    .apply(writeShards(plan.stagingDirectory, changedDays.table));
  return gold;
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
  (P([...redelivered]).apply(withName("allRedelivered", flatten())) as PCollection<RejectedChange>)
    .map(withName("redeliveredRow", payloadRow), { runId: plan.runId, checkedAt: plan.startedAt })
    .map(withName("redeliveredLine", rowLine))
    .apply(writeShards(plan.stagingDirectory, redeliveredPayloads.table));
}

function changelogRanges(
  root: Root,
  { from }: { readonly from: { readonly prefix: string } },
  plan: PipelinePlan,
): PCollection<FileRange> {
  return root.apply(withName(`ranges(${from.prefix})`, createFrom(fileRanges(filesOf(from.prefix, plan.files)))));
}

/** The rows of a file that the launcher wrote. */
function rowsOf<Row>(root: Root, path: string): PCollection<Row> {
  const ranges = fileRanges([{ path, bytes: statSync(path).size }]);
  const name = basename(path, ".ndjson");
  return root.apply(withName(`ranges of ${name}`, createFrom(ranges))).apply(readRows<Row>(name));
}

function filesOf(prefix: string, files: readonly ChangelogFile[]) {
  return files.filter((file) => file.prefix === prefix);
}
