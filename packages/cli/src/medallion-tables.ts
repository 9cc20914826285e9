import {
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
import { READ_COLUMNS } from "@junoplus/gold-aggregates";
import {
  type AnySilverTable,
  medications,
  periodTracking,
  type SilverTable,
  silverTables,
  therapySessions,
  userProfiles,
} from "@junoplus/silver-transforms";

/** Every silver table: the layer has one for each contract. */
export const SILVER_TABLES = silverTables as unknown as readonly SilverTable<never, never>[];

/** The silver tables that gold reads, by the name under which it does. */
export const GOLD_READS = {
  sessions: therapySessions,
  profiles: userProfiles,
  medications,
  periodTracking,
} as const;

/** The columns of a silver table that gold reads; null where it does not read the table. */
export function columnsForGold({ to }: AnySilverTable): readonly string[] | null {
  const names = Object.keys(GOLD_READS) as (keyof typeof GOLD_READS)[];
  const name = names.find((each) => GOLD_READS[each].to.table === to.table);
  return name === undefined ? null : READ_COLUMNS[name];
}

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

/** The silver tables that must be built to write the given tables: those that gold reads, where gold is among them. */
export function neededSilverTables(tables: ReadonlySet<string>): readonly SilverTable<never, never>[] {
  const gold = GOLD_TABLES.some(({ table }) => tables.has(table));
  const read = new Set(gold ? Object.values(GOLD_READS).map(({ to }) => to.table) : []);
  return SILVER_TABLES.filter(({ to }) => read.has(to.table) || tables.has(to.table));
}
