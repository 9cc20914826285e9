import type { UserAnalyticsV1 } from "@junoplus/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { contextsOfUser } from "./session-context";
import { arbitrarySilver } from "./testing/arbitrary-rows";
import { combineAnyhow, combineAtOnce } from "./testing/combine-anyhow";
import { goldRows } from "./testing/gold-rows";
import { AS_OF, at, profile, type SilverRows, session } from "./testing/silver-rows";
import { sumUser, toUserAnalytics } from "./user-analytics";

async function users(silver: Partial<SilverRows>): Promise<readonly UserAnalyticsV1[]> {
  return (await goldRows(silver)).userAnalytics;
}

test("a user's sessions are summed up, each value over the sessions where it is known", async () => {
  const rows = await users({
    sessions: [
      session("s1", {
        start_time: at("2024-03-01 08:00"),
        duration_minutes: 20,
        pain_before: 8,
        pain_after: 2,
        final_heat: 3,
        final_mode: 1,
        final_tens: 10,
        user_adjusted: true,
      }),
      session("s2", {
        start_time: at("2024-03-08 08:00"),
        duration_minutes: 45,
        pain_before: 4,
        pain_after: 3,
        final_heat: 0,
        final_mode: 1,
        final_tens: 5,
        user_adjusted: false,
      }),
      session("s3", { start_time: at("2024-03-01 09:00"), pain_before: 10, final_heat: 3, user_adjusted: false }),
      session("s4", { duration_minutes: 10, pain_before: 0, pain_after: 0 }),
    ],
    profiles: [profile("u1", { date_of_birth: "1990-01-01", age: 35, age_group: "35-44" })],
  });
  expect(rows).toEqual([
    {
      user_id: "u1",
      total_sessions: 4,
      rated_sessions: 3,
      first_session_date: "2024-03-01",
      last_session_date: "2024-03-08",
      days_active: 2,
      span_days: 7,
      avg_session_duration: 25,
      max_session_duration: 45,
      total_therapy_minutes: 75,
      avg_initial_pain: 4,
      avg_final_pain: 5 / 3,
      avg_pain_reduction: 7 / 3,
      avg_pain_reduction_pct: 0.5,
      effectiveness_rate: 1 / 3,
      preferred_heat_level: 3,
      preferred_tens_mode: 1,
      preferred_tens_level: 5,
      avg_heat_level: 2,
      avg_tens_level: 7.5,
      adjustment_rate: 1 / 3,
      age: 35,
      age_group: "35-44",
      user_segment: "New User",
      engagement_cohort: "Month 1",
      effectiveness_category: "Effective",
      processed_at: AS_OF,
    },
  ]);
});

test("a user of whom nothing is known has counts only", async () => {
  const [row] = await users({ sessions: [session("s1")] });
  const { user_id, total_sessions, rated_sessions, days_active, user_segment, processed_at, ...others } = row ?? {};
  expect([user_id, total_sessions, rated_sessions, days_active]).toEqual(["u1", 1, 0, 0]);
  expect([user_segment, processed_at]).toEqual(["New User", AS_OF]);
  expect(Object.values(others)).toEqual(Array(Object.keys(others).length).fill(null));
});

test("a user without a session has no row, whatever else is known", async () => {
  expect(await users({ profiles: [profile("u1")] })).toEqual([]);
});

test("one day is a span of zero days", async () => {
  const [row] = await users({ sessions: [session("s1", { start_time: at("2024-03-01 08:00") })] });
  expect(row).toMatchObject({ days_active: 1, span_days: 0, engagement_cohort: "Single Day" });
});

test("of values used equally often the one used last is preferred, setting by setting", async () => {
  const [row] = await users({
    sessions: [
      session("s1", { start_time: at("2024-03-01 08:00"), final_heat: 1, final_mode: 3, final_tens: 7 }),
      session("s2", { start_time: at("2024-03-02 08:00"), final_heat: 2, final_mode: 3 }),
      session("s3", { start_time: at("2024-03-03 08:00"), final_mode: 0, final_tens: 0 }),
      session("s4", { final_heat: 0 }),
    ],
  });
  expect(row).toMatchObject({ preferred_heat_level: 2, preferred_tens_mode: 3, preferred_tens_level: 0 });
});

test("any order, bundles and merging of a user's sessions give the same row", () => {
  const contexts = arbitrarySilver(["u1"]).map(({ sessions, profiles, medications, periodTracking }) => [
    ...contextsOfUser({ sessions, medications, snapshots: periodTracking, profile: profiles[0] ?? null }),
  ]);
  const results = contexts.chain((all) =>
    fc.tuple(fc.constant(combineAtOnce(sumUser, all)), combineAnyhow(sumUser, all)),
  );
  fc.assert(
    fc.property(results, ([one, other]) => {
      const [row, same] = [one, other].map((value) => toUserAnalytics({ key: "u1", value }, { asOf: AS_OF }));
      expect(same).toEqual(row);
      expect(JSON.stringify(same)).toBe(JSON.stringify(row));
    }),
  );
});
