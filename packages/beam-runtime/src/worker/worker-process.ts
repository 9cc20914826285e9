import { type ChildProcess, spawn } from "node:child_process";
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
} from "@grpc/grpc-js";
import "apache-beam";
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
import { UNLIMITED } from "./grpc-options";

type Control = ServerDuplexStream<InstructionResponse, InstructionRequest>;
type DataStream = ServerDuplexStream<Elements, Elements>;
export type StateStream = ServerDuplexStream<StateRequest, StateResponse>;

/** What a process asks of the worker that it belongs to. */
export interface ProcessOwner {
  /** A bundle's descriptor, for a process that finds data and state at `endpoint`. */
  descriptor(id: string, endpoint: string): ProcessBundleDescriptor;
  /** Takes what a step sends to the runner; false when no more should come until `drained`. */
  send(elements: Elements): boolean;
  drained(): Promise<void>;
  /** Answers what the process reads of the runner's state. */
  state(stream: StateStream): void;
}

interface Waiting {
  resolve(response: InstructionResponse): void;
  reject(error: Error): void;
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
  private readonly ended: Promise<void>;
  private resolveEnded: () => void = () => undefined;
  private readonly waiting = new Map<string, Waiting>();
  private readonly delivering = new Set<() => void>();
  private readonly control = new Connection<Control>();
  private readonly data = new Connection<DataStream>();
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
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
    this.server.addService(beamFnControlDefinition, {
      control: (stream: Control) => this.connect(stream),
      getProcessBundleDescriptor: (
        { request: { processBundleDescriptorId: id } }: ServerUnaryCall<GetProcessBundleDescriptorRequest, unknown>,
        answer: sendUnaryData<ProcessBundleDescriptor>,
      ) => answer(null, owner.descriptor(id, this.endpoint)),
    });
    this.server.addService(beamFnDataDefinition, { data: (stream: DataStream) => this.connectData(stream, owner) });
    this.server.addService(beamFnStateDefinition, { state: (stream: StateStream) => owner.state(stream) });
    this.start(command).catch((error: Error) => this.stop(error));
  }

  /** Has the process do something; rejects when the process ends before it has answered. */
  async ask(request: InstructionRequest): Promise<InstructionResponse> {
    const stream = await this.control.opened;
    if (this.fault !== undefined) throw this.fault;
    return new Promise((resolve, reject) => {
      this.waiting.set(request.instructionId, { resolve, reject });
      stream.write(request);
    });
  }

  /** Hands elements on in the order of the calls; resolves when they are on their way, or the process has ended. */
  async deliver(elements: Elements): Promise<void> {
    const stream = await this.data.opened.catch(() => undefined);
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
    const stream = await Promise.race([this.control.opened, Promise.resolve(undefined)]).catch(() => undefined);
    stream?.end();
    const timer = setTimeout(() => this.stop(new Error("the worker is stopped")), stream === undefined ? 0 : GRACE_MS);
    await this.ended;
    clearTimeout(timer);
  }

  /** Ends the process at once; what is under way in it fails with the reason. */
  stop(reason: Error): void {
    if (this.fault !== undefined) return;
    this.fault = reason;
    this.child?.kill("SIGKILL");
    this.control.fail(reason);
    this.data.fail(reason);
    for (const { reject } of this.waiting.values()) reject(reason);
    this.waiting.clear();
    // A stream that broke may never say that it wrote.
    for (const resolve of this.delivering) resolve();
    this.server.forceShutdown();
    this.onEnd(this);
    this.resolveEnded();
  }

  private async start([program, ...args]: readonly [string, ...string[]]): Promise<void> {
    this.endpoint = `127.0.0.1:${await bound(this.server)}`;
    if (this.fault !== undefined) return;
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
    this.control.open(stream);
  }

  private connectData(stream: DataStream, owner: ProcessOwner): void {
    stream.on("data", (elements: Elements) => {
      if (owner.send(elements)) return;
      stream.pause();
      void owner.drained().then(() => stream.resume());
    });
    stream.on("error", () => undefined);
    this.data.open(stream);
  }
}

/** A stream that the process will open. */
class Connection<S> {
  readonly opened: Promise<S>;
  open: (stream: S) => void = () => undefined;
  fail: (error: Error) => void = () => undefined;

  constructor() {
    this.opened = new Promise((resolve, reject) => {
      this.open = resolve;
      this.fail = reject;
    });
    this.opened.catch(() => undefined);
  }
}

function bound(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}
