import type { Fetched } from "@junoplus/bronze-ingest/changelog-export";
import { type TableContract, tableContracts, timestampFromIso } from "@junoplus/contracts";
import type { ChangelogFlow, CheckResult } from "@junoplus/quality";
import type { Warehouse } from "@junoplus/warehouse";
import { changelogFlow } from "./change-flows";
import type { ChangelogSource } from "./changelog-source";
import { failureMessage } from "./failure-message";
import { type Reading, readingSinceLast } from "./last-run";
import { ledgerRows, type RunIdentity } from "./ledger";
import { emptiedState, leftState } from "./left-state";
import { neededSilverTables, REJECTION_TABLES, STATE_TABLES } from "./medallion-tables";
import type { PipelineJob } from "./pipeline-job";
import type { Progress } from "./progress";
import { type ReadOutcome, readChanges } from "./read-changes";
import { type RejectionCount, rejectionCounts } from "./rejection-counts";
import { publishWithHistory } from "./run-history";
import { RUN_MEANS, type RunMeans } from "./run-means";
import type { RunOptions } from "./run-options";
import { stageTables } from "./stage-tables";
import { auditStagedTables, type StagedTable } from "./staged-audit";
import { createStagingDirectory, removeStagingDirectory, shardsOf } from "./staging-directory";

/** What a run came to. */
export interface RunOutcome {
  readonly identity: RunIdentity;
  readonly published: boolean;
  readonly tables: readonly StagedTable[];
  readonly checks: readonly CheckResult[];
  /** Of all changes that were ever read. */
  readonly flows: readonly ChangelogFlow[];
  readonly rejections: readonly RejectionCount[];
  readonly reading: ReadingOutcome;
}

/** How much of the log a run read. */
export interface ReadingOutcome {
  /** The run that it went on from; null when it read the whole log. */
  readonly since: string | null;
  readonly changes: number;
  /** Bytes of the files that were read, of a compressed file its own. */
  readonly bytes: number;
  /** What BigQuery sent, where the log lies there. */
  readonly fetched: Fetched | null;
  /** Users all of whose rows were made anew; null when those of all users were. */
  readonly users: number | null;
  /** Bytes, as NDJSON, of states and rows that it looked up of the run that it went on from; null when it read the whole log. */
  readonly lookedUp: number | null;
  /** Why it did not go on from the last run, where that was asked for; null where not. */
  readonly because: string | null;
}

/** Where instants and identities come from: the machine, or a test's own. */
export interface RunClock {
  /** Canonical timestamp of now. */
  readonly now: () => string;
  readonly newRunId: () => string;
}

/**
 * One whole run: pipeline, staging, audit, publish, ledger. A run whose audit fails publishes nothing but its own history
 * (ledger, checks, rejected changes) and comes back with `published: false`. Any other fault throws, after what was staged
 * has been discarded and the ledger says that the run failed.
 */
export async function runMedallion(
  options: RunOptions,
  clock: RunClock,
  progress: Progress,
  means: RunMeans = RUN_MEANS,
): Promise<RunOutcome> {
  const silver = neededSilverTables(options.tables);
  const prefixes = silver.map(({ from }) => from.prefix);
  const identity = identityOf(options, clock);
  const { since, lookBackDays, full } = options;
  const opening = since === null ? {} : { lookBackDays, mayGoOn: !full };
  const source = await means.openSource(options, prefixes, identity.startedAt, opening);
  try {
    for (const prefix of source.missing) {
      progress.warn(`${options.source} holds no ${prefix}_raw_changelog file: no changes`);
    }
    return await runFrom({ options, identity, source, means }, clock, progress);
  } finally {
    await source.close();
  }
}

