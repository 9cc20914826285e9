import type { DailyMetricsV1, GoldTherapyEffectiveness, MlTrainingBaseV2, UserAnalyticsV1 } from "@junoplus/contracts";
import { P, type PCollection, withName } from "apache-beam";
import { dailyMetrics } from "./daily-metrics";
import { mlTrainingBase } from "./ml-training-base";
import type { Run } from "./run";
import { type SessionContext, type SilverTables, sessionContexts } from "./session-context";
import { therapyEffectiveness } from "./therapy-effectiveness";
import { userAnalytics } from "./user-analytics";

/** The gold tables of a run. */
export type GoldTables = {
  readonly mlTrainingBase: PCollection<MlTrainingBaseV2>;
  readonly userAnalytics: PCollection<UserAnalyticsV1>;
  readonly dailyMetrics: PCollection<DailyMetricsV1>;
  readonly therapyEffectiveness: PCollection<GoldTherapyEffectiveness>;
};

/** All gold tables from silver rows; the rows of each user are brought together once. */
export function goldTables(inputs: SilverTables, run: Run): GoldTables {
  return P(inputs).apply(
    withName("goldTables", (silver: SilverTables): GoldTables => {
      const contexts: PCollection<SessionContext> = P(silver).apply(sessionContexts());
      return {
        mlTrainingBase: contexts.apply(mlTrainingBase(run)),
        userAnalytics: contexts.apply(userAnalytics(run)),
        dailyMetrics: contexts.apply(dailyMetrics(run)),
        therapyEffectiveness: silver.sessions.apply(therapyEffectiveness(run)),
      };
    }),
  );
}
