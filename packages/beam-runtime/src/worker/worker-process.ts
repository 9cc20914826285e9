import { type ChildProcess, spawn } from "node:child_process";
import { Server, type ServerDuplexStream, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import "../sdk";
import type {
  Elements,
  GetProcessBundleDescriptorRequest,
  InstructionRequest,
  InstructionResponse,
  ProcessBundleDescriptor,
  StateRequest,
  StateResponse,
} from "apache-beam/proto/beam_fn_api";
import {
  beamFnControlDefinition,
  beamFnDataDefinition,
  beamFnStateDefinition,
} from "apache-beam/proto/beam_fn_api.grpc-server";
import { type Deferred, deferred } from "../deferred";
import { listenOnLoopback } from "../listen-on-loopback";
import { UNLIMITED } from "./grpc-options";

type Control = ServerDuplexStream<InstructionResponse, InstructionRequest>;
type DataStream = ServerDuplexStream<Elements, Elements>;
export type StateStream = ServerDuplexStream<StateRequest, StateResponse>;

/** What a process asks of the worker that it belongs to. */
export interface ProcessOwner {
  /** A bundle's descriptor, for a process that finds data and state at `endpoint`. */
  descriptor(id: string, endpoint: string): ProcessBundleDescriptor | undefined;
  /** Takes what a step sends to the runner; false when no more should come until `drained`. */
  send(elements: Elements): boolean;
  drained(): Promise<void>;
  /** Answers what the process reads of the runner's state. */
  state(stream: StateStream): void;
}

const STDERR_KEPT = 2_000;

/** How long a process may take to end by itself: what it logged is on its way. */
const GRACE_MS = 2_000;

/**
 * One of several processes of a worker: a `beam-worker` whose runner is this object. What is under way in it fails when it
 * ends.
 */
export class WorkerProcess {
  /** Bundles under way. */
  readonly bundles = new Set<string>();
  private readonly ended = deferred<void>();
  private readonly waiting = new Map<string, Deferred<InstructionResponse>>();
  private readonly delivering = new Set<() => void>();
  /** Streams that the process opens. */
  private readonly control = deferred<Control>();
  private readonly data = deferred<DataStream>();
  private readonly server = new Server(UNLIMITED);
  private endpoint = "";
  private child: ChildProcess | undefined;
  private stderr = "";
  private fault: Error | undefined;

  /** Starts `command`, with the endpoint of its control channel as its last argument. */
  constructor(
    command: readonly [string, ...string[]],
    owner: ProcessOwner,
    private readonly onEnd: (process: WorkerProcess) => void,
  ) {
    this.server.addService(beamFnControlDefinition, {
      control: (stream: Control) => this.connect(stream),
      getProcessBundleDescriptor: (
        { request: { processBundleDescriptorId: id } }: ServerUnaryCall<GetProcessBundleDescriptorRequest, unknown>,
        answer: sendUnaryData<ProcessBundleDescriptor>,
      ) => {
        const descriptor = owner.descriptor(id, this.endpoint);
        answer(descriptor === undefined ? new Error(`no descriptor ${id}`) : null, descriptor);
      },
    });
    this.server.addService(beamFnDataDefinition, { data: (stream: DataStream) => this.connectData(stream, owner) });
    this.server.addService(beamFnStateDefinition, { state: (stream: StateStream) => owner.state(stream) });
    this.start(command).catch((error: Error) => this.stop(error));
  }

  /** Has the process do something; rejects when the process ends before it has answered. */
  async ask(request: InstructionRequest): Promise<InstructionResponse> {
    const stream = await this.control.promise;
    if (this.fault !== undefined) throw this.fault;
    const answer = deferred<InstructionResponse>();
    this.waiting.set(request.instructionId, answer);
    stream.write(request);
    return answer.promise;
  }

  /** Hands elements on in the order of the calls; resolves when they are on their way, or the process has ended. */
  async deliver(elements: Elements): Promise<void> {
    const stream = await this.data.promise.catch(() => undefined);
    if (stream === undefined) return;
    await new Promise<void>((resolve) => {
      if (this.fault !== undefined) return resolve();
      this.delivering.add(resolve);
      stream.write(elements, () => {
        this.delivering.delete(resolve);
        resolve();
      });
    });
  }

  /** Lets the process end by itself, for a while: resolves when it has. What is under way in it fails. */
  async end(): Promise<void> {
    const stream = await Promise.race([this.control.promise, Promise.resolve(undefined)]).catch(() => undefined);
    stream?.end();
    const timer = setTimeout(() => this.stop(new Error("the worker is stopped")), stream === undefined ? 0 : GRACE_MS);
    await this.ended.promise;
    clearTimeout(timer);
  }

  /** Ends the process at once; what is under way in it fails with the reason. */
  stop(reason: Error): void {
    if (this.fault !== undefined) return;
    this.fault = reason;
    this.child?.kill("SIGKILL");
    this.control.reject(reason);
    this.data.reject(reason);
    for (const { reject } of this.waiting.values()) reject(reason);
    this.waiting.clear();
    // A stream that broke may never say that it wrote.
    for (const resolve of this.delivering) resolve();
    this.server.forceShutdown();
    this.onEnd(this);
    this.ended.resolve();
  }

  private async start([program, ...args]: readonly [string, ...string[]]): Promise<void> {
    this.endpoint = await listenOnLoopback(this.server);
    if (this.fault !== undefined) return;
    // No process group of its own: what ends the group of the worker ends its processes too.
    const child = spawn(program, [...args, `--control_endpoint=${this.endpoint}`], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.child = child;
    child.stderr.on("data", (text: Buffer) => {
      process.stderr.write(text);
      this.stderr = (this.stderr + text.toString()).slice(-STDERR_KEPT);
    });
    const end = (how: string): void => {
      const bundles = this.bundles.size === 0 ? "" : ` in the middle of ${[...this.bundles].join(", ")}`;
      const words = this.stderr === "" ? "" : `:\n${this.stderr}`;
      this.stop(new Error(`worker process ${child.pid ?? program} ${how}${bundles}${words}`));
    };
    child.on("error", ({ message }) => end(`cannot be started: ${message}`));
    child.on("close", (code, signal) => end(signal === null ? `ended with ${code}` : `was killed by ${signal}`));
  }

  private connect(stream: Control): void {
    stream.on("data", (response: InstructionResponse) => {
      this.waiting.get(response.instructionId)?.resolve(response);
      this.waiting.delete(response.instructionId);
    });
    // That the process ended, and how, is told by the process itself.
    stream.on("error", () => undefined);
    this.control.resolve(stream);
  }

  private connectData(stream: DataStream, owner: ProcessOwner): void {
    stream.on("data", (elements: Elements) => {
      if (owner.send(elements)) return;
      stream.pause();
      void owner.drained().then(() => stream.resume());
    });
    stream.on("error", () => undefined);
    this.data.resolve(stream);
  }
}
