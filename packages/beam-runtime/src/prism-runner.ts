import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { Runner } from "apache-beam";
import type { Pipeline } from "apache-beam/internal/pipeline";
import {
  type GetJobMetricsResponse,
  JobMessage_MessageImportance,
  type JobMessagesResponse,
  JobState_Enum,
  type JobStateEvent,
} from "apache-beam/proto/beam_job_api";
import { JobServiceClient } from "apache-beam/proto/beam_job_api.grpc-client";
import { type Pipeline as PipelineProto, ProcessPayload } from "apache-beam/proto/beam_runner_api";
import type { MonitoringInfo } from "apache-beam/proto/metrics";
import { PipelineResult } from "apache-beam/runners/runner";
import { getRegisteredModules } from "apache-beam/serialization";
import type { Counters } from "./direct-runner";
import { countersOf, distributionsOf } from "./job-metrics";
import { withJsonCoder } from "./json-coder";
import { findPrism } from "./prism-binary";
import { UNLIMITED } from "./worker/grpc-options";

export interface PrismRunnerOptions {
  /** What a worker loads before it starts; default: every module that has registered its functions here. */
  readonly modules?: readonly string[];
  /** Processes of the worker, started as there is work for them (default: 1). */
  readonly processes?: number;
  /** Where Prism is kept. */
  readonly cacheFolder?: string;
  /** Cancels the job; the run is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with what Prism says of the job. */
  readonly onMessage?: (message: string) => void;
  /** Called about every `progressMs` milliseconds (default 500) with the counters so far. */
  readonly onProgress?: (counters: Counters) => void;
  readonly progressMs?: number;
}

/** A job ended, and not well. */
export class JobFailedError extends Error {
  override readonly name = "JobFailedError" as const;

  constructor(
    readonly state: string,
    readonly faults: readonly string[],
  ) {
    super(`the job ended ${state}${faults.length === 0 ? "" : `:\n${faults.join("\n")}`}`);
  }
}

/**
 * Runs a pipeline on Prism, Beam's own portable local runner: a process for Prism, a process for its worker, both gone when
 * the run ends.
 */
export class PrismRunner extends Runner {
  constructor(private readonly options: PrismRunnerOptions = {}) {
    super();
  }

