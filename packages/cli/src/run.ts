import { writtenCounter } from "@junoplus/beam-runtime";
import { type TableContract, tableContracts, timestampFromIso } from "@junoplus/contracts";
import type { ChangelogFlow, CheckResult } from "@junoplus/quality";
import type { Warehouse } from "@junoplus/warehouse";
import { changelogFlow } from "./change-flows";
import type { ChangelogSource } from "./changelog-source";
import { failureMessage } from "./failure-message";
import { ledgerRows, type RunIdentity } from "./ledger";
import { medallion, neededSilverTables, REJECTION_TABLES } from "./medallion-pipeline";
import type { PipelineJob } from "./pipeline-job";
import type { Progress } from "./progress";
import { type RejectionCount, rejectionCounts } from "./rejection-counts";
import { publishWithHistory } from "./run-history";
import { RUN_MEANS, type RunMeans } from "./run-means";
import type { RunOptions } from "./run-options";
import { auditStagedTables, type StagedTable } from "./staged-audit";
import { createStagingDirectory, removeStagingDirectory, shardsOf } from "./staging-directory";

/** What a run came to. */
export interface RunOutcome {
  readonly identity: RunIdentity;
  readonly published: boolean;
  readonly tables: readonly StagedTable[];
  readonly checks: readonly CheckResult[];
  readonly flows: readonly ChangelogFlow[];
  readonly rejections: readonly RejectionCount[];
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
  const source = await means.openSource(options, prefixes, identity.startedAt);
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
  const { options, identity, means } = job;
  const warehouse = await means.openWarehouse(options);
  try {
    // Held until the warehouse is closed. What another run has staged is thrown away below: so it must be dead.
    await warehouse.lock(identity.runId, (holder) =>
      progress.warn(`run ${holder} holds the warehouse: if it was killed, its lock ends within a minute`),
    );
    await warehouse.ensure(tableContracts);
    for (const abandoned of await warehouse.abandonedRuns()) {
      progress.warn(`run ${abandoned} was interrupted: what it staged is removed`);
      await warehouse.discard(abandoned);
    }
    return await runIn(warehouse, job, clock, progress);
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

async function runIn(warehouse: Warehouse, job: Job, clock: RunClock, progress: Progress): Promise<RunOutcome> {
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
  const nothing = { checks: [], freshness: [], volumes: [] };
  await publishWithHistory(warehouse, [], { runId: identity.runId, checkedAt, directory, ledger, ...nothing });
}

async function stageAuditPublish(
  warehouse: Warehouse,
  { options, identity, source, means }: Job,
  pipeline: PipelineJob,
  directory: string,
  clock: RunClock,
  progress: Progress,
): Promise<RunOutcome> {
  const { runId, startedAt, asOf } = identity;
  const silver = neededSilverTables(options.tables);
  const { files, rows } = await source.files(directory, progress);
  progress.stage("read", `${files.length} files of ${options.source}`);
  const plan = { runId, asOf, startedAt, files, stagingDirectory: directory, tables: options.tables };
  const counters = await pipeline.run(medallion(plan));
  const flows = silver.map((table) => changelogFlow(table, counters));
  mustHaveReadAll(flows, rows);

  const staged: StagedTable[] = [];
  for (const contract of [...plannedTables(options), ...REJECTION_TABLES]) {
    progress.stage("load", contract.table);
    const rows = await warehouse.stage(runId, contract, shardsOf(directory, contract.table));
    staged.push({ contract, rows, written: counters[writtenCounter(contract.table)] ?? 0 });
  }
  progress.stage("check", `${staged.length} tables`);
  const checkedAt = clock.now();
  const audit = await auditStagedTables(warehouse, { runId, staged, flows, checkedAt, allowEmpty: options.allowEmpty });
  const failures = means.blockingFailures(audit.checks);
  const published = failures.length === 0;

  progress.stage("publish", published ? `${staged.length} tables` : "the run's history only");
  const end = {
    finishedAt: checkedAt,
    failure: published ? null : `${failures.length} blocking checks failed: ${failureNames(failures)}`,
    rows: Object.fromEntries(staged.map(({ contract, rows }) => [contract.table, rows])),
    flows,
  };
  const ledger = ledgerRows(identity, plannedTables(options), end);
  const { checks } = audit;
  const seen = published ? audit : { freshness: [], volumes: [] };
  await publishWithHistory(warehouse, published ? staged.map(({ contract }) => contract) : REJECTION_TABLES, {
    runId,
    checkedAt,
    directory,
    ledger,
    checks,
    freshness: seen.freshness,
    volumes: seen.volumes,
  });
  if (!published) await warehouse.discard(runId);
  const rejections = await rejectionCounts(warehouse, runId);
  return { identity, published, tables: staged, checks, flows, rejections };
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
