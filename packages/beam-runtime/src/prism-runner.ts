import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { Runner } from "apache-beam";
import type { Pipeline } from "apache-beam/internal/pipeline";
import type { Pipeline as PipelineProto } from "apache-beam/proto/beam_runner_api";
import type { PipelineResult } from "apache-beam/runners/runner";
import { JobService, JobServiceError } from "./job-service";
import { type JobOptions, PortableRunner } from "./portable-runner";
import { findPrism } from "./prism-binary";
import { endOf, ProcessGroup } from "./process-group";

const START_MS = 30_000;
const LAST_WORDS_MS = 1_000;

export interface PrismRunnerOptions extends JobOptions {
  /** Where Prism is kept. */
  readonly cacheFolder?: string;
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
    const { cacheFolder, signal, ...options } = this.options;
    signal?.throwIfAborted();
    const prism = await Prism.start(await findPrism(cacheFolder));
    // What breaks Prism ends the run as an abort does.
    const broken = new AbortController();
    prism.broken.catch((error: unknown) => broken.abort(error));
    const both = AbortSignal.any([broken.signal, ...(signal === undefined ? [] : [signal])]);
    try {
      const { endpoint } = prism;
      return await new PortableRunner({ ...options, endpoint, signal: both }).runPipeline(pipeline);
    } catch (error) {
      // A Prism that ends is first missed as a job service; what it ended with says more.
      if (error instanceof JobServiceError) await Promise.race([prism.broken, setTimeout(LAST_WORDS_MS)]);
      throw error;
    } finally {
      prism.stop();
    }
  }
}

/** A Prism of this run's own. */
class Prism {
  /** Rejects when Prism ends before it is told to. */
  readonly broken: Promise<never>;
  private stopped = false;

  private constructor(
    private readonly group: ProcessGroup,
    readonly endpoint: string,
  ) {
    this.broken = group.ended.then((end) => {
      throw new Error(this.stopped ? "Prism was stopped" : `Prism ended with ${endOf(end)}:\n${group.lastLines()}`);
    });
    this.broken.catch(() => undefined);
  }

  static async start(path: string): Promise<Prism> {
    const port = await freePort();
    const flags = ["--job_port", String(port), "--serve_http=false", "--idle_shutdown_timeout=1m", "--log_level=warn"];
    const prism = new Prism(ProcessGroup.start(path, flags), `localhost:${port}`);
    const service = new JobService(prism.endpoint);
    try {
      await Promise.race([service.ready(START_MS), prism.broken]);
    } catch (error) {
      prism.stop();
      throw error;
    } finally {
      service.close();
    }
    return prism;
  }

  stop(): void {
    this.stopped = true;
    this.group.kill();
  }
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
