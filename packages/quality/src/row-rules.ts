import {
  dailyMetricsV1,
  goldTherapyEffectiveness,
  silverMedications,
  silverTherapySessions,
  type TableContract,
  userAnalyticsV1,
} from "@junoplus/contracts";
import type { Measurement } from "./measurement";
import { type RowPromise, rowPromises } from "./row-promises";
import type { TableNames } from "./table-names";

type Rule = Omit<RowPromise, "category">;

/** No rated session, no rate; and the other way round. */
const RATE_KNOWN: Rule = {
  metric: "rate_known_when_rated",
  promise: "effectiveness_rate is known exactly when a session is rated",
  broken: "(rated_sessions = 0) <> (effectiveness_rate IS NULL)",
};

/** What the columns of one row owe each other. */
const RULES: readonly (readonly [TableContract, readonly Rule[]])[] = [
  [
    silverTherapySessions,
    [
      {
        metric: "date_follows_start",
        promise: "session_date is known exactly when start_time is",
        broken: "(session_date IS NULL) <> (start_time IS NULL)",
      },
      {
        metric: "reduction_follows_scores",
        promise: "pain_reduction is pain_before - pain_after, known exactly when both are",
        broken:
          "pain_reduction <> pain_before - pain_after " +
          "OR (pain_reduction IS NULL) <> (pain_before IS NULL OR pain_after IS NULL)",
      },
      {
        metric: "effective_follows_reduction",
        promise: "was_effective is pain_reduction >= 2, known exactly when that is",
        broken: "was_effective <> (pain_reduction >= 2) OR (was_effective IS NULL) <> (pain_reduction IS NULL)",
      },
    ],
  ],
  [
    silverMedications,
    [
      {
        metric: "periods_not_empty",
        promise: "valid_from lies before valid_to",
        broken: "valid_to <= valid_from",
      },
      {
        metric: "active_means_open",
        promise: "is_active says that valid_to is NULL",
        broken: "is_active <> (valid_to IS NULL)",
      },
    ],
  ],
  [
    userAnalyticsV1,
    [
      {
        metric: "counts_nested",
        promise: "rated_sessions and days_active are at most total_sessions",
        broken: "rated_sessions > total_sessions OR days_active > total_sessions",
      },
      RATE_KNOWN,
      {
        metric: "dates_ordered",
        promise: "first_session_date is not after last_session_date",
        broken: "first_session_date > last_session_date",
      },
    ],
  ],
  [
    dailyMetricsV1,
    [
      {
        metric: "hours_add_up",
        promise: "morning, afternoon, evening and night sessions add up to session_count",
        broken: "morning_sessions + afternoon_sessions + evening_sessions + night_sessions <> session_count",
      },
      {
        metric: "counts_nested",
        promise:
          "rated_sessions and active_users are at most session_count, new and effective users at most active_users",
        broken:
          "rated_sessions > session_count OR active_users > session_count " +
          "OR new_users > active_users OR effective_users > active_users",
      },
      RATE_KNOWN,
    ],
  ],
  [
    goldTherapyEffectiveness,
    [
      {
        metric: "counts_nested",
        promise: "effective <= rated <= total; sessions with feedback and adjusted ones are at most total",
        broken:
          "effective_sessions > rated_sessions OR rated_sessions > total_sessions " +
          "OR sessions_with_feedback > total_sessions OR sessions_adjusted > total_sessions",
      },
      RATE_KNOWN,
      {
        metric: "rate_is_quotient",
        promise: "effectiveness_rate is effective_sessions / rated_sessions",
        broken: "effectiveness_rate <> effective_sessions / NULLIF(rated_sessions, 0)",
      },
    ],
  ],
];

/** The columns of one row agree with each other. */
export function rowRuleChecks(nameOf: TableNames): readonly Measurement[] {
  return RULES.flatMap(([contract, rules]) => {
    const from = nameOf(contract, "changed_users");
    if (from === null) return [];
    const promises = rules.map((rule) => ({ ...rule, category: "consistency" as const }));
    return [rowPromises(contract.table, from, promises)];
  });
}
