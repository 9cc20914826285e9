import {
  type DataFreshness,
  type DataQualityMetrics,
  type RowCountTracking,
  rowCountTracking,
  runs,
} from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import type { CheckResult } from "./check-result";
import { numberOf } from "./figures";
import type { Freshness } from "./freshness-checks";
import type { Volume } from "./volume-checks";

/** What marks the history rows of one run. */
export interface RunStamp {
  readonly runId: string;
  /** One instant for all rows of the run, canonical text. */
  readonly checkedAt: string;
}

/** Rows of data_quality_metrics. */
export function metricRows(results: readonly CheckResult[], { runId, checkedAt }: RunStamp): DataQualityMetrics[] {
  return results.map((result) => ({
    table_name: result.table,
    metric_name: result.metric,
    metric_category: result.category,
    metric_value: result.value,
    threshold: result.threshold,
    status: result.status,
    description: result.description,
    checked_at: checkedAt,
    run_id: runId,
  }));
}

/** Rows of data_freshness. */
export function freshnessRows(measured: readonly Freshness[], { runId, checkedAt }: RunStamp): DataFreshness[] {
  return measured.map(({ table, layer, lastUpdated, hoursStale, status }) => ({
    table_name: table,
    layer,
    last_updated: lastUpdated,
    hours_stale: hoursStale,
    status,
    checked_at: checkedAt,
    run_id: runId,
  }));
}

/** Rows of row_count_tracking. */
export function rowCountRows(volumes: readonly Volume[], { runId, checkedAt }: RunStamp): RowCountTracking[] {
  return volumes.map(({ table, rows, previous, changePct, isAnomaly }) => ({
    table_name: table,
    row_count: rows,
    previous_row_count: previous,
    change_pct: changePct,
    is_anomaly: isAnomaly,
    checked_at: checkedAt,
    run_id: runId,
  }));
}

/** Rows per table in the last run that published; a failed run's count is of rows that nobody ever saw. */
export async function previousRowCounts(warehouse: Warehouse): Promise<ReadonlyMap<string, number>> {
  if (!(await warehouse.exists(rowCountTracking)) || !(await warehouse.exists(runs))) return new Map();
  const rows = await warehouse.query(
    `SELECT table_name, row_count FROM (
      SELECT table_name, row_count,
        ROW_NUMBER() OVER (PARTITION BY table_name ORDER BY checked_at DESC, run_id DESC) AS newest
      FROM ${warehouse.tableName(rowCountTracking)}
      WHERE run_id IN (SELECT run_id FROM ${warehouse.tableName(runs)} WHERE status = 'published')
    ) AS counts WHERE newest = 1`,
  );
  return new Map(rows.map((row) => [String(row["table_name"]), numberOf(row, "row_count")]));
}
