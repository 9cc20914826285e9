export { type Aggregates, aggregateRows } from "./aggregate-rows";
export { blockingFailures, type CheckCategory, type CheckResult, type CheckStatus } from "./check-result";
export {
  addFlows,
  type ChangelogFlow,
  conservationChecks,
  foreseenCheck,
  type LeftStates,
  leftStateChecks,
  rowsWrittenChecks,
  type StagedFlow,
} from "./conservation-checks";
export { consistencyChecks } from "./consistency-checks";
export { contractChecks } from "./contract-checks";
export { emptiedChecks } from "./emptied-checks";
export { type Freshness, freshness, freshnessChecks, measureFreshness } from "./freshness-checks";
export { freshnessRows, metricRows, previousRowCounts, type RunStamp, rowCountRows } from "./history";
export { type Measurement, measuredChecks } from "./measurement";
export { privacyChecks } from "./privacy-checks";
export { UnknownRunError } from "./report/reported-run";
export type { TableNames } from "./table-names";
export { type RowCount, type Volume, volume, volumeChecks } from "./volume-checks";
