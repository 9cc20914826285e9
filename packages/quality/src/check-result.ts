import type { DataQualityMetrics } from "@junoplus/contracts";

/** What kind of promise is checked, as the contract of data_quality_metrics closes it. */
export type CheckCategory = DataQualityMetrics["metric_category"];

export type CheckStatus = DataQualityMetrics["status"];

/** One promise, measured. */
export interface CheckResult {
  readonly table: string;
  /** Unique within the table. */
  readonly metric: string;
  readonly category: CheckCategory;
  /** What was measured; null when nothing could be. */
  readonly value: number | null;
  /** The bound that the value is held against; null when there is none. */
  readonly threshold: number | null;
  readonly status: CheckStatus;
  /** The promise, and how it is broken; never a value of the data. */
  readonly description: string;
  /** True when nothing may be published because of it. */
  readonly blocking: boolean;
}

/** A promise that nothing breaks, and the number of rows, groups or changes that do: one is enough to block. */
export function noneOffends(
  check: Pick<CheckResult, "table" | "metric" | "category" | "description"> & { readonly offending: number },
): CheckResult {
  const { offending, table, metric, category, description } = check;
  const broken = offending !== 0;
  return {
    table,
    metric,
    category,
    value: offending,
    threshold: 0,
    status: broken ? "FAIL" : "PASS",
    description,
    blocking: broken,
  };
}

/** The results that forbid publishing. */
export function blockingFailures(results: readonly CheckResult[]): readonly CheckResult[] {
  return results.filter((result) => result.blocking && result.status === "FAIL");
}