async function runFrom(job: Job, clock: RunClock, progress: Progress): Promise<RunOutcome> {
  const { options, identity, source, means } = job;
  const warehouse = await means.openWarehouse(options);
  try {
    // Held until the warehouse is closed. What another run has staged is thrown away below: so it must be dead.
    await warehouse.lock(identity.runId, (holder) =>
      progress.warn(`run ${holder} holds the warehouse: if it was killed, its lock ends within a minute`),
    );
    for (const abandoned of await warehouse.abandonedRuns()) {
      progress.warn(`run ${abandoned} was interrupted: what it staged is removed`);
      await warehouse.discard(abandoned);
    }
    const { since, full } = options;
    const reading: Reading =
      since === "last" && !full
        ? await readingSinceLast(warehouse, source)
        : { kind: "whole", fetch: await source.whole(), because: null };
    // Not before: who may not read the log has no tables made.
    await warehouse.ensure(tableContracts);
    return await runIn(warehouse, { ...job, reading }, clock, progress);
  } finally {
    await warehouse.close();
  }
}

interface Job {
  readonly options: RunOptions;
  readonly identity: RunIdentity;
  readonly source: ChangelogSource;
  readonly means: RunMeans;
}

/** A run that knows how much of the log it is to read. */
interface PlannedJob extends Job {
  readonly reading: Reading;
}

async function runIn(warehouse: Warehouse, job: PlannedJob, clock: RunClock, progress: Progress): Promise<RunOutcome> {
  const { options, identity, means } = job;
  const beside = means.stagingBeside(options);
  const directory = createStagingDirectory(beside, identity.runId);
  const pipeline = means.pipeline(options, progress);
  const interrupt = (): void => {
    void pipeline.cancel().finally(() => {
      // What lies in the store's own staging is found and removed by the next run.
      removeStagingDirectory(directory, beside);
      process.exit(130);
    });
  };
  process.once("SIGINT", interrupt);
  try {
    return await stageAuditPublish(warehouse, job, pipeline, directory, clock, progress);
  } catch (error) {
    // What the run broke with is what counts: a store that cannot even keep that is told, and does not take its place.
    await recordFailure(warehouse, job, directory, clock.now(), error).catch((second: unknown) =>
      progress.warn(`the ledger does not say that this run failed: ${failureMessage(second)}`),
    );
    throw error;
  } finally {
    process.removeListener("SIGINT", interrupt);
    removeStagingDirectory(directory, beside);
    progress.done();
  }
}

/** Discards what a broken run staged and writes into the ledger that it failed. */
async function recordFailure(
  warehouse: Warehouse,
  { options, identity }: Job,
  directory: string,
  checkedAt: string,
  error: unknown,
): Promise<void> {
  await warehouse.discard(identity.runId);
  const end = { finishedAt: checkedAt, failure: failureMessage(error), rows: {}, flows: [] };
  const ledger = ledgerRows(identity, plannedTables(options), end);
  const nothing = { checks: [], freshness: [], volumes: [], state: [] };
  await publishWithHistory(warehouse, [], { runId: identity.runId, checkedAt, directory, ledger, ...nothing });
}

