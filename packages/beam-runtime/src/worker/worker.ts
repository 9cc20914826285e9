import { type ClientDuplexStream, credentials } from "@grpc/grpc-js";
import "apache-beam";
import {
  type InstructionRequest,
  InstructionResponse,
  type ProcessBundleDescriptor,
  ProcessBundleProgressResponse,
  ProcessBundleResponse,
  ProcessBundleSplitResponse,
} from "apache-beam/proto/beam_fn_api";
import { BeamFnControlClient } from "apache-beam/proto/beam_fn_api.grpc-client";
import type { MultiplexingDataChannel } from "apache-beam/worker/data";
import { loggingLocalStorage } from "apache-beam/worker/logging";
import { MetricsShortIdCache } from "apache-beam/worker/metrics";
import type { MultiplexingStateChannel } from "apache-beam/worker/state";
import { BundleProcessor } from "apache-beam/worker/worker";
import "../json-coder";
import { metricsData, metricsInfos, resetMetrics } from "./bundle-metrics";
import { DataChannel } from "./data-channel";
import { UNLIMITED, workerMetadata } from "./grpc-options";
import "./sink-operator";
import { StateChannel } from "./state-channel";

type Response = InstructionResponse["response"];

/**
 * Runs the steps that a runner hands out, over Beam's Fn API. It uses the SDK's operators and none of its channels; every
 * instruction is answered, several bundles are processed at once.
 */
export class Worker {
  private readonly client: BeamFnControlClient;
  private readonly control: ClientDuplexStream<InstructionResponse, InstructionRequest>;
  private readonly descriptors = new Map<string, Promise<ProcessBundleDescriptor>>();
  private readonly idle = new Map<string, WorkerBundleProcessor[]>();
  private readonly active = new Map<string, WorkerBundleProcessor>();
  private readonly dataChannels = new Map<string, DataChannel>();
  private readonly stateChannels = new Map<string, StateChannel>();
  private readonly shortIds = new MetricsShortIdCache();
  private stopped = false;
  /** Resolves when the runner has closed the control channel or the worker is stopped, rejects when the channel broke. */
  readonly finished: Promise<void>;

  constructor(
    private readonly id: string,
    controlEndpoint: string,
  ) {
    this.client = new BeamFnControlClient(controlEndpoint, credentials.createInsecure(), UNLIMITED);
    this.control = this.client.control(workerMetadata(id));
    this.control.on("data", (request: InstructionRequest) => void this.answer(request));
    this.finished = new Promise<void>((resolve, reject) => {
      this.control.on("end", resolve);
      this.control.on("error", (error) => (this.stopped ? resolve() : reject(error)));
    });
  }

  /** Closes all channels. */
  stop(): void {
    this.stopped = true;
    for (const channel of this.dataChannels.values()) channel.close();
    for (const channel of this.stateChannels.values()) channel.close();
    this.control.cancel();
    this.client.close();
  }

  private async answer(request: InstructionRequest): Promise<void> {
    const { instructionId } = request;
    try {
      const response = await this.respond(request);
      this.control.write(InstructionResponse.create({ instructionId, response }));
    } catch (error) {
      const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.control.write(InstructionResponse.create({ instructionId, error: fault }));
    }
  }

  private async respond({ instructionId, request }: InstructionRequest): Promise<Response> {
    switch (request.oneofKind) {
      case "processBundle":
        return this.process(instructionId, request.processBundle.processBundleDescriptorId);
      case "processBundleProgress": {
        // A bundle that is not there has just ended or not yet begun: no progress is a right answer, an error is none.
        const processor = this.active.get(request.processBundleProgress.instructionId);
        const monitoringData = processor === undefined ? {} : metricsData(processor.metricsContainer, this.shortIds);
        return {
          oneofKind: "processBundleProgress",
          processBundleProgress: ProcessBundleProgressResponse.create({ monitoringData }),
        };
      }
      case "processBundleSplit":
        // Nothing is given back: a bundle is processed by the worker that has it.
        return { oneofKind: "processBundleSplit", processBundleSplit: ProcessBundleSplitResponse.create({}) };
      case "finalizeBundle":
        return { oneofKind: "finalizeBundle", finalizeBundle: {} };
      case "monitoringInfos": {
        const monitoringInfo = metricsInfos(this.shortIds, request.monitoringInfos.monitoringInfoId);
        return { oneofKind: "monitoringInfos", monitoringInfos: { monitoringInfo } };
      }
      case "harnessMonitoringInfos":
        return { oneofKind: "harnessMonitoringInfos", harnessMonitoringInfos: { monitoringData: {} } };
      default:
        throw new Error(`the worker does not know the instruction ${request.oneofKind}`);
    }
  }

  private async process(instructionId: string, descriptorId: string): Promise<Response> {
    const descriptor = await this.descriptor(descriptorId);
    const idle = this.idle.get(descriptorId) ?? [];
    this.idle.set(descriptorId, idle);
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
    const monitoringData = metricsData(processor.metricsContainer, this.shortIds);
    const monitoringInfos = Object.entries(monitoringData).map(([id, payload]) =>
      this.shortIds.asMonitoringInfo(id, payload),
    );
    idle.push(processor);
    return {
      oneofKind: "processBundle",
      processBundle: ProcessBundleResponse.create({ monitoringData, monitoringInfos }),
    };
  }

  private newProcessor(descriptor: ProcessBundleDescriptor): WorkerBundleProcessor {
    return new WorkerBundleProcessor(
      descriptor,
      (url) => channel(this.dataChannels, url, () => DataChannel.open(url, this.id)),
      (url) => channel(this.stateChannels, url, () => StateChannel.open(url, this.id)),
    );
  }

  private descriptor(processBundleDescriptorId: string): Promise<ProcessBundleDescriptor> {
    let descriptor = this.descriptors.get(processBundleDescriptorId);
    if (descriptor === undefined) {
      descriptor = new Promise((resolve, reject) => {
        const request = { processBundleDescriptorId };
        this.client.getProcessBundleDescriptor(request, workerMetadata(this.id), {}, (error, value) => {
          if (value === undefined) reject(error ?? new Error(`no descriptor ${processBundleDescriptorId}`));
          else resolve(value);
        });
      });
      this.descriptors.set(processBundleDescriptorId, descriptor);
    }
    return descriptor;
  }
}

function channel<C>(channels: Map<string, C>, url: string, open: () => C): C {
  const opened = channels.get(url) ?? open();
  channels.set(url, opened);
  return opened;
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
}
