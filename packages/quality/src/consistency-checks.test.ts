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
import { afterAll, beforeAll, expect, test } from "vitest";
import { consistencyChecks } from "./consistency-checks";
import { measuredChecks } from "./measurement";
import { emptyWarehouse } from "./testing/rows";
import { changed, SAMPLE, stagedTables, type Tables } from "./testing/sample-tables";

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await emptyWarehouse();
});
afterAll(() => warehouse.close());

async function checked(tables: Tables) {
  const measurements = consistencyChecks(await stagedTables(warehouse, tables));
  return (await measuredChecks(warehouse, [measurements])).flat();
}

type Change = (rows: readonly Row[]) => readonly Row[];
const without =
  (index: number): Change =>
  (rows) =>
    rows.toSpliced(index, 1);
const twice =
  (index: number): Change =>
  (rows) => [...rows, rows[index] ?? {}];
const withColumns =
  (index: number, columns: Row): Change =>
  (rows) =>
    rows.with(index, { ...rows[index], ...columns });
const and =
  (first: Change, second: Change): Change =>
  (rows) =>
    second(first(rows));

test("tables that agree pass every check", async () => {
  const results = await checked(SAMPLE);
  expect(results.filter(({ status }) => status !== "PASS")).toEqual([]);
  expect(results.length).toBeGreaterThan(30);
  expect(new Set(results.map(({ table, metric }) => `${table} ${metric}`)).size).toBe(results.length);
});

test("empty tables agree", async () => {
  const empty = new Map([...SAMPLE.keys()].map((contract) => [contract, []]));
  expect((await checked(empty)).filter(({ status }) => status !== "PASS")).toEqual([]);
});

test("checks whose tables are not all there are left out", async () => {
  expect(await checked(new Map())).toEqual([]);
  const tables = new Set((await checked(new Map([...SAMPLE].slice(0, 2)))).map(({ table }) => table));
  expect(tables).toEqual(new Set(["silver_therapy_sessions", "ml_training_base_v2"]));
});

const day = (text: string) => `${text}T08:00:00.000000Z`;

/** What a user lost or doubled puts out of balance. */
const USER_BALANCES = ["users_balance", "sessions_balance", "rated_sessions_balance", "therapy_minutes_balance"];

