import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFrom, DirectRunner, writeShards } from "@junoplus/beam-runtime";
import { type PCollection, type Root, withName } from "@junoplus/beam-runtime/sdk";
import type { DailyMetricsV1, GoldTherapyEffectiveness, MlTrainingBaseV2, UserAnalyticsV1 } from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";
import { goldTables } from "../gold-tables";
import { AS_OF, type SilverRows } from "./silver-rows";

/** The rows of every gold table, by their JSON text in order. */
export interface GoldRows {
  readonly mlTrainingBase: readonly MlTrainingBaseV2[];
  readonly userAnalytics: readonly UserAnalyticsV1[];
  readonly dailyMetrics: readonly DailyMetricsV1[];
  readonly therapyEffectiveness: readonly GoldTherapyEffectiveness[];
}

/** Runs all gold tables on the direct runner: silver rows in, gold rows out. */
export async function goldRows(silver: Partial<SilverRows>): Promise<GoldRows> {
  const folder = mkdtempSync(join(tmpdir(), "gold-rows-"));
  try {
    await new DirectRunner().run((root) => {
      const tables = goldTables(
        {
          sessions: create(root, "sessions", silver.sessions ?? []),
          profiles: create(root, "profiles", silver.profiles ?? []),
          medications: create(root, "medications", silver.medications ?? []),
          periodTracking: create(root, "periodTracking", silver.periodTracking ?? []),
        },
        { asOf: AS_OF },
      );
      for (const [name, rows] of Object.entries<PCollection<unknown>>(tables)) {
        rows.map(withName(`${name} as JSON`, asJson)).apply(writeShards(folder, name));
      }
    });
    return {
      mlTrainingBase: read(folder, "mlTrainingBase"),
      userAnalytics: read(folder, "userAnalytics"),
      dailyMetrics: read(folder, "dailyMetrics"),
      therapyEffectiveness: read(folder, "therapyEffectiveness"),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Worker function: a row as its line. */
export function asJson(row: unknown): string {
  return JSON.stringify(row);
}

function create<Row>(root: Root, name: string, rows: readonly Row[]): PCollection<Row> {
  return root.apply(withName(name, createFrom(rows)));
}

function read<Row>(folder: string, name: string): readonly Row[] {
  const table = join(folder, name);
  if (!existsSync(table)) return [];
  const lines = readdirSync(table).flatMap((shard) => readFileSync(join(table, shard), "utf8").trimEnd().split("\n"));
  return lines.sort().map((line) => JSON.parse(line) as Row);
}

requireForSerialization("@junoplus/gold-aggregates/testing/gold-rows", exports);
