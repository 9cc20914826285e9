export { dailyMetrics } from "./daily-metrics";
export { type GoldChanges, type GoldTables, goldChanges, goldTables } from "./gold-tables";
export { mlTrainingBase } from "./ml-training-base";
export type { Run } from "./run";
export { type SessionContext, type SilverTables, sessionContexts } from "./session-context";
export { therapyEffectiveness } from "./therapy-effectiveness";
export { userAnalytics } from "./user-analytics";
export type { SilverChanges } from "./user-changes";
export { READ_COLUMNS } from "./user-rows";
