import { type ClientReadableStream, credentials, type ServiceError, status } from "@grpc/grpc-js";
import "./sdk";
import {
  type GetJobMetricsResponse,
  JobMessage_MessageImportance,
  type JobMessagesResponse,
  type JobState_Enum,
  type JobStateEvent,
  type PrepareJobResponse,
} from "apache-beam/proto/beam_job_api";
import { JobServiceClient } from "apache-beam/proto/beam_job_api.grpc-client";
import type { Pipeline as PipelineProto } from "apache-beam/proto/beam_runner_api";
import { Struct } from "apache-beam/proto/google/protobuf/struct";
import type { MonitoringInfo } from "apache-beam/proto/metrics";
import { stageArtifacts } from "./artifact-staging";
import { UNLIMITED } from "./worker/grpc-options";

/** An answer that takes longer is a fault. */
const ANSWER_MS = 120_000;

/** How much a job service means by a message. */
export type MessageImportance = "debug" | "detailed" | "basic" | "warning" | "error";

/** Called with what is said of a job. */
export type OnMessage = (message: string, importance: MessageImportance) => void;

/** What options of a runner may be: JSON values, by the runner's own names (`parallelism`). */
export type PipelineOptions = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** A job service cannot be reached, or refuses. */
export class JobServiceError extends Error {
  override readonly name = "JobServiceError" as const;
}

/** The client of a Beam job service, wherever it runs: submits pipelines and follows them. */
export class JobService {
  private readonly client: JobServiceClient;
  private readonly following = new Set<ClientReadableStream<JobMessagesResponse>>();

  /** @param endpoint host:port of the job service */
  constructor(readonly endpoint: string) {
    this.client = new JobServiceClient(endpoint, credentials.createInsecure(), UNLIMITED);
  }

  /** Waits for a service that is only just starting. */
  ready(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.client.waitForReady(Date.now() + timeoutMs, (error) => {
        if (error) reject(new JobServiceError(`no job service at ${this.endpoint} within ${timeoutMs / 1000} s`));
        else resolve();
      });
    });
  }

  /** Prepares a pipeline, stages the files that its environments depend on, runs it; gives the id of the job. */
  async submit(pipeline: PipelineProto, jobName: string, options: PipelineOptions = {}): Promise<string> {
    const pipelineOptions = optionsStruct(options);
    const prepared = await this.answered<PrepareJobResponse>("prepare", (deadline, done) =>
      this.client.prepare({ pipeline, jobName, pipelineOptions }, deadline, done),
    );
    await this.stage(prepared, pipeline);
    const { preparationId } = prepared;
    const { jobId } = await this.answered<{ jobId: string }>("run", (deadline, done) =>
      this.client.run({ preparationId, retrievalToken: "" }, deadline, done),
    );
    return jobId;
  }

  /** What is said of the job, until it has ended. */
  messages(jobId: string, onMessage: OnMessage): Promise<void> {
    const stream = this.client.getMessageStream({ jobId });
    this.following.add(stream);
    const ended = new Promise<void>((resolve, reject) => {
      stream.on("data", ({ response }: JobMessagesResponse) => {
        if (response.oneofKind !== "messageResponse") return;
        const { importance, messageText } = response.messageResponse;
        onMessage(messageText, IMPORTANCES[importance]);
      });
      stream.on("end", resolve);
      stream.on("error", (error) => reject(this.fault("tell how the job goes", error)));
    });
    return ended.finally(() => this.following.delete(stream));
  }

  async state(jobId: string): Promise<JobState_Enum> {
    const { state } = await this.answered<JobStateEvent>("tell the job's state", (deadline, done) =>
      this.client.getState({ jobId }, deadline, done),
    );
    return state;
  }

  /** What the job has counted so far: `attempted` counts failed bundles too, `committed` only those that ended well. */
  async metrics(jobId: string): Promise<{ attempted: MonitoringInfo[]; committed: MonitoringInfo[] }> {
    const { metrics } = await this.answered<GetJobMetricsResponse>("tell the job's metrics", (deadline, done) =>
      this.client.getJobMetrics({ jobId }, deadline, done),
    );
    return metrics ?? { attempted: [], committed: [] };
  }

  async cancel(jobId: string): Promise<void> {
    await this.answered("cancel the job", (deadline, done) => this.client.cancel({ jobId }, deadline, done));
  }

  /** What is still followed ends with an error. */
  close(): void {
    for (const stream of this.following) stream.cancel();
    this.client.close();
  }

  private async stage(prepared: PrepareJobResponse, pipeline: PipelineProto): Promise<void> {
    const environments = Object.values(pipeline.components?.environments ?? {});
    const dependencies = environments.flatMap((environment) => environment.dependencies);
    const staging = prepared.artifactStagingEndpoint?.url ?? "";
    // Where there is nothing to stage the conversation is held all the same: some services run no job without it.
    if (staging === "" && dependencies.length === 0) return;
    const endpoint = staging === "" ? this.endpoint : staging;
    try {
      await stageArtifacts(endpoint, prepared.stagingSessionToken, dependencies);
    } catch (error) {
      if ((error as ServiceError).code === status.UNIMPLEMENTED && dependencies.length === 0) return;
      const { message } = error as Error;
      throw new JobServiceError(`artifacts cannot be staged at ${endpoint}: ${message}`, { cause: error });
    }
  }

  private answered<T>(
    what: string,
    call: (options: { deadline: number }, done: (error: ServiceError | null, value?: T) => void) => unknown,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      call({ deadline: Date.now() + ANSWER_MS }, (error, value) => {
        if (error !== null) reject(this.fault(what, error));
        else if (value === undefined) reject(new JobServiceError(`${this.endpoint} gave no answer to: ${what}`));
        else resolve(value);
      });
    });
  }

  private fault(what: string, error: ServiceError | Error): JobServiceError {
    const details = "details" in error ? error.details : error.message;
    const unreachable = "code" in error && error.code === status.UNAVAILABLE;
    return new JobServiceError(
      unreachable
        ? `no job service at ${this.endpoint} (${details}): start one, or name the endpoint of another`
        : `the job service at ${this.endpoint} does not ${what}: ${details}`,
      { cause: error },
    );
  }
}

const IMPORTANCES: Readonly<Record<JobMessage_MessageImportance, MessageImportance>> = {
  [JobMessage_MessageImportance.MESSAGE_IMPORTANCE_UNSPECIFIED]: "basic",
  [JobMessage_MessageImportance.JOB_MESSAGE_DEBUG]: "debug",
  [JobMessage_MessageImportance.JOB_MESSAGE_DETAILED]: "detailed",
  [JobMessage_MessageImportance.JOB_MESSAGE_BASIC]: "basic",
  [JobMessage_MessageImportance.JOB_MESSAGE_WARNING]: "warning",
  [JobMessage_MessageImportance.JOB_MESSAGE_ERROR]: "error",
};

/** Options travel under Beam's names for them. */
function optionsStruct(options: PipelineOptions): Struct {
  const named = Object.entries(options).map(([name, value]) => [`beam:option:${name}:v1`, value] as const);
  return Struct.fromJson(Object.fromEntries(named) as never);
}
