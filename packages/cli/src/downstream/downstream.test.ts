import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { downstreamOf, type FieldUse, fieldUses } from "./downstream";

const root = join(__dirname, "../../../..");
const uses = fieldUses(__dirname);

function direct(contract: string, pointer: string): readonly FieldUse[] {
  return uses.filter((use) => use.contract === contract && use.pointer === pointer);
}

function readers(contract: string, pointer: string, kind: FieldUse["reader"]["kind"] = "column"): readonly string[] {
  const names = direct(contract, pointer).filter(({ reader }) => reader.kind === kind);
  return [...new Set(names.map(({ reader }) => reader.name))].sort();
}

describe("fieldUses", () => {
  test("finds the columns that are made of a field, whatever it passes through", () => {
    expect(readers("bronze_therapy_sessions", "/feedback/painLevelAfter")).toEqual([
      "silver_therapy_sessions.pain_after",
      "silver_therapy_sessions.pain_reduction",
      "silver_therapy_sessions.pain_reduction_pct",
      "silver_therapy_sessions.was_effective",
    ]);
    expect(readers("bronze_therapy_sessions", "/deviceInformation/deviceName")).toEqual([
      "silver_therapy_sessions.device_name",
      "silver_therapy_sessions.device_size",
    ]);
  });

  test("follows a name that is computed from a list of words", () => {
    expect(readers("bronze_therapy_sessions", "/initialSettings/tensMode")).toEqual([
      "silver_therapy_sessions.initial_mode",
      "silver_therapy_sessions.user_adjusted",
    ]);
  });

  test("keeps the entries of an array apart from the document's own fields of the same name", () => {
    expect(readers("bronze_period_tracking", "/days/*/cycle_day")).toEqual([
      "silver_period_tracking.cycle_day",
      "silver_period_tracking.cycle_phase",
    ]);
    expect(readers("bronze_period_tracking", "/status")).toEqual(["silver_period_tracking.cycle_status"]);
  });

  test("tells columns apart that one function sums up", () => {
    expect(readers("silver_therapy_sessions", "/final_heat")).toEqual([
      "daily_metrics_v1.avg_heat",
      "gold_therapy_effectiveness.avg_final_heat",
      "ml_training_base_v2.final_heat",
      "user_analytics_v1.avg_heat_level",
      "user_analytics_v1.preferred_heat_level",
    ]);
  });

  test("names what decides which rows there are", () => {
    expect(readers("silver_therapy_sessions", "/has_feedback")).toEqual([
      "gold_therapy_effectiveness.sessions_with_feedback",
      "ml_training_base_v2.*",
    ]);
    expect(readers("bronze_user_health", "/uid")).toEqual(["silver_user_profiles.*", "silver_user_profiles.user_id"]);
  });

  test("finds what decides by order: sessions are counted from the earlier ones", () => {
    expect(readers("silver_therapy_sessions", "/start_time")).toEqual(
      expect.arrayContaining(["ml_training_base_v2.prior_sessions", "user_analytics_v1.preferred_heat_level"]),
    );
    expect(readers("silver_therapy_sessions", "/start_time")).not.toContain("ml_training_base_v2.device_name");
  });

  test("finds the checks whose SQL names a column, and those of its contract", () => {
    expect(readers("silver_therapy_sessions", "/pain_reduction", "check")).toEqual([
      "silver_therapy_sessions.effective_follows_reduction",
      "silver_therapy_sessions.pain_reduction_in_range",
      "silver_therapy_sessions.reduction_follows_scores",
    ]);
    expect(readers("silver_medications", "/is_active", "check")).toEqual([
      "silver_medications.active_means_open",
      "silver_medications.is_active_known",
    ]);
    expect(readers("silver_therapy_sessions", "/user_adjusted", "check")).toEqual([
      "gold_therapy_effectiveness.adjusted_balance",
    ]);
  });

  test("finds the columns of views", () => {
    expect(readers("user_analytics_v1", "/avg_pain_reduction_pct", "view")).toEqual([
      "user_health_dashboard_v1.avg_effectiveness",
      "user_health_dashboard_v1.effectiveness_level",
    ]);
  });

  test("names the line on which the field is read", () => {
    expect(uses.length).toBeGreaterThan(500);
    for (const { contract, pointer, reader, file, line } of uses) {
      if (pointer === "" || contract === "rejected_changes" || reader.name.includes(".key_unique")) continue;
      if (file.endsWith("schema.json") || reader.kind === "check") continue;
      const text = readFileSync(join(root, file), "utf8").split("\n")[line - 1] ?? "";
      const name =
        pointer
          .split("/")
          .filter((part) => part !== "*")
          .at(-1) ?? "";
      // A computed name, and a list that is passed on whole, do not spell the field.
      const isSpelled = text.includes(name) || /\[|in row|fields/.test(text);
      expect([pointer, file, line, isSpelled]).toEqual([pointer, file, line, true]);
    }
  });
});

describe("downstreamOf", () => {
  test("goes on to what is made of a column, up to checks and views", () => {
    const names = new Set(
      downstreamOf(uses, "bronze_therapy_sessions", "/feedback/painLevelBefore").map(({ reader }) => reader.name),
    );
    expect(names).toContain("silver_therapy_sessions.pain_reduction_pct");
    expect(names).toContain("user_analytics_v1.effectiveness_category");
    expect(names).toContain("user_health_dashboard_v1.effectiveness_level");
    expect(names).toContain("silver_therapy_sessions.reduction_follows_scores");
    expect(names).not.toContain("user_analytics_v1.avg_heat_level");
  });

  test("an object covers the fields below it", () => {
    const whole = downstreamOf(uses, "bronze_therapy_sessions", "/feedback");
    for (const use of downstreamOf(uses, "bronze_therapy_sessions", "/feedback/feedbackCompleted")) {
      expect(whole).toContain(use);
    }
  });

  test("a field that nobody reads has no use", () => {
    expect(downstreamOf(uses, "bronze_therapy_sessions", "/initialSettings/timestamp")).toEqual([]);
    expect(downstreamOf(uses, "bronze_therapy_sessions", "/no/such/field")).toEqual([]);
  });

  test("a column that is a view's alone ends there, and a circle of columns ends at all", () => {
    const loop = (from: string, to: string): FieldUse => ({
      contract: from,
      pointer: "/a",
      reader: { kind: "column", name: `${to}.a` },
      file: "a.ts",
      line: 1,
    });
    const circle = [loop("x", "y"), loop("y", "x")];
    expect(downstreamOf(circle, "x", "/a")).toEqual(circle);
  });
});
