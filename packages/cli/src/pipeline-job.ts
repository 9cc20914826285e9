import { type Counters, DirectRunner, PortableRunner, PrismRunner } from "@junoplus/beam-runtime";
import type { Root, Runner } from "@junoplus/beam-runtime/sdk";
import type { Progress } from "./progress";
import type { RunOptions } from "./run-options";

/** A pipeline at work on the runner that a run names. */
export interface PipelineJob {
  run(build: (root: Root) => void): Promise<Counters>;
  /** Ends once a job elsewhere is cancelled, and its workers with it; the direct runner's work ends with this process. */
  cancel(): Promise<void>;
}

type RunnerChoice = Pick<RunOptions, "runner" | "endpoint" | "environment" | "processes">;

/** The job of a run, which has not begun. */
export function pipelineJob(choice: RunnerChoice, progress: Progress): PipelineJob {
  const interruption = new AbortController();
  const runner = runnerOf(choice, progress, interruption.signal);
  let running: Promise<unknown> = Promise.resolve();
  return {
    async run(build) {
      const result = runner.run((root) => build(root));
      running = result;
      return await (await result).counters();
    },
    async cancel() {
      interruption.abort(new Error("interrupted"));
      if (choice.runner !== "direct") await running.catch(() => undefined);
    },
  };
}

function runnerOf(
  { runner, endpoint, environment, processes }: RunnerChoice,
  progress: Progress,
  signal: AbortSignal,
): Runner {
  const onProgress = (counters: Counters): void => progress.counters(counters);
  const onMessage = (message: string, importance: string): void => {
    if (importance === "warning") progress.warn(message);
  };
  const job = { onProgress, onMessage, processes, signal };
  switch (runner) {
    case "direct":
      return new DirectRunner({ onProgress });
    case "prism":
      return new PrismRunner(job);
    case "portable":
      if (endpoint === undefined) throw new TypeError("a portable runner needs an endpoint");
      return new PortableRunner({ ...job, endpoint, ...(environment !== undefined && { environment }) });
  }
}
