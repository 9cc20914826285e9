import { credentials } from "@grpc/grpc-js";
import "../sdk";
import { type GetJobsResponse, JobState_Enum } from "apache-beam/proto/beam_job_api";
import { JobServiceClient } from "apache-beam/proto/beam_job_api.grpc-client";

/** The ids of all jobs of a job service, the first one first. */
export async function jobIds(endpoint: string): Promise<readonly string[]> {
  const client = new JobServiceClient(endpoint, credentials.createInsecure());
  try {
    const { jobInfo } = await new Promise<GetJobsResponse>((resolve, reject) => {
      client.getJobs({}, (error, response) => {
        if (response === undefined) reject(error ?? new Error("no answer"));
        else resolve(response);
      });
    });
    return jobInfo.map(({ jobId }) => jobId);
  } finally {
    client.close();
  }
}

/** The states that a job went through, up to the first in which it ended; waits for that. */
export async function jobHistory(endpoint: string, jobId: string): Promise<readonly string[]> {
  const client = new JobServiceClient(endpoint, credentials.createInsecure());
  try {
    const states: string[] = [];
    for await (const { state } of client.getStateStream({ jobId })) states.push(JobState_Enum[state as number] ?? "");
    return states;
  } finally {
    client.close();
  }
}
