import {
  type ChangeHistory,
  type Conservation,
  liveDocuments,
  type Rejected,
  readHistory,
  type Winner,
  winnersOf,
} from "./change-order.js";
import { CONTRACTS, PREFIXES, type Prefix } from "./contracts.js";
import { dailyMetrics, healthDashboard, therapyEffectiveness, userAnalytics } from "./gold-tables.js";
import { formatInstant, parseChangeTime } from "./instants.js";
import { medicationHistory } from "./medication-history.js";
import { periodDays } from "./period-days.js";
import { mlTrainingBase, type Silver, sessionContexts } from "./session-context.js";
import { therapySessions } from "./therapy-sessions.js";
import { userProfiles } from "./user-profiles.js";

/** The run's as-of instant and the raw lines of all change-log files, by prefix, in any order. */
export interface OracleInput {
  asOf: string;
  changelogs: Readonly<Record<string, readonly string[]>>;
}

/** A value of a row: TIMESTAMP and DATE are text, absent is null. */
export type OracleValue = string | number | boolean | null | readonly string[];

/** A row: every column of its table in the order of tables.md. */
export type OracleRow = Readonly<Record<string, OracleValue>>;

/** What the tables must hold, computed from the rules alone. */
export interface OracleResult {
  /** Rows sorted by the key of the table, NULL first, texts by UTF-8 bytes. */
  tables: Record<string, OracleRow[]>;
  conservation: Record<string, Conservation>;
  winners: Record<string, Map<string, Winner>>;
  rejected: Rejected[];
}

/** Computes every table, count, winner and rejection of a run from the raw change log. */
export function oracle(input: OracleInput): OracleResult {
  const asOf = parseChangeTime(input.asOf);
  if (asOf === null) throw new Error(`asOf is no instant: ${input.asOf}`);
  const processedAt = formatInstant(asOf);
  const strangers = Object.keys(input.changelogs).filter((name) => !PREFIXES.some((prefix) => prefix === name));
  if (strangers.length > 0) throw new Error(`no such collection: ${strangers.join(", ")}`);

  const read = (prefix: Prefix): ChangeHistory =>
    readHistory(prefix, input.changelogs[prefix] ?? [], CONTRACTS[prefix]);
  const histories: Readonly<Record<Prefix, ChangeHistory>> = {
    therapy_sessions_data: read("therapy_sessions_data"),
    user_health_data: read("user_health_data"),
    medications_data: read("medications_data"),
    period_tracking_data: read("period_tracking_data"),
  };

  const silver: Silver = {
    sessions: therapySessions(liveDocuments(histories.therapy_sessions_data), processedAt),
    profiles: userProfiles(liveDocuments(histories.user_health_data), processedAt),
    medications: medicationHistory(histories.medications_data, processedAt),
    periodDays: periodDays(liveDocuments(histories.period_tracking_data), processedAt),
  };
  const contexts = sessionContexts(silver);
  const analytics = userAnalytics(silver);

  return {
    tables: {
      silver_therapy_sessions: [...silver.sessions],
      silver_user_profiles: [...silver.profiles],
      silver_medications: [...silver.medications],
      silver_period_tracking: [...silver.periodDays],
      ml_training_base_v2: mlTrainingBase(silver, contexts),
      user_analytics_v1: analytics,
      daily_metrics_v1: dailyMetrics(contexts),
      gold_therapy_effectiveness: therapyEffectiveness(silver),
      user_health_dashboard_v1: healthDashboard(analytics),
    },
    conservation: Object.fromEntries(PREFIXES.map((prefix) => [prefix, histories[prefix].conservation])),
    winners: Object.fromEntries(PREFIXES.map((prefix) => [prefix, winnersOf(histories[prefix])])),
    rejected: PREFIXES.flatMap((prefix) => [...histories[prefix].rejected]),
  };
}
