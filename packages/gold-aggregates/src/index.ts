export { dailyMetrics } from "./daily-metrics";
export { type GoldTables, goldTables } from "./gold-tables";
export { mlTrainingBase } from "./ml-training-base";
export type { Run } from "./run";
export { type SessionContext, type SilverTables, sessionContexts } from "./session-context";
export { therapyEffectiveness } from "./therapy-effectiveness";
export { userAnalytics } from "./user-analytics";
