import {
  dailyMetricsV1,
  goldTherapyEffectiveness,
  mlTrainingBaseV2,
  silverMedications,
  silverTherapySessions,
  type TableContract,
  userAnalyticsV1,
} from "@junoplus/contracts";
import type { Row, Warehouse } from "@junoplus/warehouse";
import type { TableNames } from "../table-names";
import { staged } from "./rows";

/** Rows by table. */
export type Tables = ReadonlyMap<TableContract, readonly Row[]>;

const instant = (day: string, time = "08:00") => `${day}T${time}:00.000000Z`;

const RATED = { has_feedback: true, pain_before: 8, pain_after: 5, pain_reduction: 3, was_effective: true };

/**
 * Two users and four sessions that agree in all tables. Ada: two rated ones on one day of June, the second without a
 * device name, and one of July without feedback; Bea: one without a start time.
 */
export const SAMPLE: Tables = new Map<TableContract, readonly Row[]>([
  [
    silverTherapySessions,
    [
      {
        ...{ user_id: "ada", session_id: "s1", session_date: "2024-06-01", start_time: instant("2024-06-01") },
        ...{ ...RATED, device_name: "Juno Grand", duration_minutes: 20, user_adjusted: true },
      },
      {
        ...{ user_id: "ada", session_id: "s2", session_date: "2024-06-01", start_time: instant("2024-06-01", "19:00") },
        ...{ ...RATED, pain_after: 7, pain_reduction: 1, was_effective: false, duration_minutes: 30 },
      },
      { user_id: "ada", session_id: "s3", session_date: "2024-07-02", start_time: instant("2024-07-02") },
      { user_id: "bea", session_id: "s1", ...RATED, duration_minutes: 5 },
    ],
  ],
  [
    mlTrainingBaseV2,
    [
      { user_id: "ada", session_id: "s1", session_date: "2024-06-01" },
      { user_id: "ada", session_id: "s2", session_date: "2024-06-01" },
      { user_id: "bea", session_id: "s1" },
    ],
  ],
  [
    userAnalyticsV1,
    [
      {
        ...{ user_id: "ada", total_sessions: 3, rated_sessions: 2, days_active: 2, total_therapy_minutes: 50 },
        ...{ effectiveness_rate: 0.5, first_session_date: "2024-06-01", last_session_date: "2024-07-02" },
      },
      { user_id: "bea", total_sessions: 1, rated_sessions: 1, total_therapy_minutes: 5, effectiveness_rate: 1 },
    ],
  ],
  [
    dailyMetricsV1,
    [
      {
        ...{ session_date: "2024-06-01", session_count: 2, active_users: 1, new_users: 1, effective_users: 1 },
        ...{ rated_sessions: 2, total_therapy_minutes: 50, effectiveness_rate: 0.5 },
        ...{ morning_sessions: 1, evening_sessions: 1 },
      },
      { session_date: "2024-07-02", session_count: 1, active_users: 1, morning_sessions: 1 },
    ],
  ],
  [
    goldTherapyEffectiveness,
    [
      {
        ...{ user_id: "ada", device_name: "Juno Grand", month: "2024-06-01", total_sessions: 1, rated_sessions: 1 },
        ...{ effective_sessions: 1, sessions_with_feedback: 1, sessions_adjusted: 1, effectiveness_rate: 1 },
      },
      {
        ...{ user_id: "ada", month: "2024-06-01", total_sessions: 1, rated_sessions: 1 },
        ...{ sessions_with_feedback: 1, effectiveness_rate: 0 },
      },
      { user_id: "ada", month: "2024-07-01", total_sessions: 1 },
    ],
  ],
  [
    silverMedications,
    [
      {
        ...{ user_id: "ada", medication_key: "ibuprofen", valid_from: instant("2024-06-01") },
        ...{ valid_to: instant("2024-06-10"), is_active: false },
      },
      { user_id: "ada", medication_key: "ibuprofen", valid_from: instant("2024-06-10"), is_active: true },
      { user_id: "bea", medication_key: "ibuprofen", valid_from: instant("2024-06-05"), is_active: true },
    ],
  ],
]);

/** The tables with the rows of one of them changed. */
export function changed(
  tables: Tables,
  table: TableContract,
  change: (rows: readonly Row[]) => readonly Row[],
): Tables {
  return new Map([...tables, [table, change(tables.get(table) ?? [])]]);
}

/** Stages all tables; names of tables that are not among them are null. */
export async function stagedTables(warehouse: Warehouse, tables: Tables): Promise<TableNames> {
  const names = new Map<string, string>();
  for (const [contract, rows] of tables) names.set(contract.table, await staged(warehouse, contract, rows));
  return ({ table }) => names.get(table) ?? null;
}