async function stageAuditPublish(
  warehouse: Warehouse,
  { options, identity, source, reading: planned, means }: PlannedJob,
  pipeline: PipelineJob,
  directory: string,
  clock: RunClock,
  progress: Progress,
): Promise<RunOutcome> {
  const { runId, asOf, startedAt } = identity;
  // A state is kept for those who ask for it: it is as large as the documents.
  const keepsState = options.since !== null;
  const plan = { runId, asOf, startedAt, stagingDirectory: directory, tables: options.tables, keepsState };
  const outcome = await readChanges({ warehouse, plan, reading: planned, source: source.name, pipeline }, progress);
  const { reading, counters, rows, positions } = outcome;
  const flows = neededSilverTables(options.tables).map((table) => changelogFlow(table, counters));
  mustHaveReadAll(flows, rows);
  const inAll = reading.kind === "new" ? await means.flowsInAll(warehouse, reading.lastRun.run_id, flows) : flows;

  const tables = [...plannedTables(options), ...(keepsState ? STATE_TABLES : []), ...REJECTION_TABLES];
  const staged = await stageTables(warehouse, { runId, reading, directory, counters, tables }, progress);
  progress.stage("check", `${staged.length} tables`);
  const checkedAt = clock.now();
  const { allowEmpty } = options;
  const audit = await auditStagedTables(warehouse, { runId, staged, flows, flowsInAll: inAll, checkedAt, allowEmpty });
  const failures = means.blockingFailures(audit.checks);
  const published = failures.length === 0;

  progress.stage("publish", published ? `${staged.length} tables` : "the run's history only");
  const end = {
    finishedAt: checkedAt,
    failure: published ? null : `${failures.length} blocking checks failed: ${failureNames(failures)}`,
    rows: Object.fromEntries(staged.map(({ contract, rows }) => [contract.table, rows])),
    flows: inAll,
  };
  const ledger = ledgerRows(identity, plannedTables(options), end);
  const history = { runId, checkedAt, directory, ledger, checks: audit.checks };
  if (published) {
    const { freshness, volumes } = audit;
    const state = positions === null ? await emptiedState(warehouse) : leftState(identity, reading, positions);
    const parts = staged.map(({ part }) => part);
    await publishWithHistory(warehouse, parts, { ...history, freshness, volumes, state });
  } else {
    await stageOwnRejections(warehouse, runId, directory);
    await publishWithHistory(warehouse, REJECTION_TABLES, { ...history, freshness: [], volumes: [], state: [] });
  }
  // What is left are lists that only this run needed, and after a failure the tables.
  if (!published || reading.kind === "new") await warehouse.discard(runId);
  const rejections = await rejectionCounts(warehouse, runId);
  const read = readingOutcome(flows, outcome);
  return { identity, published, tables: staged, checks: audit.checks, flows: inAll, rejections, reading: read };
}

/** Stages what this run itself rejected, without what it would have mended in earlier runs' rows. */
async function stageOwnRejections(warehouse: Warehouse, runId: string, directory: string): Promise<void> {
  for (const contract of REJECTION_TABLES) {
    await warehouse.stage(runId, contract, shardsOf(directory, contract.table));
  }
}

function readingOutcome(
  flows: readonly ChangelogFlow[],
  { reading, files, fetched, users, lookedUp }: ReadOutcome,
): ReadingOutcome {
  return {
    since: reading.kind === "new" ? reading.lastRun.run_id : null,
    changes: flows.reduce((sum, { read }) => sum + read, 0),
    bytes: files.reduce((sum, { bytes, start = 0 }) => sum + bytes - start, 0),
    fetched,
    users,
    lookedUp,
    because: reading.kind === "whole" ? reading.because : null,
  };
}

/** What was fetched was read, to the last change. */
function mustHaveReadAll(flows: readonly ChangelogFlow[], rows: ReadonlyMap<string, number>): void {
  for (const { changelog, read } of flows) {
    const fetched = rows.get(changelog);
    if (fetched !== undefined && fetched !== read) {
      throw new Error(`${changelog}: ${fetched} changes were fetched, and ${read} were read`);
    }
  }
}

/** The silver and gold tables that a run writes. */
function plannedTables({ tables }: RunOptions): readonly TableContract[] {
  return tableContracts.filter(({ table }) => tables.has(table));
}

function failureNames(failures: readonly CheckResult[]): string {
  return failures.map(({ table, metric }) => `${table}.${metric}`).join(", ");
}

function identityOf(options: RunOptions, clock: RunClock): RunIdentity {
  return {
    runId: clock.newRunId(),
    startedAt: clock.now(),
    asOf: options.asOf,
    source: options.source,
    runner: options.runner,
  };
}

/** The machine's clock, and run ids that sort by time. */
export function systemClock(randomText: () => string): RunClock {
  const now = (): string => timestampFromIso(new Date().toISOString()) as string;
  return { now, newRunId: () => `${now().slice(0, 19).replace(/[-:T]/g, "")}-${randomText().slice(0, 8)}` };
}