const VIOLATIONS: readonly (readonly [violation: string, TableContract, Change, failing: readonly string[]])[] = [
  ["a session lost on the way to training", mlTrainingBaseV2, without(0), ["sessions_balance"]],
  ["a session doubled in training", mlTrainingBaseV2, twice(2), ["sessions_balance"]],
  [
    "one session lost and another doubled, so that the totals agree",
    mlTrainingBaseV2,
    and(twice(1), without(0)),
    ["sessions_balance"],
  ],
  [
    "a user whom no session knows",
    mlTrainingBaseV2,
    withColumns(2, { user_id: "eve" }),
    ["sessions_balance", "users_known"],
  ],
  ["a user lost", userAnalyticsV1, without(1), USER_BALANCES],
  ["a user doubled", userAnalyticsV1, twice(1), USER_BALANCES],
  ["total_sessions off by one", userAnalyticsV1, withColumns(0, { total_sessions: 4 }), ["sessions_balance"]],
  ["rated_sessions off by one", userAnalyticsV1, withColumns(0, { rated_sessions: 1 }), ["rated_sessions_balance"]],
  ["therapy minutes lost", userAnalyticsV1, withColumns(0, { total_therapy_minutes: 49 }), ["therapy_minutes_balance"]],
  ["days counted twice", userAnalyticsV1, withColumns(0, { days_active: 3 }), ["days_balance"]],
  ["a user of no session", userAnalyticsV1, withColumns(1, { user_id: "eve" }), [...USER_BALANCES, "users_known"]],
  [
    "more rated sessions than sessions",
    userAnalyticsV1,
    withColumns(0, { rated_sessions: 4 }),
    ["rated_sessions_balance", "counts_nested"],
  ],
  ["a rate of nothing", userAnalyticsV1, withColumns(0, { effectiveness_rate: null }), ["rate_known_when_rated"]],
  [
    "a last day before the first",
    userAnalyticsV1,
    withColumns(0, { last_session_date: "2024-05-01" }),
    ["dates_ordered"],
  ],
  ["a day lost", dailyMetricsV1, without(1), ["days_balance", "sessions_balance", "users_balance"]],
  [
    "a day doubled",
    dailyMetricsV1,
    twice(0),
    [
      ...["days_balance", "sessions_balance", "rated_sessions_balance", "therapy_minutes_balance", "users_balance"],
      ...["effective_users_balance", "new_users_balance"],
    ],
  ],
  [
    "a session counted on the wrong day",
    dailyMetricsV1,
    and(
      withColumns(0, { session_count: 1, rated_sessions: 1, evening_sessions: 0, effective_users: 1 }),
      withColumns(1, { session_count: 2, rated_sessions: 1, evening_sessions: 1, effectiveness_rate: 1 }),
    ),
    ["sessions_balance", "rated_sessions_balance"],
  ],
  ["an hour of the day lost", dailyMetricsV1, withColumns(0, { evening_sessions: 0 }), ["hours_add_up"]],
  ["an active user lost", dailyMetricsV1, withColumns(1, { active_users: 2 }), ["users_balance", "counts_nested"]],
  ["a new user on two days", dailyMetricsV1, withColumns(1, { new_users: 1 }), ["new_users_balance"]],
  ["an effective user lost", dailyMetricsV1, withColumns(0, { effective_users: 0 }), ["effective_users_balance"]],
  ["a daily rate of nothing", dailyMetricsV1, withColumns(1, { effectiveness_rate: 0 }), ["rate_known_when_rated"]],
  ["a group lost", goldTherapyEffectiveness, without(2), ["groups_balance", "sessions_balance"]],
  ["a group doubled", goldTherapyEffectiveness, twice(2), ["groups_balance", "sessions_balance"]],
  [
    "a group of the wrong month",
    goldTherapyEffectiveness,
    withColumns(2, { month: "2023-07-01" }),
    ["groups_balance", "sessions_balance"],
  ],
  [
    "a group of the wrong device",
    goldTherapyEffectiveness,
    withColumns(2, { device_name: "Juno Grand" }),
    ["groups_balance", "sessions_balance"],
  ],
  ["a group's session lost", goldTherapyEffectiveness, withColumns(2, { total_sessions: 2 }), ["sessions_balance"]],
  [
    "a group's rating lost",
    goldTherapyEffectiveness,
    withColumns(1, { rated_sessions: 0, effectiveness_rate: null }),
    ["rated_sessions_balance"],
  ],
  [
    "more effective sessions than rated ones",
    goldTherapyEffectiveness,
    withColumns(1, { effective_sessions: 2, effectiveness_rate: 2 }),
    ["effective_sessions_balance", "counts_nested"],
  ],
  [
    "a rate that is not the quotient",
    goldTherapyEffectiveness,
    withColumns(0, { effectiveness_rate: 0.99 }),
    ["rate_is_quotient"],
  ],
  [
    "a rate without rated sessions",
    goldTherapyEffectiveness,
    withColumns(2, { effectiveness_rate: 0 }),
    ["rate_known_when_rated"],
  ],
  ["feedback lost", goldTherapyEffectiveness, withColumns(0, { sessions_with_feedback: 0 }), ["feedback_balance"]],
  ["an adjustment lost", goldTherapyEffectiveness, withColumns(0, { sessions_adjusted: 0 }), ["adjusted_balance"]],
  [
    "a group of a user whom no session knows",
    goldTherapyEffectiveness,
    withColumns(2, { user_id: "eve" }),
    ["groups_balance", "sessions_balance", "users_known"],
  ],
  [
    "a period that reaches into the next",
    silverMedications,
    withColumns(0, { valid_to: day("2024-06-11") }),
    ["periods_apart"],
  ],
  [
    "two current periods",
    silverMedications,
    withColumns(0, { valid_to: null, is_active: true }),
    ["periods_apart", "one_current_period"],
  ],
  ["a period twice", silverMedications, twice(1), ["periods_apart", "one_current_period"]],
  ["a period of no length", silverMedications, withColumns(0, { valid_to: day("2024-06-01") }), ["periods_not_empty"]],
  [
    "a current period that is not active",
    silverMedications,
    withColumns(1, { is_active: false }),
    ["active_means_open"],
  ],
  ["a date without a start", silverTherapySessions, withColumns(2, { start_time: null }), ["date_follows_start"]],
  [
    "a reduction that is not the difference",
    silverTherapySessions,
    withColumns(0, { pain_reduction: 2 }),
    ["reduction_follows_scores"],
  ],
  [
    "a reduction of one score",
    silverTherapySessions,
    withColumns(0, { pain_after: null }),
    ["reduction_follows_scores"],
  ],
  [
    "an effect below two points",
    silverTherapySessions,
    withColumns(0, { pain_before: 6, pain_reduction: 1 }),
    ["effective_follows_reduction"],
  ],
];

test.each(VIOLATIONS)("%s fails", async (_violation, table, change, failing) => {
  const failed = (await checked(changed(SAMPLE, table, change))).filter(({ status }) => status === "FAIL");
  expect(failed.map(({ metric }) => metric)).toEqual(failing);
  expect(
    failed.every((check) => check.table === table.table && check.blocking && check.category === "consistency"),
  ).toBe(true);
});

test("every check is proven by a violation", async () => {
  const proven = new Set(
    VIOLATIONS.flatMap(([, { table }, , failing]) => failing.map((metric) => `${table} ${metric}`)),
  );
  const all = (await checked(SAMPLE)).map(({ table, metric }) => `${table} ${metric}`);
  expect(all.filter((check) => !proven.has(check))).toEqual([]);
});

test("a balance says how many groups differ, and both totals", async () => {
  const results = await checked(changed(SAMPLE, mlTrainingBaseV2, without(0)));
  expect(results.find(({ status }) => status === "FAIL")).toMatchObject({
    table: "ml_training_base_v2",
    value: 1,
    description: "one row per session with feedback: wrong in 1 of 3 sessions; 2 found, 3 expected in all",
  });
});
