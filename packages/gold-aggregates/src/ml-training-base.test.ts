import type { MlTrainingBaseV2 } from "@junoplus/contracts";
import { expect, test } from "vitest";
import { goldRows } from "./testing/gold-rows";
import { AS_OF, at, medication, profile, type SilverRows, session, snapshot } from "./testing/silver-rows";

async function training(silver: Partial<SilverRows>): Promise<readonly MlTrainingBaseV2[]> {
  return (await goldRows(silver)).mlTrainingBase;
}

const RATED = { has_feedback: true } as const;

test("a session with feedback has one row, with everything that was known at its start", async () => {
  const rows = await training({
    sessions: [
      session("s0", { start_time: at("2024-02-27 23:00"), pain_before: 6, pain_after: 3 }),
      session("s1", {
        ...RATED,
        start_time: at("2024-02-29 18:00"),
        end_time: at("2024-02-29 18:20"),
        duration_minutes: 21,
        device_id: "serial",
        device_name: "Juno Grand",
        device_type: "heat",
        device_size: "Grand",
        status: "done",
        pain_before: 8,
        pain_after: 2,
        initial_heat: 1,
        initial_mode: 2,
        initial_tens: 3,
        final_heat: 2,
        final_mode: 0,
        final_tens: 9,
        user_adjusted: true,
      }),
    ],
    profiles: [profile("u1", { date_of_birth: "2000-02-29", cycle_length: 28, period_length: 5, age: 99 })],
    medications: [medication("naproxen", at("2024-02-01 00:00")), medication("ibuprofen", at("2024-02-28 00:00"))],
    periodTracking: [
      snapshot("2024-02-29", {
        cycle_day: 15,
        cycle_phase: "Ovulation",
        flow_intensity: 0,
        pain_level: 7,
        high_pain_day: true,
      }),
    ],
  });
  expect(rows).toEqual([
    {
      session_id: "s1",
      user_id: "u1",
      session_date: "2024-02-29",
      start_time: at("2024-02-29 18:00"),
      end_time: at("2024-02-29 18:20"),
      duration_minutes: 21,
      device_name: "Juno Grand",
      device_size: "Grand",
      pain_after: 2,
      pain_reduction: 6,
      pain_reduction_pct: 0.75,
      was_effective: true,
      final_heat: 2,
      final_mode: 0,
      final_tens: 9,
      user_adjusted: true,
      pain_before: 8,
      initial_heat: 1,
      initial_mode: 2,
      initial_tens: 3,
      cycle_day: 15,
      cycle_phase: "Ovulation",
      flow_intensity: 0,
      period_pain_level: 7,
      high_pain_day: true,
      age: 24,
      age_group: "18-24",
      cycle_length: 28,
      period_length: 5,
      on_medication: true,
      active_medication_count: 2,
      medication_keys: ["ibuprofen", "naproxen"],
      hour_of_day: 18,
      day_of_week: 5,
      time_of_day: "evening",
      is_during_period: false,
      is_during_ovulation: true,
      prior_sessions: 1,
      days_since_previous_session: 2,
      prior_avg_pain_reduction: 3,
      processed_at: AS_OF,
    },
  ]);
});

test("what is not known is NULL, in no category and not FALSE", async () => {
  const [row] = await training({ sessions: [session("s1", RATED)] });
  const { session_id, user_id, medication_keys, processed_at, ...others } = row ?? {};
  expect([session_id, user_id, medication_keys, processed_at]).toEqual(["s1", "u1", [], AS_OF]);
  expect(Object.values(others)).toEqual(Array(Object.keys(others).length).fill(null));
});

test("only finished feedback makes a row", async () => {
  const rows = await training({
    sessions: [session("yes", RATED), session("no", { has_feedback: false }), session("unknown", { pain_after: 1 })],
  });
  expect(rows.map(({ session_id }) => session_id)).toEqual(["yes"]);
});

test.each([
  ["2024-03-09", 17, "Under 18"],
  ["2024-03-10", 18, "18-24"],
  ["2006-03-09", null, null],
])("age is that of the session's day, not of the run: on %s it is %s", async (day, age, age_group) => {
  const [row] = await training({
    sessions: [session("s1", { ...RATED, start_time: at(`${day} 08:00`) })],
    profiles: [profile("u1", { date_of_birth: "2006-03-10", age: 19, age_group: "18-24" })],
  });
  expect(row).toMatchObject({ age, age_group });
});

test("on_medication is FALSE for a user with a list, and NULL for one without", async () => {
  const rows = await training({
    sessions: [
      session("s1", { ...RATED, start_time: at("2024-03-01 08:00") }),
      session("s2", { ...RATED, start_time: at("2024-03-01 08:00"), user_id: "u2" }),
    ],
    medications: [medication("ibuprofen", at("2024-02-01 00:00"), { valid_to: at("2024-02-02 00:00") })],
  });
  expect(rows).toMatchObject([
    { user_id: "u1", on_medication: false, active_medication_count: 0, medication_keys: [] },
    { user_id: "u2", on_medication: null, active_medication_count: null, medication_keys: [] },
  ]);
});

test.each([
  [0, false, false],
  [1, true, false],
  [14, false, true],
])("cycle day %d: period %s, ovulation %s", async (cycle_day, is_during_period, is_during_ovulation) => {
  const [row] = await training({
    sessions: [session("s1", { ...RATED, start_time: at("2024-03-01 08:00") })],
    periodTracking: [snapshot("2024-03-01", { cycle_day })],
  });
  expect(row).toMatchObject({ cycle_day, is_during_period, is_during_ovulation });
});

test("a user's rows meet no other user's", async () => {
  const start_time = at("2024-03-02 08:00");
  const rows = await training({
    sessions: [
      session("s1", { ...RATED, start_time }),
      session("s0", { user_id: "u2", start_time: at("2024-03-01 08:00"), pain_before: 5, pain_after: 1 }),
    ],
    profiles: [profile("u2", { date_of_birth: "2000-01-01", cycle_length: 28 })],
    medications: [medication("ibuprofen", at("2024-02-01 00:00"), { user_id: "u2" })],
    periodTracking: [snapshot("2024-03-02", { user_id: "u2", cycle_day: 3 })],
  });
  expect(rows).toMatchObject([
    {
      age: null,
      cycle_length: null,
      on_medication: null,
      cycle_day: null,
      prior_sessions: 0,
      prior_avg_pain_reduction: null,
    },
  ]);
});
