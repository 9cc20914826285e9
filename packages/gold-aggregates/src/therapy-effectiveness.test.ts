import type { GoldTherapyEffectiveness } from "@junoplus/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { arbitrarySilver } from "./testing/arbitrary-rows";
import { combineAnyhow, combineAtOnce } from "./testing/combine-anyhow";
import { goldRows } from "./testing/gold-rows";
import { AS_OF, at, type SilverRows, session } from "./testing/silver-rows";
import { sessionsOfMonths, sumSessions, toTherapyEffectiveness } from "./therapy-effectiveness";

async function groups(...sessions: SilverRows["sessions"]): Promise<readonly GoldTherapyEffectiveness[]> {
  return (await goldRows({ sessions })).therapyEffectiveness;
}

test("a month of a user and device sums up, each value over the sessions where it is known", async () => {
  const device = { device_name: "Juno Grand" };
  const rows = await groups(
    session("s1", {
      ...device,
      start_time: at("2024-03-01 00:00"),
      duration_minutes: 20,
      pain_before: 8,
      pain_after: 2,
      has_feedback: true,
      initial_heat: 1,
      initial_tens: 2,
      final_heat: 3,
      final_tens: 10,
      user_adjusted: true,
    }),
    session("s2", {
      ...device,
      start_time: at("2024-03-15 10:00"),
      duration_minutes: 45,
      pain_before: 4,
      pain_after: 3,
      has_feedback: true,
      initial_heat: 2,
      initial_tens: 5,
      final_heat: 0,
      final_tens: 5,
      user_adjusted: false,
    }),
    session("s3", {
      ...device,
      start_time: at("2024-03-31 23:59"),
      pain_before: 10,
      has_feedback: false,
      user_adjusted: false,
    }),
    session("s4", {
      ...device,
      start_time: at("2024-03-20 10:00"),
      duration_minutes: 10,
      pain_before: 0,
      pain_after: 0,
    }),
  );
  expect(rows).toEqual([
    {
      user_id: "u1",
      device_name: "Juno Grand",
      month: "2024-03-01",
      total_sessions: 4,
      rated_sessions: 3,
      effective_sessions: 1,
      sessions_with_feedback: 2,
      avg_pain_reduction: 7 / 3,
      avg_pain_reduction_pct: 0.5,
      effectiveness_rate: 1 / 3,
      avg_initial_heat: 1.5,
      avg_initial_tens: 3.5,
      avg_final_heat: 1.5,
      avg_final_tens: 7.5,
      sessions_adjusted: 1,
      adjustment_rate: 1 / 3,
      avg_duration_minutes: 25,
      max_duration_minutes: 45,
      effectiveness_category: "Low Effectiveness",
      processed_at: AS_OF,
    },
  ]);
});

test("user, device name and month make the group; no device name is one of its own", async () => {
  const march = { start_time: at("2024-03-01 00:00") };
  const rows = await groups(
    session("s1", { ...march, device_name: "Juno" }),
    session("s2", { ...march, device_name: "Juno", device_id: "another" }),
    session("s3", { ...march, device_name: "null" }),
    session("s4", march),
    session("s5", march),
    session("s6", { ...march, user_id: "u2" }),
    session("s7", { start_time: at("2024-02-29 23:59"), device_name: "Juno" }),
    session("s8", { ...march, device_name: '","' }),
  );
  expect(rows.map((row) => [row.user_id, row.device_name, row.month, row.total_sessions])).toEqual([
    ["u1", "Juno", "2024-02-01", 1],
    ["u1", "Juno", "2024-03-01", 2],
    ["u1", '","', "2024-03-01", 1],
    ["u1", "null", "2024-03-01", 1],
    ["u1", null, "2024-03-01", 2],
    ["u2", null, "2024-03-01", 1],
  ]);
});

test("a month of which nothing is known has counts only", async () => {
  const [row] = await groups(session("s1", { start_time: at("2024-03-01 00:00") }));
  const known = Object.entries(row ?? {}).filter(([, value]) => value !== null);
  expect(Object.fromEntries(known)).toEqual({
    user_id: "u1",
    month: "2024-03-01",
    total_sessions: 1,
    rated_sessions: 0,
    effective_sessions: 0,
    sessions_with_feedback: 0,
    sessions_adjusted: 0,
    processed_at: AS_OF,
  });
});

test("a session without a day is in no month", async () => {
  expect(await groups(session("s1", { device_name: "Juno", pain_before: 8, pain_after: 1 }))).toEqual([]);
});

test("the category follows the rate, not the relief", async () => {
  const rows = await groups(
    ...[8, 7, 6, 5, 1].map((pain_before, i) =>
      session(`s${i}`, {
        start_time: at("2024-03-01 00:00"),
        pain_before,
        pain_after: pain_before > 1 ? pain_before - 2 : 1,
      }),
    ),
  );
  expect(rows).toMatchObject([{ effectiveness_rate: 0.8, effectiveness_category: "Highly Effective" }]);
});

test("any order, bundles and merging of a group's sessions give the same row", () => {
  const results = arbitrarySilver()
    .map(({ sessions }) => sessions.flatMap((row) => [...sessionsOfMonths(row)]))
    .chain((all) => fc.tuple(fc.constant(combineAtOnce(sumSessions, all)), combineAnyhow(sumSessions, all)));
  const key = JSON.stringify(["u1", null, "2024-03-01"]);
  fc.assert(
    fc.property(results, ([one, other]) => {
      const [row, same] = [one, other].map((value) => toTherapyEffectiveness({ key, value }, { asOf: AS_OF }));
      expect(same).toEqual(row);
      expect(JSON.stringify(same)).toBe(JSON.stringify(row));
    }),
  );
});
