import type { DailyMetricsV1 } from "@junoplus/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sessionsOfDays, sumDay, toDailyMetrics } from "./daily-metrics";
import { contextsOfUser } from "./session-context";
import { arbitrarySilver } from "./testing/arbitrary-rows";
import { combineAnyhow, combineAtOnce } from "./testing/combine-anyhow";
import { goldRows } from "./testing/gold-rows";
import { AS_OF, at, medication, type SilverRows, session, snapshot } from "./testing/silver-rows";

async function days(silver: Partial<SilverRows>): Promise<readonly DailyMetricsV1[]> {
  return (await goldRows(silver)).dailyMetrics;
}

test("a day sums up the sessions of all users, each value over the sessions where it is known", async () => {
  const rows = await days({
    sessions: [
      session("s1", {
        start_time: at("2024-03-01 05:59"),
        duration_minutes: 20,
        pain_before: 8,
        pain_after: 2,
        initial_heat: 0,
        final_heat: 3,
        final_tens: 10,
        user_adjusted: true,
      }),
      session("s2", { start_time: at("2024-03-01 06:00"), duration_minutes: 45, pain_before: 4, pain_after: 3 }),
      session("s3", { start_time: at("2024-03-01 12:00"), pain_before: 10, final_heat: 0, user_adjusted: false }),
      session("s4", {
        start_time: at("2024-03-01 18:00"),
        user_id: "u2",
        duration_minutes: 10,
        pain_before: 0,
        pain_after: 0,
      }),
      session("s5", { start_time: at("2024-03-01 22:00"), user_id: "u3", final_tens: 5, user_adjusted: false }),
    ],
    medications: [
      medication("ibuprofen", at("2024-03-01 06:00")),
      medication("x", at("2024-04-01 00:00"), { user_id: "u2" }),
    ],
    periodTracking: [snapshot("2024-03-01", { cycle_day: 5 }), snapshot("2024-03-01", { user_id: "u2", cycle_day: 6 })],
  });
  expect(rows).toEqual([
    {
      session_date: "2024-03-01",
      session_count: 5,
      active_users: 3,
      new_users: 3,
      effective_users: 1,
      rated_sessions: 3,
      avg_duration: 25,
      total_therapy_minutes: 75,
      avg_initial_pain: 4,
      avg_final_pain: 5 / 3,
      avg_pain_reduction: 7 / 3,
      avg_pain_reduction_pct: 0.5,
      effectiveness_rate: 1 / 3,
      avg_heat: 1.5,
      avg_tens: 7.5,
      adjustment_rate: 1 / 3,
      morning_sessions: 1,
      afternoon_sessions: 1,
      evening_sessions: 1,
      night_sessions: 2,
      period_session_rate: 0.75,
      medication_session_rate: 0.5,
      processed_at: AS_OF,
    },
  ]);
});

test("users are counted once a day, new ones on their first day, effective ones once when a session was", async () => {
  const [good, bad] = [
    { pain_before: 8, pain_after: 2 },
    { pain_before: 8, pain_after: 7 },
  ];
  const rows = await days({
    sessions: [
      session("s5", { start_time: at("2024-03-02 12:00"), ...good }),
      session("s4", { start_time: at("2024-03-02 11:00"), ...good }),
      session("s3", { start_time: at("2024-03-02 10:00"), ...bad }),
      session("s2", { start_time: at("2024-03-02 10:00"), user_id: "u2", ...bad }),
      session("s1", { start_time: at("2024-03-01 10:00"), ...good }),
      session("s0", { user_id: "u2", ...good }),
    ],
  });
  expect(rows).toMatchObject([
    {
      session_date: "2024-03-01",
      session_count: 1,
      active_users: 1,
      new_users: 1,
      effective_users: 1,
      rated_sessions: 1,
    },
    {
      session_date: "2024-03-02",
      session_count: 4,
      active_users: 2,
      new_users: 1,
      effective_users: 1,
      rated_sessions: 4,
    },
  ]);
});

test("a day of which nothing is known has counts only", async () => {
  const [row] = await days({ sessions: [session("s1", { start_time: at("2024-03-01 10:00") })] });
  const unknown = Object.entries(row ?? {}).filter(([, value]) => value === null);
  expect(unknown.map(([column]) => column)).toEqual([
    "avg_duration",
    "total_therapy_minutes",
    "avg_initial_pain",
    "avg_final_pain",
    "avg_pain_reduction",
    "avg_pain_reduction_pct",
    "effectiveness_rate",
    "avg_heat",
    "avg_tens",
    "adjustment_rate",
    "period_session_rate",
    "medication_session_rate",
  ]);
});

test("a session without a day is on no day", async () => {
  expect(await days({ sessions: [session("s1", { duration_minutes: 20 })] })).toEqual([]);
});

test("any order, bundles and merging of a day's sessions give the same row", () => {
  const contexts = arbitrarySilver(["u1"]).map(({ sessions, profiles, medications, periodTracking }) => [
    ...contextsOfUser({ sessions, medications, snapshots: periodTracking, profile: profiles[0] ?? null }),
  ]);
  const results = contexts
    .map((all) => all.flatMap((context) => [...sessionsOfDays(context)]))
    .chain((all) => fc.tuple(fc.constant(combineAtOnce(sumDay, all)), combineAnyhow(sumDay, all)));
  fc.assert(
    fc.property(results, ([one, other]) => {
      const [row, same] = [one, other].map((value) => toDailyMetrics({ key: "2024-03-01", value }, { asOf: AS_OF }));
      expect(same).toEqual(row);
      expect(JSON.stringify(same)).toBe(JSON.stringify(row));
    }),
  );
});