  override async runPipeline(pipeline: Pipeline | PipelineProto): Promise<PipelineResult> {
    const { cacheFolder, modules = getRegisteredModules(), processes = 1, signal } = this.options;
    signal?.throwIfAborted();
    const path = await findPrism(cacheFolder);
    const folder = mkdtempSync(join(tmpdir(), "prism-"));
    try {
      const command = writeLauncher(folder, modules, processes);
      const proto = withWorker(withJsonCoder(pipeline as unknown as PipelineProto), command);
      const prism = await Prism.start(path);
      try {
        return await this.runJob(prism, proto);
      } finally {
        prism.stop();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  private async runJob(prism: Prism, pipeline: PipelineProto): Promise<PipelineResult> {
    const { onMessage, onProgress, progressMs = 500, signal } = this.options;
    const { preparationId } = await prism.prepare(pipeline);
    // Nothing is staged: the worker's modules are where this process has them.
    const { jobId } = await prism.run(preparationId);
    const report = async (): Promise<void> => onProgress?.(countersOf((await prism.metrics(jobId)).attempted));
    const timer = onProgress && setInterval(() => void report().catch(() => undefined), progressMs);
    const cancel = (): void => void prism.cancel(jobId).catch(() => undefined);
    signal?.addEventListener("abort", cancel);
    try {
      const faults = await Promise.race([prism.follow(jobId, onMessage), prism.broken, aborted(signal)]);
      const state = await prism.state(jobId);
      if (state !== JobState_Enum.DONE) throw new JobFailedError(JobState_Enum[state], faults);
      return new PrismResult((await prism.metrics(jobId)).committed);
    } finally {
      clearInterval(timer);
      signal?.removeEventListener("abort", cancel);
    }
  }
}

/** Prism hands no arguments on to a worker's command, so the command is a script that has them. */
function writeLauncher(folder: string, modules: readonly string[], processes: number): string {
  const path = join(folder, "worker.sh");
  const worker = join(__dirname, "../bin/beam-worker.js");
  const words = [
    process.execPath,
    worker,
    `--processes=${processes}`,
    ...modules.flatMap((name) => ["--require", name]),
  ];
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  writeFileSync(path, `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  return path;
}

function withWorker(pipeline: PipelineProto, command: string): PipelineProto {
  for (const environment of Object.values(pipeline.components?.environments ?? {})) {
    environment.urn = "beam:env:process:v1";
    environment.payload = ProcessPayload.toBinary({ os: "", arch: "", command, env: {} });
  }
  return pipeline;
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

/** A Prism of this run's own, and its job service. */
class Prism {
  private readonly client: JobServiceClient;
  private stderr = "";
  /** Rejects when Prism ends before it is told to. */
  readonly broken: Promise<never>;
  private readonly onExit = (): void => this.kill();

  private constructor(
    private readonly process: ChildProcess,
    port: number,
  ) {
    this.client = new JobServiceClient(`localhost:${port}`, credentials.createInsecure(), UNLIMITED);
    process.stderr?.on("data", (text: Buffer) => {
      this.stderr = (this.stderr + text.toString()).slice(-8000);
    });
    this.broken = new Promise((_resolve, reject) => {
      process.on("error", reject);
      process.on("exit", (code, by) => reject(new Error(`Prism ended with ${code ?? by}:\n${this.stderr}`)));
    });
    this.broken.catch(() => undefined);
    globalThis.process.on("exit", this.onExit);
  }

  static async start(path: string): Promise<Prism> {
    const port = await freePort();
    const flags = ["--job_port", String(port), "--serve_http=false", "--idle_shutdown_timeout=1m", "--log_level=warn"];
    // A process group of its own: its workers end with it, even in the middle of an element.
    const child = spawn(path, flags, { detached: true, stdio: ["ignore", "ignore", "pipe"] });
    const prism = new Prism(child, port);
    try {
      await Promise.race([prism.ready(), prism.broken]);
    } catch (error) {
      prism.stop();
      throw error;
    }
    return prism;
  }

  prepare(pipeline: PipelineProto): Promise<{ preparationId: string }> {
    return answered((done) => this.client.prepare({ pipeline, jobName: "" }, done));
  }

  run(preparationId: string): Promise<{ jobId: string }> {
    return answered((done) => this.client.run({ preparationId, retrievalToken: "" }, done));
  }

  async state(jobId: string): Promise<JobState_Enum> {
    return (await answered<JobStateEvent>((done) => this.client.getState({ jobId }, done))).state;
  }

  cancel(jobId: string): Promise<unknown> {
    return answered((done) => this.client.cancel({ jobId }, done));
  }

  async metrics(jobId: string): Promise<{ attempted: MonitoringInfo[]; committed: MonitoringInfo[] }> {
    const { metrics } = await answered<GetJobMetricsResponse>((done) => this.client.getJobMetrics({ jobId }, done));
    return metrics ?? { attempted: [], committed: [] };
  }

  /** Messages until the job has ended; gives those that are errors. */
  follow(jobId: string, onMessage: PrismRunnerOptions["onMessage"]): Promise<readonly string[]> {
    const faults: string[] = [];
    const stream = this.client.getMessageStream({ jobId });
    return new Promise((resolve, reject) => {
      stream.on("data", ({ response }: JobMessagesResponse) => {
        if (response.oneofKind !== "messageResponse") return;
        const { importance, messageText } = response.messageResponse;
        onMessage?.(messageText);
        if (importance === JobMessage_MessageImportance.JOB_MESSAGE_ERROR) faults.push(messageText);
      });
      stream.on("end", () => resolve(faults));
      stream.on("error", reject);
    });
  }

  stop(): void {
    globalThis.process.off("exit", this.onExit);
    this.client.close();
    this.kill();
  }

  private kill(): void {
    const { pid } = this.process;
    if (pid === undefined) return;
    try {
      globalThis.process.kill(-pid, "SIGKILL");
    } catch (error) {
      // It has ended by itself.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  private ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.client.waitForReady(Date.now() + 30_000, (error) => {
        if (error) reject(new Error(`Prism does not answer: ${error.message}\n${this.stderr}`));
        else resolve();
      });
    });
  }
}

function answered<T>(call: (done: (error: ServiceError | null, value?: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => {
      if (value === undefined) reject(error ?? new Error("the job service gave no answer"));
      else resolve(value);
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

class PrismResult extends PipelineResult {
  constructor(private readonly infos: MonitoringInfo[]) {
    super();
  }

  override counters(): Promise<Record<string, number>> {
    return Promise.resolve(countersOf(this.infos));
  }

  /** Of type `Distribution` each, whatever the SDK's type says. */
  override distributions(): Promise<Record<string, number>> {
    return Promise.resolve(distributionsOf(this.infos) as Record<string, unknown> as Record<string, number>);
  }

  override waitUntilFinish(): Promise<JobState_Enum> {
    return Promise.resolve(JobState_Enum.DONE);
  }

  override rawMetrics(): Promise<MonitoringInfo[]> {
    return Promise.resolve(this.infos);
  }
}
