import {
  dailyMetricsV1,
  goldTherapyEffectiveness,
  mlTrainingBaseV2,
  silverTherapySessions,
  type TableContract,
  userAnalyticsV1,
} from "@junoplus/contracts";
import { noneOffends } from "./check-result";
import type { Measurement } from "./measurement";
import { quantity, whole } from "./quantity";
import type { TableNames } from "./table-names";

/** One figure that a gold table and the sessions must agree on, group by group. */
interface Measure {
  readonly metric: string;
  readonly promise: string;
  /** Aggregate over the group's sessions. */
  readonly expected: string;
  /** What the gold row says. */
  readonly found: string;
}

/** A gold table against the sessions it is made of: totals could hide a row lost and another doubled, groups cannot. */
interface Balance {
  readonly table: TableContract;
  readonly group: readonly [one: string, many: string];
  /** Expressions over a session, and over a gold row, that name the group. */
  readonly sessionKey: readonly string[];
  readonly goldKey: readonly string[];
  readonly sessions: (sessions: string) => string;
  /** Whether a group is of one user. */
  readonly ofUser: boolean;
  readonly measures: readonly Measure[];
}

const DATED = (sessions: string) => `${sessions} WHERE session_date IS NOT NULL`;
const ONE = { expected: "1", found: "1" } as const;
const RATED: Measure = {
  metric: "rated_sessions_balance",
  promise: "rated_sessions counts the sessions whose was_effective is known",
  expected: "COUNT(was_effective)",
  found: "rated_sessions",
};
const MINUTES: Measure = {
  metric: "therapy_minutes_balance",
  promise: "total_therapy_minutes is the sum over the sessions",
  expected: "COALESCE(SUM(duration_minutes), 0)",
  found: "COALESCE(total_therapy_minutes, 0)",
};

const BALANCES: readonly Balance[] = [
  {
    table: mlTrainingBaseV2,
    group: ["session", "sessions"],
    sessionKey: ["user_id", "session_id"],
    goldKey: ["user_id", "session_id"],
    sessions: (sessions) => `${sessions} WHERE has_feedback`,
    ofUser: true,
    measures: [{ metric: "sessions_balance", promise: "one row per session with feedback", ...ONE }],
  },
  {
    table: userAnalyticsV1,
    group: ["user", "users"],
    sessionKey: ["user_id"],
    goldKey: ["user_id"],
    sessions: (sessions) => sessions,
    ofUser: true,
    measures: [
      { metric: "users_balance", promise: "one row per user with a session", ...ONE },
      {
        metric: "sessions_balance",
        promise: "total_sessions counts the user's sessions",
        expected: "COUNT(*)",
        found: "total_sessions",
      },
      RATED,
      MINUTES,
      {
        metric: "days_balance",
        promise: "days_active counts the user's session dates",
        expected: "COUNT(DISTINCT session_date)",
        found: "days_active",
      },
    ],
  },
  {
    table: dailyMetricsV1,
    group: ["day", "days"],
    sessionKey: ["session_date"],
    goldKey: ["session_date"],
    sessions: DATED,
    ofUser: false,
    measures: [
      { metric: "days_balance", promise: "one row per day with a session", ...ONE },
      {
        metric: "sessions_balance",
        promise: "session_count counts the day's sessions",
        expected: "COUNT(*)",
        found: "session_count",
      },
      RATED,
      MINUTES,
      {
        metric: "users_balance",
        promise: "active_users counts the day's users",
        expected: "COUNT(DISTINCT user_id)",
        found: "active_users",
      },
      {
        metric: "effective_users_balance",
        promise: "effective_users counts the day's users with an effective session",
        expected: "COUNT(DISTINCT CASE WHEN was_effective THEN user_id END)",
        found: "effective_users",
      },
    ],
  },
  {
    table: dailyMetricsV1,
    group: ["day", "days"],
    sessionKey: ["first_date"],
    goldKey: ["session_date"],
    sessions: (sessions) =>
      `(SELECT user_id, MIN(session_date) AS first_date FROM ${DATED(sessions)} GROUP BY user_id) AS first_sessions`,
    ofUser: false,
    measures: [
      {
        metric: "new_users_balance",
        promise: "new_users counts each user once, on the day of the first session",
        expected: "COUNT(*)",
        found: "new_users",
      },
    ],
  },
  {
    table: goldTherapyEffectiveness,
    group: ["group", "groups"],
    sessionKey: ["user_id", "device_name", "EXTRACT(YEAR FROM session_date)", "EXTRACT(MONTH FROM session_date)"],
    goldKey: ["user_id", "device_name", "EXTRACT(YEAR FROM month)", "EXTRACT(MONTH FROM month)"],
    sessions: DATED,
    ofUser: true,
    measures: [
      { metric: "groups_balance", promise: "one row per user, device and month with a session", ...ONE },
      {
        metric: "sessions_balance",
        promise: "total_sessions counts the group's sessions",
        expected: "COUNT(*)",
        found: "total_sessions",
      },
      RATED,
      {
        metric: "effective_sessions_balance",
        promise: "effective_sessions counts the effective ones",
        expected: "COUNT(CASE WHEN was_effective THEN 1 END)",
        found: "effective_sessions",
      },
      {
        metric: "feedback_balance",
        promise: "sessions_with_feedback counts those with feedback",
        expected: "COUNT(CASE WHEN has_feedback THEN 1 END)",
        found: "sessions_with_feedback",
      },
      {
        metric: "adjusted_balance",
        promise: "sessions_adjusted counts the adjusted ones",
        expected: "COUNT(CASE WHEN user_adjusted THEN 1 END)",
        found: "sessions_adjusted",
      },
    ],
  },
];

