import { setTimeout } from "node:timers/promises";
import type { Pipeline } from "apache-beam/internal/pipeline";
import type { Pipeline as PipelineProto } from "apache-beam/proto/beam_runner_api";
import type { PipelineResult } from "apache-beam/runners/runner";
import { JobServiceError } from "./job-service";
import { type JobOptions, PortableRunner } from "./portable-runner";
import { findPrism } from "./prism-binary";
import { PrismProcess } from "./prism-process";
import { Runner } from "./sdk";

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
    const prism = await PrismProcess.start(await findPrism(cacheFolder));
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
