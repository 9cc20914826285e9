import "./sdk";
import type { Pipeline } from "apache-beam/internal/pipeline";
import { ProcessBundleDescriptor } from "apache-beam/proto/beam_fn_api";
import type { Pipeline as PipelineProto } from "apache-beam/proto/beam_runner_api";
import type { MonitoringInfo } from "apache-beam/proto/metrics";
import { Runner } from "./sdk";
import "apache-beam/runners/direct_runner";
import type { PipelineResult } from "apache-beam/runners/runner";
import { impulse } from "apache-beam/transforms/internal";
import { loggingLocalStorage } from "apache-beam/worker/logging";
import { BundleProcessor } from "apache-beam/worker/worker";
import "./direct-operators";
import { rewriteForDirectRunner } from "./direct-rewrite";
import { DirectSideInputs } from "./direct-side-inputs";
import { EndedRun } from "./ended-run";
import { metricInfo, metricsData } from "./worker/bundle-metrics";

/** User counters by name, as they stand. */
export type Counters = Readonly<Record<string, number>>;

export interface DirectRunnerOptions {
  /**
   * Called about every `progressMs` milliseconds (default 500) while groups are sent on. Steps before the first grouping run
   * in one go, without a turn of the event loop.
   */
  readonly onProgress?: (counters: Counters) => void;
  readonly progressMs?: number;
}

const SUM_INT64 = "beam:metric:user:sum_int64:v1";

/**
 * Runs a pipeline in this process, as one bundle, elements passed by reference. The SDK's operators, but for those that are
 * slow or wrong there: groups are found without coding keys, a combine keeps no values, side inputs are read whole by every
 * element, counters do not wrap. Nothing on stdout; progress while it runs.
 */
export class DirectRunner extends Runner {
  constructor(private readonly options: DirectRunnerOptions = {}) {
    super();
  }

  override async runPipeline(pipeline: Pipeline | PipelineProto): Promise<PipelineResult> {
    const proto = rewriteForDirectRunner(pipeline as unknown as PipelineProto);
    const processor = new QuietBundleProcessor(proto);
    const timer = this.startProgress(processor);
    try {
      await processor.process("direct");
    } finally {
      clearInterval(timer);
    }
    return new EndedRun(processor.counters(), processor.metrics());
  }

  private startProgress(processor: QuietBundleProcessor): NodeJS.Timeout | undefined {
    const { onProgress, progressMs = 500 } = this.options;
    if (onProgress === undefined) return undefined;
    const report = (): void => onProgress(processor.counters());
    return setInterval(report, progressMs);
  }
}

/** The SDK's bundle processor without its line on stdout for every bundle. */
class QuietBundleProcessor extends BundleProcessor {
  constructor(proto: PipelineProto) {
    const components = proto.components;
    const descriptor = ProcessBundleDescriptor.create({
      id: "direct",
      transforms: components?.transforms ?? {},
      pcollections: components?.pcollections ?? {},
      windowingStrategies: components?.windowingStrategies ?? {},
      coders: components?.coders ?? {},
      environments: components?.environments ?? {},
    });
    super(descriptor, noDataChannel, new DirectSideInputs(), [impulse.urn]);
  }

  override async process(instructionId: string): Promise<void> {
    this.metricsContainer.reset();
    this.currentBundleId = instructionId;
    this.loggingStageInfo.instructionId = instructionId;
    loggingLocalStorage.enterWith(this.loggingStageInfo);
    for (const operator of [...this.topologicallyOrderedOperators].reverse()) await operator.startBundle();
    for (const operator of this.topologicallyOrderedOperators) await operator.finishBundle();
  }

  /** Read from their cells, at any time of the run. */
  counters(): Counters {
    const counters: Record<string, number> = {};
    for (const cell of this.metricsContainer.metrics.values()) {
      if (!cell.is_set || cell.name === undefined || cell.toEmptyMonitoringInfo().urn !== SUM_INT64) continue;
      counters[cell.name] = (counters[cell.name] ?? 0) + (cell.value.extract() as number);
    }
    return counters;
  }

  metrics(): MonitoringInfo[] {
    return Object.entries(metricsData(this.metricsContainer, "direct")).map(([id, data]) => metricInfo(id, data));
  }
}

function noDataChannel(): never {
  throw new Error("the direct runner has no data channel");
}
