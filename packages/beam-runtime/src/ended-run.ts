import "./sdk";
import { JobState_Enum } from "apache-beam/proto/beam_job_api";
import type { MonitoringInfo } from "apache-beam/proto/metrics";
import { PipelineResult } from "apache-beam/runners/runner";
import { distributionsOf } from "./job-metrics";

/** The result of a run that ended well. */
export class EndedRun extends PipelineResult {
  constructor(
    private readonly userCounters: Readonly<Record<string, number>>,
    private readonly infos: MonitoringInfo[],
  ) {
    super();
  }

  override counters(): Promise<Record<string, number>> {
    return Promise.resolve({ ...this.userCounters });
  }

  /** Of type `Distribution` each, whatever the SDK's type says: read them by `distributionsOfRun`. */
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
