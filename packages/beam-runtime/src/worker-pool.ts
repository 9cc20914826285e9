import { join } from "node:path";
import { Server, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import "./sdk";
import type {
  StartWorkerRequest,
  StartWorkerResponse,
  StopWorkerRequest,
  StopWorkerResponse,
} from "apache-beam/proto/beam_fn_api";
import { beamFnExternalWorkerPoolDefinition } from "apache-beam/proto/beam_fn_api.grpc-server";
import { getRegisteredModules } from "apache-beam/serialization";
import { listenOnLoopback } from "./listen-on-loopback";
import { endOf, ProcessGroup } from "./process-group";

/** A worker that was told to stop, and is still busy after this, is killed. */
const GRACE_MS = 2_000;

const WORKER_COMMAND = join(__dirname, "../bin/beam-worker.js");

export interface WorkerPoolOptions {
  /** What a worker loads before it starts; default: every module that has registered its functions here. */
  readonly modules?: readonly string[];
  /** Processes of each worker, started as there is work for them (default: 1). */
  readonly processes?: number;
  /** Default: any free port. */
  readonly port?: number;
  /** Called with what workers write to stderr. */
  readonly onStderr?: (text: string) => void;
  /** Called when a worker ends that nobody stopped; the message has the worker's last words. */
  readonly onLostWorker?: (message: string) => void;
}

/**
 * Beam's external worker pool: a runner asks it for workers by name, each is a process of its own on this machine, and ends
 * when the runner says so, when its job is over, or with the pool. Listens on the loopback interface only.
 */
export class WorkerPool {
  private readonly server = new Server();
  private readonly workers = new Map<string, ProcessGroup>();

  private constructor(private readonly options: WorkerPoolOptions) {
    this.server.addService(beamFnExternalWorkerPoolDefinition, {
      startWorker: (
        { request }: ServerUnaryCall<StartWorkerRequest, StartWorkerResponse>,
        done: sendUnaryData<StartWorkerResponse>,
      ) => done(null, { error: this.startWorker(request) }),
      stopWorker: (
        { request }: ServerUnaryCall<StopWorkerRequest, StopWorkerResponse>,
        done: sendUnaryData<StopWorkerResponse>,
      ) => done(null, { error: this.stopWorker(request.workerId) }),
    });
  }

  /** @throws where the port is taken */
  static async start(options: WorkerPoolOptions = {}): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    try {
      pool.listensOn = await listenOnLoopback(pool.server, options.port);
    } catch (error) {
      const { message } = error as Error;
      throw new Error(`a worker pool cannot listen on 127.0.0.1:${options.port ?? 0}: ${message}`);
    }
    return pool;
  }

  private listensOn = "";

  /** What an EXTERNAL environment names: host:port. */
  get address(): string {
    return this.listensOn;
  }

  /** Ends the pool, and its workers where they are. */
  stop(): void {
    this.server.forceShutdown();
    for (const [id, worker] of this.workers) {
      this.workers.delete(id);
      worker.kill();
    }
  }

  /** Gives what is wrong, or nothing. */
  private startWorker(request: StartWorkerRequest): string {
    const { workerId, controlEndpoint, loggingEndpoint, provisionEndpoint } = request;
    if (workerId === "") return "a worker needs an id";
    if (this.workers.has(workerId)) return `worker ${workerId} is already running here`;
    const endpoints = {
      control_endpoint: controlEndpoint?.url,
      logging_endpoint: loggingEndpoint?.url,
      provision_endpoint: provisionEndpoint?.url,
    };
    const { modules = getRegisteredModules(), processes = 1, onStderr, onLostWorker } = this.options;
    const args = [
      WORKER_COMMAND,
      `--id=${workerId}`,
      `--processes=${processes}`,
      ...Object.entries(endpoints).flatMap(([name, url]) => (url === undefined ? [] : [`--${name}=${url}`])),
      ...modules.map((name) => `--require=${name}`),
    ];
    const worker = ProcessGroup.start(process.execPath, args, { ...(onStderr !== undefined && { onStderr }) });
    this.workers.set(workerId, worker);
    const lost = (how: string): void => {
      const words = worker.lastLines();
      onLostWorker?.(`worker ${workerId} ended with ${how}${words === "" ? "" : `; its last words:\n${words}`}`);
    };
    worker.ended.then(
      (end) => {
        const isStopped = !this.takeOffList(workerId, worker);
        // A runner that misses a killed worker stops it, often before its end is seen here: that it was killed is told.
        const isKilledElsewhere = end.signal !== null && !worker.wasSent(end.signal);
        // With code 0 the runner has closed its channel: the job is over.
        if (isKilledElsewhere || (!isStopped && end.code !== 0)) lost(endOf(end));
      },
      (error: Error) => {
        if (this.takeOffList(workerId, worker)) lost(error.message);
      },
    );
    return "";
  }

  /** False where whoever stopped it has done so. */
  private takeOffList(workerId: string, worker: ProcessGroup): boolean {
    return this.workers.get(workerId) === worker && this.workers.delete(workerId);
  }

  private stopWorker(workerId: string): string {
    const worker = this.workers.get(workerId);
    // It may have ended by itself, as it does when its job is over.
    if (worker === undefined) return "";
    this.workers.delete(workerId);
    worker.kill("SIGTERM");
    const killing = setTimeout(() => worker.kill(), GRACE_MS);
    const ended = (): void => clearTimeout(killing);
    worker.ended.then(ended, ended);
    return "";
  }
}
