import type { Keyed } from "@junoplus/beam-runtime";
import { P, type PCollection, withName } from "@junoplus/beam-runtime/sdk";
import type {
  DailyMetricsV1,
  DayTotals as DayTotalsRow,
  GoldTherapyEffectiveness,
  MlTrainingBaseV2,
  UserAnalyticsV1,
} from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";
import { type DayTotals, dailyMetrics, dayTotals } from "./daily-metrics";
import { changedDayTotals, dayTotalsRow } from "./day-totals";
import { mlTrainingBase } from "./ml-training-base";
import type { Run } from "./run";
import { type SessionContext, type SilverTables, sessionContexts } from "./session-context";
import { therapyEffectiveness } from "./therapy-effectiveness";
import { userAnalytics } from "./user-analytics";
import { type SilverChanges, userChanges } from "./user-changes";
import type { Session } from "./user-rows";

/** The gold tables of a run. */
export type GoldTables = {
  readonly mlTrainingBase: PCollection<MlTrainingBaseV2>;
  readonly userAnalytics: PCollection<UserAnalyticsV1>;
  readonly dailyMetrics: PCollection<DailyMetricsV1>;
  readonly therapyEffectiveness: PCollection<GoldTherapyEffectiveness>;
  /** What the next run needs to know of the days. */
  readonly dayTotals: PCollection<DayTotalsRow>;
};

/** Rows of the gold tables that are others than before, and the keys of the rows that they replace. */
export type GoldChanges = GoldTables & {
  /** By gold table, whether there is a new row of that key or none. */
  readonly replaced: {
    readonly mlTrainingBase: PCollection<Pick<MlTrainingBaseV2, "user_id" | "session_id">>;
    readonly userAnalytics: PCollection<Pick<UserAnalyticsV1, "user_id">>;
    readonly therapyEffectiveness: PCollection<Pick<GoldTherapyEffectiveness, "user_id" | "month">>;
    readonly dailyMetrics: PCollection<Pick<DailyMetricsV1, "session_date">>;
  };
};

/** All gold tables from silver rows; the rows of each user are brought together once. */
export function goldTables(inputs: SilverTables, run: Run): GoldTables {
  return P(inputs).apply(
    withName("goldTables", (silver: SilverTables): GoldTables => {
      const contexts: PCollection<SessionContext> = P(silver).apply(sessionContexts());
      const days = contexts.apply(dayTotals());
      return tablesOf({ contexts, contextsOfUsers: contexts, sessions: silver.sessions, days }, run);
    }),
  );
}

/** What changes of silver rows make of the gold tables; `known` are the totals of days as the earlier run left them. */
export function goldChanges(inputs: SilverChanges, known: PCollection<DayTotalsRow>, run: Run): GoldChanges {
  const users = P(inputs).apply(userChanges());
  const days: PCollection<Keyed<DayTotals>> = P({
    after: users.after.apply(withName("dayTotalsAfter", dayTotals())),
    before: users.before.apply(withName("dayTotalsBefore", dayTotals())),
    known,
  }).apply(changedDayTotals());
  const { after: contexts, ofUser: contextsOfUsers, ofMonth: sessions } = users;
  const withSessions = days.flatMap(withName("daysWithSessions", daysWithSessions));
  return {
    ...tablesOf({ contexts, contextsOfUsers, sessions, days: withSessions }, run),
    replaced: {
      mlTrainingBase: users.changedSession,
      userAnalytics: users.changedUser,
      therapyEffectiveness: users.changedMonth,
      dailyMetrics: days.map(withName("changedDayOf", changedDayOf)),
    },
  };
}

interface GoldInput {
  readonly contexts: PCollection<SessionContext>;
  /** Of users whose analytics are made, all of them. */
  readonly contextsOfUsers: PCollection<SessionContext>;
  /** Of users' months whose effectiveness is made, all of them. */
  readonly sessions: PCollection<Session>;
  readonly days: PCollection<Keyed<DayTotals>>;
}

function tablesOf({ contexts, contextsOfUsers, sessions, days }: GoldInput, run: Run): GoldTables {
  return {
    mlTrainingBase: contexts.apply(mlTrainingBase(run)),
    userAnalytics: contextsOfUsers.apply(userAnalytics(run)),
    dailyMetrics: days.apply(dailyMetrics(run)),
    therapyEffectiveness: sessions.apply(therapyEffectiveness(run)),
    dayTotals: days.map(withName("dayTotalsRow", dayTotalsRow)),
  };
}

/** Worker function: a day that has sessions; others have no row. */
export function* daysWithSessions(day: Keyed<DayTotals>): Generator<Keyed<DayTotals>> {
  if (day.value.sessions.sessions > 0) yield day;
}

/** Worker function: the key of a changed day's row. */
export function changedDayOf({ key }: Keyed<DayTotals>): Pick<DailyMetricsV1, "session_date"> {
  return { session_date: key };
}

requireForSerialization("@junoplus/gold-aggregates/gold-tables", exports);
