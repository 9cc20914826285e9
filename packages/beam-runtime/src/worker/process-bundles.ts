import { type ClientDuplexStream, credentials } from "@grpc/grpc-js";
import "../sdk";
import {
  type Elements,
  InstructionRequest,
  type InstructionResponse,
  ProcessBundleDescriptor,
  type ProcessBundleSplitRequest,
  ProcessBundleSplitResponse,
  RemoteGrpcPort,
  type StateRequest,
  type StateResponse,
} from "apache-beam/proto/beam_fn_api";
import { BeamFnDataClient, BeamFnStateClient } from "apache-beam/proto/beam_fn_api.grpc-client";
import { type BundleMetrics, withoutProgress } from "./bundle-metrics";
import type { Bundles } from "./bundles";
import { UNLIMITED, workerMetadata } from "./grpc-options";
import { type ProcessOwner, type StateStream, WorkerProcess } from "./worker-process";

type Data = Elements["data"][number];

/** With more than this on its way to the processes, the runner's stream is not read on. */
const MOST_WAITING_BYTES = 64 << 20;

const PORT_URNS: readonly string[] = ["beam:runner:source:v1", "beam:runner:sink:v1"];

export interface ProcessBundlesOptions {
  readonly workerId: string;
  /** At most so many processes. */
  readonly processes: number;
  /** Program and arguments that start a worker; the endpoint of its control channel is added. */
  readonly command: readonly [string, ...string[]];
}

/**
 * Bundles processed in several processes, of which the runner knows nothing: to it this is one worker with one stream of
 * elements. A bundle goes to an idle process, and a process is started when none is idle. When one ends in the middle of its
 * bundles they fail; the others go on, and a new one takes its place.
 */
export class ProcessBundles implements Bundles, ProcessOwner {
  private readonly processes = new Set<WorkerProcess>();
  private readonly byBundle = new Map<string, WorkerProcess>();
  private readonly descriptors = new Map<string, ProcessBundleDescriptor>();
  /** What came in for bundles of which the worker has not been told yet. */
  private readonly early = new Map<string, Data[]>();
  /** Bundles that failed; what still comes in for them is dropped. */
  private readonly failed = new Set<string>();
  private upstream: ClientDuplexStream<Elements, Elements> | undefined;
  private upstreamUrl = "";
  private upstreamDrained: Promise<void> | undefined;
  private waitingBytes = 0;
  private questions = 0;
  private readonly stateClients = new Map<string, BeamFnStateClient>();
  private stateUrl = "";
  private readonly onExit = (): void => this.stop(new Error("the worker has ended"));

  constructor(private readonly options: ProcessBundlesOptions) {
    process.on("exit", this.onExit);
  }

  async process(instructionId: string, descriptor: ProcessBundleDescriptor): Promise<BundleMetrics> {
    this.connect(descriptor);
    const worker = this.idleOrNew() ?? this.leastBusy();
    worker.bundles.add(instructionId);
    this.byBundle.set(instructionId, worker);
    for (const data of this.early.get(instructionId) ?? []) this.deliver(worker, data);
    this.early.delete(instructionId);
    try {
      const { error, response } = await worker.ask(
        InstructionRequest.create({
          instructionId,
          request: {
            oneofKind: "processBundle",
            processBundle: { processBundleDescriptorId: descriptor.id, cacheTokens: [] },
          },
        }),
      );
      if (error !== "") throw new Error(error);
      return response.oneofKind === "processBundle" ? response.processBundle.monitoringData : {};
    } catch (error) {
      this.failed.add(instructionId);
      throw error;
    } finally {
      worker.bundles.delete(instructionId);
      this.byBundle.delete(instructionId);
    }
  }

  /**
   * A runner splits a bundle that makes no progress. As long as a process is idle it is shown none, so that it gives a part of
   * the bundle to that process.
   */
  async progress(instructionId: string): Promise<BundleMetrics> {
    const response = await this.ask(instructionId, {
      oneofKind: "processBundleProgress",
      processBundleProgress: { instructionId },
    });
    if (response?.oneofKind !== "processBundleProgress") return {};
    const { monitoringData } = response.processBundleProgress;
    return this.hasRoom() ? withoutProgress(monitoringData) : monitoringData;
  }

  async split(processBundleSplit: ProcessBundleSplitRequest): Promise<ProcessBundleSplitResponse> {
    const response = await this.ask(processBundleSplit.instructionId, {
      oneofKind: "processBundleSplit",
      processBundleSplit,
    });
    if (response?.oneofKind !== "processBundleSplit") return ProcessBundleSplitResponse.create({});
    return response.processBundleSplit;
  }

  async close(): Promise<void> {
    this.upstream?.end();
    await Promise.all([...this.processes].map((worker) => worker.end()));
    process.off("exit", this.onExit);
    for (const client of this.stateClients.values()) client.close();
  }

  descriptor(id: string, endpoint: string): ProcessBundleDescriptor | undefined {
    const descriptor = this.descriptors.get(id);
    return descriptor && withEndpoint(descriptor, endpoint);
  }

  send(elements: Elements): boolean {
    return this.upstream?.write(elements) ?? true;
  }

