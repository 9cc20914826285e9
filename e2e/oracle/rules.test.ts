import { describe, expect, it } from "vitest";
import { exactSum } from "./exact-averages.js";
import { formatInstant, parseChangeTime, parseIsoText, utcDay, wholeYears } from "./instants.js";
import { type OracleResult, oracle } from "./oracle.js";

const AS_OF = "2025-01-01T00:00:00.000000Z";

function row(document_name: string, timestamp: string, data: unknown, more: Record<string, unknown> = {}): string {
  const text = data === null ? null : JSON.stringify(data);
  return JSON.stringify({ timestamp, event_id: "e", document_name, operation: "UPDATE", data: text, ...more });
}

function run(prefix: string, ...lines: string[]): OracleResult {
  return oracle({ asOf: AS_OF, changelogs: { [prefix]: lines } });
}

const T1 = "2024-05-01T00:00:00.000001Z";
const T2 = "2024-05-02T00:00:00.000002Z";
const T3 = "2024-05-03T00:00:00.000003Z";

describe("instants", () => {
  const text = (micros: bigint | null): string | null => (micros === null ? null : formatInstant(micros));

  it.each([
    ["2024-08-26T15:33:27.642846Z", "2024-08-26T15:33:27.642846Z"],
    ["2024-08-26 15:33:27 UTC", "2024-08-26T15:33:27.000000Z"],
    ["2024-08-26T00:30:00.1234567+02:00", "2024-08-25T22:30:00.123456Z"],
    ["1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999Z"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"],
    ["0001-01-01T00:00:00+00:01", null],
    ["2024-02-30T00:00:00Z", null],
    ["2024-08-26T24:00:00Z", null],
    ["2024-08-26T15:33:27", null],
    ["2024-08-26", null],
  ])("reads the change time %s", (given, wanted) => {
    expect(text(parseChangeTime(given))).toBe(wanted);
  });

  it.each([
    ["2024-02-29", "2024-02-29T00:00:00.000000Z"],
    ["2023-02-29", null],
    ["2024-02-29T10:00:00", "2024-02-29T10:00:00.000000Z"],
    ["2024-02-29 10:00:00", null],
    ["2024-02-29T10:00:00.1234567890Z", null],
    ["", null],
  ])("reads the field text %j", (given, wanted) => {
    expect(text(parseIsoText(given))).toBe(wanted);
  });

  it("counts whole years by the calendar, Feb 29 from Mar 1 in common years", () => {
    expect(wholeYears("2000-02-29", "2023-02-28")).toBe(22);
    expect(wholeYears("2000-02-29", "2023-03-01")).toBe(23);
    expect(wholeYears("2000-02-29", "2024-02-29")).toBe(24);
    expect(wholeYears("2024-01-02", "2024-01-01")).toBeNull();
    expect(utcDay(-1n)).toBe("1969-12-31");
  });
});

describe("exact sums", () => {
  it("rounds once, whatever the order", () => {
    expect(exactSum(Array(10).fill(0.1))).toBe(1);
    expect(exactSum([1e100, 1, -1e100])).toBe(1);
    expect(exactSum([])).toBe(0);
  });
});

describe("rejection", () => {
  const prefix = "therapy_sessions_data";
  const path = "users/u/therapy_sessions/s";
  const reasons = (...lines: string[]) =>
    run(prefix, ...lines).rejected.map(({ reason, pointers }) => [reason, ...pointers]);

  it("names the reason and every fault", () => {
    expect(reasons("nonsense")).toEqual([["invalid_json", ""]]);
    expect(reasons("[]")).toEqual([["invalid_json", ""]]);
    expect(reasons("  ")).toEqual([]);
    expect(reasons(row(path, "yesterday", {}, { event_id: 7 }))).toEqual([
      ["breaks_contract", "/event_id", "/timestamp"],
    ]);
    expect(reasons(row("users//therapy_sessions/s", T1, {}))).toEqual([["missing_key", "/document_name"]]);
    expect(reasons(row(path, T1, {}, { operation: "TRUNCATE" }))).toEqual([["unknown_operation", "/operation"]]);
    expect(reasons(row(path, T1, null))).toEqual([["breaks_contract", ""]]);
    expect(reasons(row(path, T1, {}, { data: "null" }))).toEqual([["breaks_contract", ""]]);
    expect(reasons(row(path, T1, {}, { data: "{" }))).toEqual([["invalid_json", ""]]);
    expect(reasons(row(path, T1, {}, { data: "{", operation: "DELETE" }))).toEqual([]);
    const faults = {
      initialSettings: "default",
      feedback: { painLevelAfter: 5.5, painLevelBefore: null },
      sessionInfo: { therapyStartTime: { _seconds: 1, _nanoseconds: 1e9 }, therapyDuration: -5 },
      is_near_period: "yes",
    };
    expect(reasons(row(path, T1, faults))).toEqual([
      ["breaks_contract", "/feedback/painLevelAfter", "/initialSettings", "/sessionInfo/therapyStartTime"],
    ]);
  });

  it("lets the newest valid change decide, and a document without one has no winner", () => {
    const result = run(
      prefix,
      row(path, T1, { status: "a" }),
      row(`projects/p/databases/d/documents/${path}`, T2, { status: 1 }),
      row("users/u/therapy_sessions/t", T2, { status: 1 }),
      row("users/u/therapy_sessions/t", T2, { status: 1 }),
    );
    expect(result.winners[prefix]?.get(path)).toMatchObject({ state: "live", timestamp: T1 });
    expect(result.winners[prefix]?.get("users/u/therapy_sessions/t")?.state).toBe("none");
    expect(result.conservation[prefix]).toMatchObject({ read: 4, duplicates: 1, rejected: 2, live: 1, superseded: 0 });
  });
});

describe("medication history", () => {
  const prefix = "medications_data";
  const path = "medications/u";
  const periods = (...lines: string[]) =>
    (run(prefix, ...lines).tables.silver_medications ?? []).map((r) => [r.medication_key, r.valid_from, r.valid_to]);

  it("keeps a period while all columns stay, ends it on change, departure or deletion", () => {
    const iron = { name: " Iron  Plus", dosage: 2.5 };
    expect(
      periods(
        row(path, T1, { medications: [iron, { name: "Zinc" }] }),
        row(path, T2, { medications: [{ name: "Zinc", dosage: 1 }, iron] }),
        row(path, T3, null, { operation: "DELETE" }),
      ),
    ).toEqual([
      ["iron plus", T1, T3],
      ["zinc", T1, T2],
      ["zinc", T2, T3],
    ]);
  });

  it("ignores what a later change of the same instant replaced", () => {
    const zinc = { medications: [{ name: "Zinc" }] };
    expect(periods(row(path, T1, zinc), row(path, T1, { medications: [] }, { event_id: "f" }))).toEqual([]);
  });

  it("rejects entries alone and takes the last valid one of a key", () => {
    const entries = [{ name: "Zinc", dosage: 1 }, null, { name: " " }, { dosage: [] }, { name: "zinc", dosage: true }];
    const result = run(prefix, row(path, T1, { medications: entries }));
    expect(result.rejected.map(({ reason, pointers }) => [reason, ...pointers]).sort()).toEqual([
      ["breaks_contract", "/medications/1"],
      ["breaks_contract", "/medications/3/dosage"],
      ["breaks_contract", "/medications/4/dosage"],
      ["missing_key", "/medications/2/name"],
    ]);
    expect(result.tables.silver_medications).toMatchObject([{ medication_name: "Zinc", dosage: "1" }]);
  });
});

describe("period days", () => {
  const prefix = "period_tracking_data";

  it("reads both shapes and lets the later document win whole", () => {
    const cycle = {
      startDate: "2024-04-01",
      days: [{ date: "2024-04-01", pain_level: 7 }, { date: "2024-04-02", cycle_day: 2 }, { cycle_day: 3 }],
    };
    const day = { date: "2024-04-01T23:00:00-01:30", symptoms: "b, a,,a", flow_intensity: "very heavy" };
    const result = run(
      prefix,
      row("users/u/period_tracking/c", T1, cycle),
      row("users/u/period_tracking/d", T2, day),
      row("users/u/period_tracking/e", T3, { startDate: "2024-05-01", days: [], cycle_day: 1 }),
      row("users/u/period_tracking/f", T3, { mood: "ok" }),
      row("users/u/period_tracking/g", T3, { startDate: "2024-06-01", days: [{ cycle_day: 1 }] }),
      row("users/u/period_tracking/h", T3, { date: "2024-06-02", flow_intensity: "Heavy" }),
    );
    expect(result.tables.silver_period_tracking).toMatchObject([
      { date: "2024-04-01", cycle_id: "c", pain_level: 7, high_pain_day: true, symptoms: [] },
      { date: "2024-04-02", cycle_id: null, flow_intensity: 5, symptoms: ["a", "b"], cycle_day: null },
      { date: "2024-05-01", cycle_id: "e", cycle_day: null },
      { date: "2024-06-01", cycle_id: "g", cycle_day: null },
    ]);
    expect(result.rejected.map(({ reason, pointers, entry }) => [reason, pointers[0], entry])).toEqual([
      ["no_date", "/days/2/date", true],
      ["no_date", "/date", false],
      ["no_date", "/days/0/date", true],
      ["breaks_contract", "/flow_intensity", false],
    ]);
  });
});

describe("gold", () => {
  it("knows only what came before a session", () => {
    const session = (id: string, start: string | null, before: number, after: number, heat: number) =>
      row(`users/u/therapy_sessions/${id}`, T1, {
        sessionInfo: { therapyStartTime: start, therapyDuration: 10 },
        feedback: { painLevelBefore: before, painLevelAfter: after, feedbackCompleted: true },
        finalSettings: { heatLevel: heat },
      });
    const result = oracle({
      asOf: AS_OF,
      changelogs: {
        therapy_sessions_data: [
          session("a", "2024-05-01T23:59:59Z", 8, 4, 1),
          session("b", "2024-05-02T00:00:01Z", 5, 4, 2),
          session("c", "2024-05-02T00:00:01Z", 6, 0, 1),
          session("z", null, 0, 0, 2),
        ],
        medications_data: [
          row("medications/u", T3, { medications: [{ name: "Iron", startDate: "2024-05-02" }, { name: "Zinc" }] }),
        ],
      },
    });
    expect(result.tables.ml_training_base_v2).toMatchObject([
      { session_id: "a", prior_sessions: 0, days_since_previous_session: null, on_medication: false },
      { session_id: "b", prior_sessions: 1, days_since_previous_session: 1, prior_avg_pain_reduction: 4 },
      { session_id: "c", prior_sessions: 1, medication_keys: ["iron"], hour_of_day: 0, day_of_week: 5 },
      { session_id: "z", prior_sessions: null, on_medication: null, medication_keys: [], time_of_day: null },
    ]);
    expect(result.tables.user_analytics_v1).toMatchObject([
      { total_sessions: 4, rated_sessions: 4, span_days: 1, preferred_heat_level: 1, effectiveness_rate: 0.5 },
    ]);
    expect(result.tables.daily_metrics_v1).toMatchObject([
      { session_date: "2024-05-01", new_users: 1, night_sessions: 1, medication_session_rate: 0 },
      { session_date: "2024-05-02", new_users: 0, session_count: 2, medication_session_rate: 1 },
    ]);
    expect(result.tables.gold_therapy_effectiveness).toMatchObject([
      { device_name: null, month: "2024-05-01", total_sessions: 3, effective_sessions: 2 },
    ]);
  });
});
