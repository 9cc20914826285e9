import { type ClientDuplexStream, credentials } from "@grpc/grpc-js";
import "../sdk";
import {
  type InstructionRequest,
  InstructionResponse,
  type ProcessBundleDescriptor,
  ProcessBundleProgressResponse,
  ProcessBundleResponse,
} from "apache-beam/proto/beam_fn_api";
import { BeamFnControlClient } from "apache-beam/proto/beam_fn_api.grpc-client";
import type { MonitoringInfo } from "apache-beam/proto/metrics";
import { type BundleMetrics, metricInfo } from "./bundle-metrics";
import type { Bundles } from "./bundles";
import { UNLIMITED, workerMetadata } from "./grpc-options";

type Response = InstructionResponse["response"];

/** Does what a runner asks for, over Beam's Fn API. Every instruction is answered; several bundles are processed at once. */
export class Worker {
  private readonly client: BeamFnControlClient;
  private readonly control: ClientDuplexStream<InstructionResponse, InstructionRequest>;
  private readonly descriptors = new Map<string, Promise<ProcessBundleDescriptor>>();
  private stopped = false;
  /** Resolves when the runner has closed the control channel or the worker is stopped, rejects when the channel broke. */
  readonly finished: Promise<void>;

  constructor(
    private readonly id: string,
    controlEndpoint: string,
    private readonly bundles: Bundles,
  ) {
    this.client = new BeamFnControlClient(controlEndpoint, credentials.createInsecure(), UNLIMITED);
    this.control = this.client.control(workerMetadata(id));
    this.control.on("data", (request: InstructionRequest) => void this.answer(request));
    this.finished = new Promise<void>((resolve, reject) => {
      this.control.on("end", resolve);
      this.control.on("error", (error) => (this.stopped ? resolve() : reject(error)));
    });
  }

  /** Closes all channels; resolves when all has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.control.cancel();
    this.client.close();
    await this.bundles.close();
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
      case "processBundle": {
        const descriptor = await this.descriptor(request.processBundle.processBundleDescriptorId);
        const metrics = await this.bundles.process(instructionId, descriptor);
        return { oneofKind: "processBundle", processBundle: ProcessBundleResponse.create(monitoring(metrics)) };
      }
      case "processBundleProgress": {
        const metrics = await this.bundles.progress(request.processBundleProgress.instructionId);
        return {
          oneofKind: "processBundleProgress",
          processBundleProgress: ProcessBundleProgressResponse.create(monitoring(metrics)),
        };
      }
      case "processBundleSplit":
        return {
          oneofKind: "processBundleSplit",
          processBundleSplit: await this.bundles.split(request.processBundleSplit),
        };
      case "finalizeBundle":
        return { oneofKind: "finalizeBundle", finalizeBundle: {} };
      case "monitoringInfos": {
        const ids = request.monitoringInfos.monitoringInfoId;
        const monitoringInfo = Object.fromEntries(ids.map((id) => [id, metricInfo(id)]));
        return { oneofKind: "monitoringInfos", monitoringInfos: { monitoringInfo } };
      }
      case "harnessMonitoringInfos":
        return { oneofKind: "harnessMonitoringInfos", harnessMonitoringInfos: { monitoringData: {} } };
      default:
        throw new Error(`the worker does not know the instruction ${request.oneofKind}`);
    }
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

/** Both ways of telling metrics: some runners know the ids, all know the infos. */
function monitoring(monitoringData: BundleMetrics): {
  monitoringData: BundleMetrics;
  monitoringInfos: MonitoringInfo[];
} {
  const monitoringInfos = Object.entries(monitoringData).map(([id, payload]) => metricInfo(id, payload));
  return { monitoringData, monitoringInfos };
}
