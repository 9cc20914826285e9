import "../sdk";
import { MonitoringInfo } from "apache-beam/proto/metrics";
import type { MetricsContainer } from "apache-beam/worker/metrics";
import { Writer } from "protobufjs";
import type { Distribution } from "../job-metrics";

/** What a bundle counted: payloads by id. */
export type BundleMetrics = Readonly<Record<string, Uint8Array>>;

const ELEMENT_COUNT = "beam:metric:element_count:v1";
const READ_INDEX = "beam:metric:data_channel:read_index:v1";

/** A bundle starts from zero: the SDK forgets only that its cells were set, and adds the next bundle to the last one's. */
export function resetMetrics(container: MetricsContainer): void {
  container.reset();
  for (const cell of container.metrics.values()) cell.value.reset();
}

/**
 * What a bundle counted, as 64-bit integers: the SDK cuts them to 32 bits, writes a distribution with a length in front that
 * no runner expects, and names the step by a label that none reads. Each bundle has ids of its own: of two bundles that end
 * at once with an id that it does not know yet, Prism keeps one count and loses the other.
 */
export function metricsData(container: MetricsContainer, bundleId: string): BundleMetrics {
  const data: Record<string, Uint8Array> = {};
  for (const cell of container.metrics.values()) {
    if (!cell.is_set) continue;
    const { urn, type, labels } = cell.toEmptyMonitoringInfo();
    const { TRANSFORM, ...others } = labels;
    const id = metricId(urn, type, TRANSFORM === undefined ? others : { ...others, PTRANSFORM: TRANSFORM }, bundleId);
    const value = cell.value.extract() as number | Distribution;
    data[id] = typeof value === "number" ? int64s(value) : int64s(value.count, value.sum, value.min, value.max);
  }
  return data;
}

/** How far a bundle has read its input: the index of the element that it is at. */
export function readIndex(transformId: string, index: number, bundleId: string): BundleMetrics {
  const id = metricId(READ_INDEX, "beam:metrics:sum_int64:v1", { PTRANSFORM: transformId }, bundleId);
  return { [id]: int64s(index) };
}

/** Only what the pipeline's own steps counted: nothing from which a runner sees that elements go through. */
export function withoutProgress(metrics: BundleMetrics): BundleMetrics {
  const own = Object.entries(metrics).filter(([id]) => {
    const { urn } = metricInfo(id);
    return urn !== ELEMENT_COUNT && urn !== READ_INDEX;
  });
  return Object.fromEntries(own);
}

/** What an id stands for. The id says it all, so that every process of a worker knows the ids of the others. */
export function metricInfo(id: string, payload: Uint8Array = new Uint8Array()): MonitoringInfo {
  const [urn, type, labels] = JSON.parse(id) as [string, string, Record<string, string>, string];
  return MonitoringInfo.create({ urn, type, labels, payload });
}

function metricId(urn: string, type: string, labels: Record<string, string>, bundleId: string): string {
  return JSON.stringify([urn, type, labels, bundleId]);
}

function int64s(...values: readonly number[]): Uint8Array {
  const writer = new Writer();
  for (const value of values) writer.int64(Math.trunc(value));
  return writer.finish();
}
