import type { MonitoringInfo } from "apache-beam/proto/metrics";
import type { PipelineResult } from "apache-beam/runners/runner";
import { Reader } from "protobufjs";

const SUM_INT64 = "beam:metric:user:sum_int64:v1";
const DISTRIBUTION_INT64 = "beam:metric:user:distribution_int64:v1";

/** What a distribution says of the numbers that it was given. */
export interface Distribution {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** User counters by name, over all steps and bundles. */
export function countersOf(infos: readonly MonitoringInfo[]): Record<string, number> {
  const counters: Record<string, number> = {};
  for (const { urn, labels, payload } of infos) {
    const name = labels["NAME"];
    if (urn !== SUM_INT64 || name === undefined) continue;
    const [value = 0] = int64s(payload);
    counters[name] = (counters[name] ?? 0) + value;
  }
  return counters;
}

/** User distributions by name, over all steps and bundles. */
export function distributionsOf(infos: readonly MonitoringInfo[]): Record<string, Distribution> {
  const distributions: Record<string, Distribution> = {};
  for (const { urn, labels, payload } of infos) {
    const name = labels["NAME"];
    if (urn !== DISTRIBUTION_INT64 || name === undefined) continue;
    const [count = 0, sum = 0, min = 0, max = 0] = int64s(payload);
    const other = distributions[name] ?? { count: 0, sum: 0, min, max };
    distributions[name] = {
      count: other.count + count,
      sum: other.sum + sum,
      min: Math.min(other.min, min),
      max: Math.max(other.max, max),
    };
  }
  return distributions;
}

/** User distributions of a run on one of this package's runners, by name, exact up to 2^53. */
export async function distributionsOfRun(result: PipelineResult): Promise<Readonly<Record<string, Distribution>>> {
  // The SDK's type names a number where a distribution is given.
  return (await result.distributions()) as Record<string, unknown> as Record<string, Distribution>;
}

function int64s(payload: Uint8Array): number[] {
  const reader = new Reader(payload);
  const values: number[] = [];
  while (reader.pos < reader.len) values.push(Number(reader.int64()));
  return values;
}