  drained(): Promise<void> {
    this.upstreamDrained ??= new Promise((resolve) => {
      this.upstream?.once("drain", () => {
        this.upstreamDrained = undefined;
        resolve();
      });
    });
    return this.upstreamDrained;
  }

  /** Hands requests and answers on as they are: each process has a stream of its own at the runner. */
  state(requests: StateStream): void {
    const client =
      this.stateClients.get(this.stateUrl) ??
      new BeamFnStateClient(this.stateUrl, credentials.createInsecure(), UNLIMITED);
    this.stateClients.set(this.stateUrl, client);
    const answers = client.state(workerMetadata(this.options.workerId));
    requests.on("data", (request: StateRequest) => answers.write(request));
    requests.on("end", () => answers.end());
    requests.on("error", () => answers.cancel());
    answers.on("data", (response: StateResponse) => requests.write(response));
    answers.on("end", () => requests.end());
    answers.on("error", (error: Error) => requests.destroy(error));
  }

  private connect(descriptor: ProcessBundleDescriptor): void {
    if (this.descriptors.has(descriptor.id)) return;
    this.descriptors.set(descriptor.id, descriptor);
    this.stateUrl = descriptor.stateApiServiceDescriptor?.url ?? this.stateUrl;
    for (const url of dataUrls(descriptor)) {
      if (this.upstream === undefined) this.open(url);
      else if (url !== this.upstreamUrl) {
        throw new Error(
          `the runner sends elements from ${this.upstreamUrl} and from ${url}: several processes share one of these; ` +
            "start the worker without --processes",
        );
      }
    }
  }

  private open(url: string): void {
    const client = new BeamFnDataClient(url, credentials.createInsecure(), UNLIMITED);
    const stream = client.data(workerMetadata(this.options.workerId));
    stream.on("data", (elements: Elements) => this.take(elements));
    stream.on("error", (error: Error) => this.stop(error));
    stream.on("end", () => this.stop(new Error("the runner closed the data channel")));
    this.upstream = stream;
    this.upstreamUrl = url;
  }

  private take(elements: Elements): void {
    for (const data of elements.data) {
      if (this.failed.has(data.instructionId)) continue;
      this.waitingBytes += data.data.length;
      const worker = this.byBundle.get(data.instructionId);
      if (worker !== undefined) this.deliver(worker, data);
      else this.early.set(data.instructionId, [...(this.early.get(data.instructionId) ?? []), data]);
    }
    if (this.waitingBytes > MOST_WAITING_BYTES) this.upstream?.pause();
  }

  private deliver(worker: WorkerProcess, data: Data): void {
    void worker.deliver({ data: [data], timers: [] }).then(() => {
      this.waitingBytes -= data.data.length;
      if (this.waitingBytes <= MOST_WAITING_BYTES / 2) this.upstream?.resume();
    });
  }

  private ask(
    bundleId: string,
    request: InstructionRequest["request"],
  ): Promise<InstructionResponse["response"] | undefined> {
    const worker = this.byBundle.get(bundleId);
    if (worker === undefined) return Promise.resolve(undefined);
    const instructionId = `question-${++this.questions}`;
    return worker.ask({ instructionId, request }).then(({ error, response }) => {
      if (error !== "") throw new Error(error);
      return response;
    });
  }

  private hasRoom(): boolean {
    return (
      this.processes.size < this.options.processes || [...this.processes].some(({ bundles }) => bundles.size === 0)
    );
  }

  private idleOrNew(): WorkerProcess | undefined {
    for (const worker of this.processes) if (worker.bundles.size === 0) return worker;
    if (this.processes.size === this.options.processes) return undefined;
    const started = new WorkerProcess(this.options.command, this, (ended) => this.processes.delete(ended));
    this.processes.add(started);
    return started;
  }

  private leastBusy(): WorkerProcess {
    const [least] = [...this.processes].sort((a, b) => a.bundles.size - b.bundles.size);
    if (least === undefined) throw new Error("--processes is a number above 0");
    return least;
  }

  private stop(reason: Error): void {
    for (const worker of [...this.processes]) worker.stop(reason);
  }
}

function dataUrls(descriptor: ProcessBundleDescriptor): readonly string[] {
  return Object.values(descriptor.transforms).flatMap(({ spec }) => {
    if (spec === undefined || !PORT_URNS.includes(spec.urn)) return [];
    return [RemoteGrpcPort.fromBinary(spec.payload).apiServiceDescriptor?.url ?? ""];
  });
}

/** A copy whose elements and state come from another endpoint. */
function withEndpoint(descriptor: ProcessBundleDescriptor, url: string): ProcessBundleDescriptor {
  const copy = ProcessBundleDescriptor.clone(descriptor);
  for (const { spec } of Object.values(copy.transforms)) {
    if (spec === undefined || !PORT_URNS.includes(spec.urn)) continue;
    const { coderId } = RemoteGrpcPort.fromBinary(spec.payload);
    spec.payload = RemoteGrpcPort.toBinary(RemoteGrpcPort.create({ coderId, apiServiceDescriptor: { url } }));
  }
  if (copy.stateApiServiceDescriptor !== undefined) copy.stateApiServiceDescriptor.url = url;
  return copy;
}
