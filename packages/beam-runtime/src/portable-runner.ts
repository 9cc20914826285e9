import "./sdk";
import { setTimeout } from "node:timers/promises";
import type { Pipeline } from "apache-beam/internal/pipeline";
import { JobState_Enum } from "apache-beam/proto/beam_job_api";
import type { Pipeline as PipelineProto } from "apache-beam/proto/beam_runner_api";
import type { PipelineResult } from "apache-beam/runners/runner";
import { deferred } from "./deferred";
import type { Counters } from "./direct-runner";
import { EndedRun } from "./ended-run";
import { countersOf } from "./job-metrics";
import { JobService, type OnMessage, type PipelineOptions } from "./job-service";
import { withJsonCoder } from "./json-coder";
import { Runner } from "./sdk";
import { setEnvironment, type WorkerEnvironment } from "./worker-environment";
import { WorkerPool } from "./worker-pool";

/** How long a failed job waits for a worker's end to be seen. */
const LAST_WORDS_MS = 1_000;

/** What may be told of a job, and asked of it, on any portable runner. */
export interface JobOptions {
  /** What a worker loads before it starts; default: every module that has registered its functions here. */
  readonly modules?: readonly string[];
  /** Processes of a worker that this process starts, as there is work for them (default: 1). */
  readonly processes?: number;
  /** Cancels the job; the run is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with what the runner says of the job. */
  readonly onMessage?: OnMessage;
  /** Called about every `progressMs` milliseconds (default 500) with the counters so far, as far as the runner tells them. */
  readonly onProgress?: (counters: Counters) => void;
  readonly progressMs?: number;
  /** Names the job for the runner. */
  readonly jobName?: string;
  /** Options of the runner, by its own names: `{ parallelism: 4 }`. */
  readonly pipelineOptions?: PipelineOptions;
}

export interface PortableRunnerOptions extends JobOptions {
  /** host:port of a Beam job service. */
  readonly endpoint: string;
  /** How the runner comes by its workers; default: a worker pool in this process, for a runner on the same machine. */
  readonly environment?: WorkerEnvironment;
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

/** Runs a pipeline on any runner that has a Beam job service. */
export class PortableRunner extends Runner {
  constructor(private readonly options: PortableRunnerOptions) {
    super();
  }

  override async runPipeline(pipeline: Pipeline | PipelineProto): Promise<PipelineResult> {
    const { endpoint, environment, signal } = this.options;
    signal?.throwIfAborted();
    const proto = withJsonCoder(pipeline as unknown as PipelineProto);
    const service = new JobService(endpoint);
    try {
      if (environment !== undefined) {
        setEnvironment(proto, environment);
        return await this.runJob(service, proto);
      }
      return await this.runOnPool(service, proto);
    } finally {
      service.close();
    }
  }

  private async runOnPool(service: JobService, pipeline: PipelineProto): Promise<PipelineResult> {
    const lost = new LostWorkers(true);
    const { modules, onMessage, processes } = this.options;
    const pool = await WorkerPool.start({
      ...(modules !== undefined && { modules }),
      ...(processes !== undefined && { processes }),
      onLostWorker: (message) => lost.add(message),
      onStderr: (text) => onMessage?.(text.trimEnd(), "detailed"),
    });
    try {
      setEnvironment(pipeline, { kind: "external", address: pool.address });
      return await this.runJob(service, pipeline, lost);
    } finally {
      pool.stop();
    }
  }

  private async runJob(
    service: JobService,
    pipeline: PipelineProto,
    lost: LostWorkers = new LostWorkers(),
  ): Promise<PipelineResult> {
    const { jobName = "", onMessage, pipelineOptions, signal } = this.options;
    const jobId = await service.submit(pipeline, jobName, pipelineOptions);
    const faults: string[] = [];
    const told: OnMessage = (message, importance) => {
      onMessage?.(message, importance);
      if (importance === "error") faults.push(message);
    };
    const stopProgress = this.startProgress(service, jobId);
    const abort = abortOf(signal);
    let ended = false;
    try {
      await Promise.race([service.messages(jobId, told), abort.promise, lost.first]);
      const state = await service.state(jobId);
      ended = true;
      if (state !== JobState_Enum.DONE) {
        await lost.told();
        throw new JobFailedError(JobState_Enum[state], [...lost.messages, ...faults]);
      }
      const { attempted, committed } = await service.metrics(jobId);
      // Some runners tell one kind only; of a job that is done both say the same.
      const infos = committed.length > 0 ? committed : attempted;
      return new EndedRun(countersOf(infos), infos);
    } catch (error) {
      // Whatever ended this run, the job does not go on without it.
      if (!ended) await this.cancel(service, jobId);
      throw error;
    } finally {
      abort.forget();
      stopProgress();
    }
  }

  private startProgress(service: JobService, jobId: string): () => void {
    const { onMessage, onProgress, progressMs = 500 } = this.options;
    if (onProgress === undefined) return () => undefined;
    let ended = false;
    let asking = false;
    const report = async (): Promise<void> => {
      if (asking) return;
      asking = true;
      try {
        const { attempted } = await service.metrics(jobId);
        if (!ended) onProgress(countersOf(attempted));
      } catch (error) {
        // The run goes on without it, and ends with a fault of its own if the service is gone.
        if (!ended) onMessage?.(`no progress: ${(error as Error).message}`, "warning");
      } finally {
        asking = false;
      }
    };
    const timer = setInterval(() => void report(), progressMs);
    return () => {
      ended = true;
      clearInterval(timer);
    };
  }

  private async cancel(service: JobService, jobId: string): Promise<void> {
    try {
      await service.cancel(jobId);
    } catch (error) {
      this.options.onMessage?.(`the job could not be cancelled: ${(error as Error).message}`, "warning");
    }
  }
}

/** Workers that ended in the middle of a job: a runner may wait for them for ever, so what their pool sees ends the run. */
class LostWorkers {
  readonly messages: string[] = [];
  /** Rejects when the first is lost. */
  private readonly firstLost = deferred<never>();
  readonly first = this.firstLost.promise;

  /** False where nothing here would see a worker end. */
  constructor(private readonly areSeen = false) {}

  /** A runner may miss a worker before its pool does, and the pool knows what it ended with. */
  async told(): Promise<void> {
    if (this.areSeen) await Promise.race([this.first.catch(() => undefined), setTimeout(LAST_WORDS_MS)]);
  }

  add(message: string): void {
    this.messages.push(message);
    this.firstLost.reject(new JobFailedError(JobState_Enum[JobState_Enum.FAILED], [message]));
  }
}

/** Rejects with the signal's reason. */
function abortOf(signal: AbortSignal | undefined): { readonly promise: Promise<never>; forget(): void } {
  let onAbort = (): void => undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal?.reason as Error);
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener("abort", onAbort);
  });
  return { promise, forget: () => signal?.removeEventListener("abort", onAbort) };
}
