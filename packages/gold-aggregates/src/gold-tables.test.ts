import {
  dailyMetricsV1,
  goldTherapyEffectiveness,
  mlTrainingBaseV2,
  silverMedications,
  silverPeriodTracking,
  silverTherapySessions,
  silverUserProfiles,
  type TableContract,
  userAnalyticsV1,
} from "@junoplus/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { arbitrarySilver, shuffled } from "./testing/arbitrary-rows";
import { goldRows } from "./testing/gold-rows";
import { profile, session } from "./testing/silver-rows";

// A pipeline takes a hundred times as long as a function.
const FEW = { numRuns: 25 };

function expectKept(contract: TableContract, rows: readonly object[]): void {
  const columns = contract.columns.map(({ name }) => name);
  for (const row of rows) {
    expect(contract.faults(row)).toEqual([]);
    expect(Object.keys(row)).toEqual(columns);
  }
  const keys = rows.map((row) =>
    JSON.stringify(contract.key.map((name) => Object.entries(row).find(([n]) => n === name))),
  );
  expect(new Set(keys).size).toBe(rows.length);
}

test("no rows in, no rows out", async () => {
  expect(await goldRows({})).toEqual({
    mlTrainingBase: [],
    userAnalytics: [],
    dailyMetrics: [],
    therapyEffectiveness: [],
  });
});

test("any order of silver rows gives the same gold rows, to the byte", async () => {
  const orders = arbitrarySilver().chain((rows) => fc.tuple(fc.constant(rows), shuffled(rows)));
  await fc.assert(
    fc.asyncProperty(orders, async ([rows, others]) => {
      const [gold, same] = [await goldRows(rows), await goldRows(others)];
      expect(same).toEqual(gold);
      expect(JSON.stringify(same)).toBe(JSON.stringify(gold));
    }),
    FEW,
  );
});

test("silver rows that keep their contracts give gold rows that keep theirs, columns in order, keys once", async () => {
  await fc.assert(
    fc.asyncProperty(arbitrarySilver(), async (silver) => {
      expectKept(silverTherapySessions, silver.sessions);
      expectKept(silverUserProfiles, silver.profiles);
      expectKept(silverMedications, silver.medications);
      expectKept(silverPeriodTracking, silver.periodTracking);
      const gold = await goldRows(silver);
      expectKept(mlTrainingBaseV2, gold.mlTrainingBase);
      expectKept(userAnalyticsV1, gold.userAnalytics);
      expectKept(dailyMetricsV1, gold.dailyMetrics);
      expectKept(goldTherapyEffectiveness, gold.therapyEffectiveness);
    }),
    FEW,
  );
});

test("every session counts where it belongs, for any rows", async () => {
  await fc.assert(
    fc.asyncProperty(arbitrarySilver(), async (silver) => {
      const gold = await goldRows(silver);
      const dated = silver.sessions.filter(({ session_date }) => session_date !== null).length;
      expect(gold.mlTrainingBase.length).toBe(
        silver.sessions.filter(({ has_feedback }) => has_feedback === true).length,
      );
      expect(sum(gold.userAnalytics.map(({ total_sessions }) => total_sessions))).toBe(silver.sessions.length);
      expect(sum(gold.dailyMetrics.map(({ session_count }) => session_count))).toBe(dated);
      expect(sum(gold.therapyEffectiveness.map(({ total_sessions }) => total_sessions))).toBe(dated);
    }),
    FEW,
  );
});

test("no direct identifier reaches gold", async () => {
  const gold = await goldRows({ sessions: [session("s1", { has_feedback: true })], profiles: [profile("u1")] });
  expect(JSON.stringify(gold)).not.toMatch(/example\.org|Name of/);
});

function sum(counts: readonly number[]): number {
  return counts.reduce((a, b) => a + b, 0);
}