/** No session is lost or doubled between silver_therapy_sessions and the gold tables. */
export function sessionBalanceChecks(nameOf: TableNames): readonly Measurement[] {
  return BALANCES.flatMap((balance) => {
    const of = balance.ofUser ? "changed_users" : undefined;
    const sessions = nameOf(silverTherapySessions, of);
    const gold = nameOf(balance.table, of);
    return sessions === null || gold === null ? [] : [balanceCheck(balance, sessions, gold)];
  });
}

function balanceCheck(balance: Balance, sessions: string, gold: string): Measurement {
  const { measures, group, table } = balance;
  const sums = measures.flatMap((_, i) => [
    [`offending_${i}`, `COUNT(CASE WHEN expected_${i} <> found_${i} THEN 1 END)`] as const,
    [`expected_${i}`, `SUM(expected_${i})`] as const,
    [`found_${i}`, `SUM(found_${i})`] as const,
  ]);
  return {
    columns: { group_total: "COUNT(*)", ...Object.fromEntries(sums) },
    from: `(${bothSides(balance, sessions, gold)}) AS balances`,
    results: (count) =>
      measures.map(({ metric, promise }, index) => {
        const offending = count(`offending_${index}`);
        const totals = `${whole(count(`found_${index}`))} found, ${whole(count(`expected_${index}`))} expected in all`;
        const groups = quantity(count("group_total"), ...group);
        const verdict = offending === 0 ? `right in all ${groups}` : `wrong in ${whole(offending)} of ${groups}`;
        const description = `${promise}: ${verdict}; ${totals}`;
        return noneOffends({ table: table.table, metric, category: "consistency", offending, description });
      }),
  };
}

/** A row for each group of either side: what the sessions give, and what the gold table says. */
function bothSides({ sessionKey, goldKey, measures, sessions }: Balance, from: string, gold: string): string {
  const keys = sessionKey.map((_, index) => `key_${index}`).join(", ");
  const each = (column: (index: number) => string) => measures.map((_, index) => column(index)).join(", ");
  const aliased = (expressions: readonly string[], alias: string) =>
    expressions.map((expression, index) => `${expression} AS ${alias}_${index}`).join(", ");
  const expected = [
    aliased(sessionKey, "key"),
    aliased(
      measures.map((measure) => measure.expected),
      "expected",
    ),
    each((index) => `0 AS found_${index}`),
  ].join(", ");
  const found = [
    aliased(goldKey, "key"),
    each((index) => `0 AS expected_${index}`),
    aliased(
      measures.map((measure) => measure.found),
      "found",
    ),
  ].join(", ");
  return `
    SELECT ${keys}, ${each((i) => `SUM(expected_${i}) AS expected_${i}, SUM(found_${i}) AS found_${i}`)}
    FROM (
      SELECT ${expected} FROM ${sessions(from)} GROUP BY ${sessionKey.map((_, index) => index + 1).join(", ")}
      UNION ALL SELECT ${found} FROM ${gold}
    ) AS both_sides GROUP BY ${keys}
  `;
}
