import { createFrom, fileRanges } from "@junoplus/beam-runtime";
import type { ChangelogFile, RejectedChange } from "@junoplus/bronze-ingest";
import {
  dailyMetricsV1,
  goldTherapyEffectiveness,
  mlTrainingBaseV2,
  rejectedChangePayloads,
  rejectedChanges,
  type TableContract,
  userAnalyticsV1,
} from "@junoplus/contracts";
import { goldTables } from "@junoplus/gold-aggregates";
import {
  medications,
  periodTracking,
  type SilverTable,
  silverTable,
  silverTables,
  therapySessions,
  userProfiles,
} from "@junoplus/silver-transforms";
import { flatten, P, type PCollection, type Root, withName } from "apache-beam";
import { payloadRow, rejectedRows } from "./rejected-rows";
import { writeTable } from "./table-writer";

/** Every silver table: the layer has one for each contract. */
const SILVER_TABLES = silverTables as unknown as readonly SilverTable<never, never>[];

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
}

/** The silver tables that must be built to write the given tables: those that gold reads, where gold is among them. */
export function neededSilverTables(tables: ReadonlySet<string>): readonly SilverTable<never, never>[] {
  const gold = GOLD_TABLES.some(({ table }) => tables.has(table));
  const read = new Set(gold ? Object.values(GOLD_READS).map(({ to }) => to.table) : []);
  return SILVER_TABLES.filter(({ to }) => read.has(to.table) || tables.has(to.table));
}

/** The whole medallion as one pipeline: reads each change log once and writes shards of every table of the plan. */
export function medallion(plan: PipelinePlan): (root: Root) => void {
  return (root) => {
    const rejected: PCollection<RejectedChange>[] = [];
    const build = <Document, Row>(table: SilverTable<Document, Row>): PCollection<Row> => {
      const output = root
        .apply(withName(`ranges(${table.from.prefix})`, createFrom(fileRanges(filesOf(table.from.prefix, plan.files)))))
        .apply(silverTable(table, { asOf: plan.asOf }));
      rejected.push(output.rejected);
      if (plan.tables.has(table.to.table)) output.rows.apply(writeTable(table.to, plan.stagingDirectory));
      return output.rows;
    };
    const isGold = GOLD_TABLES.some(({ table }) => plan.tables.has(table));
    const read = new Set<unknown>(isGold ? Object.values(GOLD_READS) : []);
    for (const table of neededSilverTables(plan.tables)) if (!read.has(table)) build(table);
    if (isGold) {
      const gold = goldTables(
        {
          sessions: build(GOLD_READS.sessions),
          profiles: build(GOLD_READS.profiles),
          medications: build(GOLD_READS.medications),
          periodTracking: build(GOLD_READS.periodTracking),
        },
        { asOf: plan.asOf },
      );
      const write = <Row>(contract: TableContract<Row>, rows: PCollection<Row>): void => {
        if (plan.tables.has(contract.table)) rows.apply(writeTable(contract, plan.stagingDirectory));
      };
      write(mlTrainingBaseV2, gold.mlTrainingBase);
      write(userAnalyticsV1, gold.userAnalytics);
      write(dailyMetricsV1, gold.dailyMetrics);
      write(goldTherapyEffectiveness, gold.therapyEffectiveness);
    }
    writeRejected(rejected, plan);
  };
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

function filesOf(prefix: string, files: readonly ChangelogFile[]) {
  return files.filter((file) => file.prefix === prefix).map(({ path, bytes }) => ({ path, bytes }));
}
