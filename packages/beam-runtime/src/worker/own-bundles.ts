import "../sdk";
import {
  ProcessBundleDescriptor,
  type ProcessBundleSplitRequest,
  ProcessBundleSplitResponse,
} from "apache-beam/proto/beam_fn_api";
import type { MultiplexingDataChannel } from "apache-beam/worker/data";
import { loggingLocalStorage } from "apache-beam/worker/logging";
import type { MultiplexingStateChannel } from "apache-beam/worker/state";
import { BundleProcessor } from "apache-beam/worker/worker";
import "../json-coder";
import { type BundleMetrics, metricsData, readIndex, resetMetrics } from "./bundle-metrics";
import type { Bundles } from "./bundles";
import { DataChannel } from "./data-channel";
import "./sink-operator";
import { SourceOperator } from "./source-operator";
import { StateChannel } from "./state-channel";

const WINDOWED_VALUE_URNS: readonly string[] = ["beam:coder:windowed_value:v1", "beam:coder:param_windowed_value:v1"];

/** Bundles processed in this process, several at once: they take turns. It uses the SDK's operators and none of its channels. */
export class OwnBundles implements Bundles {
  private readonly idle = new Map<string, WorkerBundleProcessor[]>();
  private readonly active = new Map<string, WorkerBundleProcessor>();
  private readonly dataChannels = new Map<string, DataChannel>();
  private readonly stateChannels = new Map<string, StateChannel>();

  constructor(private readonly workerId: string) {}

  async process(instructionId: string, descriptor: ProcessBundleDescriptor): Promise<BundleMetrics> {
    const idle = this.idle.get(descriptor.id) ?? [];
    this.idle.set(descriptor.id, idle);
    const processor = idle.pop() ?? this.newProcessor(descriptor);
    this.active.set(instructionId, processor);
    try {
      await processor.process(instructionId);
    } catch (error) {
      // The processor is in the middle of a bundle and is not used again.
      for (const channel of this.dataChannels.values()) channel.dropBundle(instructionId);
      throw error;
    } finally {
      this.active.delete(instructionId);
    }
    const metrics = metricsData(processor.metricsContainer, instructionId);
    idle.push(processor);
    return metrics;
  }

  progress(instructionId: string): Promise<BundleMetrics> {
    return Promise.resolve(this.active.get(instructionId)?.progress(instructionId) ?? {});
  }

  split(request: ProcessBundleSplitRequest): Promise<ProcessBundleSplitResponse> {
    const processor = this.active.get(request.instructionId);
    return Promise.resolve(processor?.split(request) ?? ProcessBundleSplitResponse.create({}));
  }

  close(): Promise<void> {
    for (const channel of this.dataChannels.values()) channel.close();
    for (const channel of this.stateChannels.values()) channel.close();
    return Promise.resolve();
  }

  private newProcessor(descriptor: ProcessBundleDescriptor): WorkerBundleProcessor {
    return new WorkerBundleProcessor(
      withElementCoders(descriptor),
      (url) => channel(this.dataChannels, url, () => DataChannel.open(url, this.workerId)),
      (url) => channel(this.stateChannels, url, () => StateChannel.open(url, this.workerId)),
    );
  }
}

function channel<C>(channels: Map<string, C>, url: string, open: () => C): C {
  const opened = channels.get(url) ?? open();
  channels.set(url, opened);
  return opened;
}

/** Dataflow says how an element is coded together with its window, although the window comes from elsewhere. */
function withElementCoders(descriptor: ProcessBundleDescriptor): ProcessBundleDescriptor {
  const copy = ProcessBundleDescriptor.clone(descriptor);
  for (const collection of Object.values(copy.pcollections)) {
    const coder = copy.coders[collection.coderId];
    const [element] = coder?.componentCoderIds ?? [];
    if (element !== undefined && WINDOWED_VALUE_URNS.includes(coder?.spec?.urn ?? "")) collection.coderId = element;
  }
  return copy;
}

/** The SDK's bundle processor on this worker's channels, without a line on stdout, counting each bundle from zero. */
class WorkerBundleProcessor extends BundleProcessor {
  constructor(
    descriptor: ProcessBundleDescriptor,
    dataChannel: (url: string) => DataChannel,
    stateChannel: (url: string) => StateChannel,
  ) {
    // Operators call what these classes have in common with the SDK's, whose types name their gRPC streams too.
    super(
      descriptor,
      dataChannel as unknown as (url: string) => MultiplexingDataChannel,
      stateChannel as unknown as (url: string) => MultiplexingStateChannel,
    );
  }

  override async process(instructionId: string): Promise<void> {
    resetMetrics(this.metricsContainer);
    this.currentBundleId = instructionId;
    this.loggingStageInfo.instructionId = instructionId;
    loggingLocalStorage.enterWith(this.loggingStageInfo);
    for (const operator of [...this.topologicallyOrderedOperators].reverse()) await operator.startBundle();
    for (const operator of this.topologicallyOrderedOperators) await operator.finishBundle();
    delete this.loggingStageInfo.instructionId;
    delete this.currentBundleId;
    delete this.stateProvider;
  }

  progress(bundleId: string): BundleMetrics {
    const { source } = this;
    const metrics = metricsData(this.metricsContainer, bundleId);
    return source === undefined ? metrics : { ...metrics, ...readIndex(source.transformId, source.index, bundleId) };
  }

  override split({ desiredSplits }: ProcessBundleSplitRequest): ProcessBundleSplitResponse {
    const { source } = this;
    const desired = source && desiredSplits[source.transformId];
    const split = desired && source.split(desired);
    return ProcessBundleSplitResponse.create(split === undefined ? {} : { channelSplits: [split] });
  }

  private get source(): SourceOperator | undefined {
    return this.topologicallyOrderedOperators.find((operator) => operator instanceof SourceOperator);
  }
}
