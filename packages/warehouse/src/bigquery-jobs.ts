import { createHash, randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Job, JobMetadata, TableField } from "@google-cloud/bigquery";
import type { BigQueryClient } from "./bigquery-client";
import { planQueryJob } from "./bigquery-dry-run";
import { bigQueryFault, isConflict, isNotFound } from "./bigquery-fault";

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 16_000;
const POLL_MS = 2_000;
const PAGE_ROWS = 20_000;

/** A job id that follows from what the job does: sent again, it is found and not done again. */
export function jobIdOf(action: string, ...identity: readonly string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 32);
  return `medallion_${action}_${digest}`;
}

/** A job id for what may be done again, such as a query. */
export function newJobId(action: string): string {
  return `medallion_${action}_${randomUUID().replaceAll("-", "")}`;
}

/**
 * Runs a job to its end, once. Whatever becomes of the answer, the id says whether BigQuery has the job; one that BigQuery
 * failed for a passing reason, or that failed when it was sent before, is run again under the next id: what failed has done
 * nothing. Gives the job when it is done. Throws the API's error.
 */
export async function runJob(
  client: BigQueryClient,
  id: string,
  submit: (id: string) => Promise<unknown>,
): Promise<Job> {
  if (client.plan !== undefined) throw new Error(`the job ${id} would have run in a dry run`);
  for (let attempt = 0; ; attempt++) {
    const job = client.api.job(attempt === 0 ? id : `${id}_${attempt}`, { location: client.location });
    let isNew = true;
    try {
      isNew = await submitOnce(job, submit);
      await untilDone(job);
      return job;
    } catch (error) {
      // Only BigQuery's own word that the job failed: one that was merely not heard of may have done its work.
      const again = error instanceof FailedJobError && (!isNew || bigQueryFault(error).transient);
      if (!again || attempt + 1 >= ATTEMPTS) throw error;
      await pause(attempt);
    }
  }
}

/** A job of SQL that gives no rows: what it changes, the whole text, and the statements of it that read anything. */
export interface StatementJob {
  readonly target: string;
  readonly query: string;
  readonly statements: readonly string[];
}

/** Runs SQL that changes something; in a dry run it is taken down with what it would read. */
export async function runStatements(client: BigQueryClient, id: string, job: StatementJob): Promise<void> {
  if (client.plan !== undefined) await planQueryJob(client, client.plan, job);
  else await runJob(client, id, (jobId) => client.api.createQueryJob({ query: job.query, jobId }));
}

/** Several statements as one job with one transaction. */
export function inTransaction(statements: readonly string[]): string {
  return `${["BEGIN TRANSACTION", ...statements, "COMMIT TRANSACTION"].join(";\n")};`;
}

/** Submits under one id until BigQuery has the job; false when it had it before. */
async function submitOnce(job: Job, submit: (id: string) => Promise<unknown>): Promise<boolean> {
  for (let attempt = 0; ; attempt++) {
    try {
      await submit(job.id ?? "");
      return true;
    } catch (error) {
      // The job is there: an earlier process sent it, or the answer was lost, or it is done and has failed.
      if (isConflict(error)) return false;
      if (await isThere(job)) return true;
      if (!bigQueryFault(error).transient || attempt + 1 >= ATTEMPTS) throw error;
      await pause(attempt);
    }
  }
}

async function isThere(job: Job): Promise<boolean> {
  try {
    await job.getMetadata();
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    // Nobody knows: what submitting broke with is what counts.
    if (bigQueryFault(error).transient) return false;
    throw error;
  }
}

async function untilDone(job: Job): Promise<void> {
  for (let wait = 50; ; wait = Math.min(wait * 2, POLL_MS)) {
    const { state, errorResult } = (await polled(job)).status ?? {};
    if (state === "DONE" && errorResult === undefined) return;
    if (state === "DONE") throw new FailedJobError(errorResult?.message ?? "the job failed", errorResult?.reason ?? "");
    await setTimeout(wait);
  }
}

/** What BigQuery says of a job that it has; where the line breaks for a while, the same job is asked for again. */
async function polled(job: Job): Promise<JobMetadata> {
  for (let attempt = 0; ; attempt++) {
    try {
      const [metadata] = (await job.getMetadata()) as [JobMetadata, unknown];
      return metadata;
    } catch (error) {
      if (!bigQueryFault(error).transient || attempt + 1 >= ATTEMPTS) throw error;
      await pause(attempt);
    }
  }
}

/** A job that ended with an error, in the form of the API's own errors. */
class FailedJobError extends Error {
  override readonly name = "FailedJobError" as const;
  readonly errors: readonly { readonly reason: string }[];
  constructor(message: string, reason: string) {
    super(message);
    this.errors = [{ reason }];
  }
}

/** Full jitter, so that runs that were refused together do not come back together. */
async function pause(attempt: number): Promise<void> {
  await setTimeout(Math.random() * Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS));
}

/** One page of a result as the API has it: cells are texts. */
export interface ResultPage {
  readonly fields: readonly TableField[];
  readonly rows: readonly { readonly f: readonly { readonly v: unknown }[] }[];
}

/** Runs a query and gives its result page by page; all pages are of one snapshot. */
export async function* queryPages(client: BigQueryClient, sql: string): AsyncGenerator<ResultPage> {
  const job = await runJob(client, newJobId("query"), (jobId) => client.api.createQueryJob({ query: sql, jobId }));
  let pageToken: string | undefined;
  do {
    const [rows, , response] = await job.getQueryResults({
      autoPaginate: false,
      skipParsing: true,
      maxResults: PAGE_ROWS,
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    yield { fields: response?.schema?.fields ?? [], rows };
    pageToken = response?.pageToken;
  } while (pageToken !== undefined);
}

/** What BigQuery would do with a statement, without doing it: its kind and its columns. Throws the API's error. */
export async function dryRun(
  client: BigQueryClient,
  sql: string,
): Promise<{ readonly statementType: string; readonly fields: readonly TableField[] }> {
  const [job] = await client.api.createQueryJob({ query: sql, dryRun: true });
  const { statementType, schema } = (job.metadata as JobMetadata).statistics?.query ?? {};
  return { statementType: statementType ?? "", fields: schema?.fields ?? [] };
}
