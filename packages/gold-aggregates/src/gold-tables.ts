import type { Keyed } from "@junoplus/beam-runtime";
import type {
  DailyMetricsV1,
  DayTotals as DayTotalsRow,
  GoldTherapyEffectiveness,
  MlTrainingBaseV2,
  UserAnalyticsV1,
} from "@junoplus/contracts";
import { P, type PCollection, withName } from "apache-beam";
import { requireForSerialization } from "apache-beam/serialization";
import { type DayTotals, dailyMetrics, dayTotals } from "./daily-metrics";
import { changedDayTotals, dayTotalsRow } from "./day-totals";
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
  /** What the next run needs to know of the days. */
  readonly dayTotals: PCollection<DayTotalsRow>;
};

/** What an earlier run left, where only some users' rows are made anew. */
export interface EarlierTables {
  /** The silver rows of these users as they were. */
  readonly before: SilverTables;
  readonly dayTotals: PCollection<DayTotalsRow>;
}

/** The rows of some users in the gold tables, and of the days on which they changed something. */
export type GoldChanges = GoldTables & {
  /** These days, those without sessions left too. */
  readonly changedDays: PCollection<string>;
};

/** All gold tables from silver rows; the rows of each user are brought together once. */
export function goldTables(inputs: SilverTables, run: Run): GoldTables {
  return P(inputs).apply(
    withName("goldTables", (silver: SilverTables): GoldTables => {
      const contexts: PCollection<SessionContext> = P(silver).apply(sessionContexts());
      return tablesOf(silver, contexts, contexts.apply(dayTotals()), run);
    }),
  );
}

/** The gold tables' rows of the users whose silver rows are given, all of them, and of the days that these users changed. */
export function goldChanges(inputs: SilverTables, { before, dayTotals: known }: EarlierTables, run: Run): GoldChanges {
  const contexts: PCollection<SessionContext> = P(inputs).apply(sessionContexts());
  const totalsBefore: PCollection<Keyed<DayTotals>> = P(before).apply(
    withName("dayTotalsBefore", (silver: SilverTables) => P(silver).apply(sessionContexts()).apply(dayTotals())),
  );
  const days: PCollection<Keyed<DayTotals>> = P({
    after: contexts.apply(dayTotals()),
    before: totalsBefore,
    known,
  }).apply(changedDayTotals());
  const withSessions = days.flatMap(withName("daysWithSessions", daysWithSessions));
  return {
    ...tablesOf(inputs, contexts, withSessions, run),
    changedDays: days.map(withName("changedDayOf", changedDayOf)),
  };
}

function tablesOf(
  silver: SilverTables,
  contexts: PCollection<SessionContext>,
  days: PCollection<Keyed<DayTotals>>,
  run: Run,
): GoldTables {
  return {
    mlTrainingBase: contexts.apply(mlTrainingBase(run)),
    userAnalytics: contexts.apply(userAnalytics(run)),
    dailyMetrics: days.apply(dailyMetrics(run)),
    therapyEffectiveness: silver.sessions.apply(therapyEffectiveness(run)),
    dayTotals: days.map(withName("dayTotalsRow", dayTotalsRow)),
  };
}

/** Worker function: a day that has sessions; others have no row. */
export function* daysWithSessions(day: Keyed<DayTotals>): Generator<Keyed<DayTotals>> {
  if (day.value.sessions.sessions > 0) yield day;
}

/** Worker function: a changed day's date. */
export function changedDayOf({ key }: Keyed<DayTotals>): string {
  return key;
}

requireForSerialization("@junoplus/gold-aggregates/gold-tables", exports);
