import "apache-beam";
import type { MonitoringInfo } from "apache-beam/proto/metrics";
import type { MetricsContainer, MetricsShortIdCache } from "apache-beam/worker/metrics";
import { Writer } from "protobufjs";
import type { Distribution } from "../job-metrics";

/** A bundle starts from zero: the SDK forgets only that its cells were set, and adds the next bundle to the last one's. */
export function resetMetrics(container: MetricsContainer): void {
  container.reset();
  for (const cell of container.metrics.values()) cell.value.reset();
}

/**
 * What a bundle counted, by short id, as 64-bit integers: the SDK cuts them to 32 bits, and writes a distribution with a
 * length in front that no runner expects.
 */
export function metricsData(container: MetricsContainer, ids: MetricsShortIdCache): Record<string, Uint8Array> {
  const data: Record<string, Uint8Array> = {};
  for (const cell of container.metrics.values()) {
    if (!cell.is_set) continue;
    const value = cell.value.extract() as number | Distribution;
    data[ids.getShortId(cell)] =
      typeof value === "number" ? int64s(value) : int64s(value.count, value.sum, value.min, value.max);
  }
  return data;
}

/** What the short ids stand for. */
export function metricsInfos(ids: MetricsShortIdCache, wanted: readonly string[]): Record<string, MonitoringInfo> {
  return Object.fromEntries(wanted.map((id) => [id, ids.asMonitoringInfo(id)]));
}

function int64s(...values: readonly number[]): Uint8Array {
  const writer = new Writer();
  for (const value of values) writer.int64(Math.trunc(value));
  return writer.finish();
}
