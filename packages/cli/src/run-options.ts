import type { WorkerEnvironment } from "@junoplus/beam-runtime";
import { changelogDataset } from "@junoplus/bronze-ingest/changelog-tables";
import { BY_SENSITIVITY, tableContracts, timestampFromIso } from "@junoplus/contracts";
import type { PolicyTags } from "@junoplus/warehouse";
import type { SourceOptions } from "./changelog-source";
import { type DryRunArguments, type DryRunOptions, dryRunOptions } from "./dry-run-options";
import type { StoreOptions } from "./open-store";
import { OptionsError } from "./options-error";

/** Names of the tables that a run builds. */
export const BUILT_TABLES: readonly string[] = tableContracts
  .filter(({ layer }) => layer === "silver" || layer === "gold")
  .map(({ table }) => table);

/** Dataset prefix where none is given. */
export const DEFAULT_PREFIX = "junoplus_analytics";

/** Where a pipeline runs: in this process, on Prism, Beam's portable local runner, or on any runner with a Beam job service. */
export type RunnerName = "direct" | "prism" | "portable";

/** What `medallion run` does, checked. */
export interface RunOptions extends StoreOptions, SourceOptions {
  /** Canonical timestamp that dates processed_at and ages. */
  readonly asOf: string;
  readonly tables: ReadonlySet<string>;
  /** Policy tags of BigQuery columns, by classification. */
  readonly policyTags: PolicyTags;
  readonly runner: RunnerName;
  /** host:port of the job service, where the runner is `portable`. */
  readonly endpoint: string | undefined;
  /** How that runner comes by its workers; absent: this process starts them. */
  readonly environment: WorkerEnvironment | undefined;
  /** Processes of a worker that this process starts. */
  readonly processes: number;
  /** The run that is gone on from, with a state left to the next one; null: the whole log is read, and no state is left. */
  readonly since: "last" | null;
  /** How many days before the newest change of a table in BigQuery a later run looks for late ones. */
  readonly lookBackDays: number;
  /** Read the whole log, whatever a run could go on from. */
  readonly full: boolean;
  /** Publish even where a table that has rows would become empty. */
  readonly allowEmpty: boolean;
  readonly log: "text" | "json";
  /** Null for a run that is to happen. */
  readonly dryRun: DryRunOptions | null;
}

/** Options as they stand on the command line. */
export interface RunArguments extends DryRunArguments {
  readonly source?: string;
  readonly warehouse?: string;
  readonly prefix?: string;
  readonly bigQueryEndpoint?: string | undefined;
  readonly bigQueryStorageEndpoint?: string | undefined;
  readonly asOf?: string;
  readonly tables?: string;
  readonly runner?: string;
  readonly endpoint?: string;
  readonly environment?: string;
  readonly processes?: string;
  readonly policyTags?: string;
  readonly since?: string;
  readonly lookback?: string;
  readonly full?: boolean;
  readonly allowEmpty?: boolean;
  readonly log?: string;
}

/** Checks the arguments of a run. `now` (canonical) is the as-of instant where none is given. Throws OptionsError with every fault. */
export function runOptions(given: RunArguments, now: string): RunOptions {
  const faults: string[] = [];
  const asOf = given.asOf === undefined ? now : timestampFromIso(given.asOf);
  if (asOf === null)
    faults.push(`--as-of ${given.asOf}: is no instant; write for example 2025-01-01 or 2025-01-01T06:00:00Z`);
  const options = {
    source: changelogSource(given, faults),
    warehouse: warehouseUrl(given.warehouse, faults),
    prefix: datasetPrefix(given.prefix, faults),
    ...(given.bigQueryEndpoint && { bigQueryEndpoint: given.bigQueryEndpoint }),
    ...(given.bigQueryStorageEndpoint && { bigQueryStorageEndpoint: given.bigQueryStorageEndpoint }),
    asOf: asOf ?? now,
    tables: tableNames(given.tables, faults),
    policyTags: policyTags(given.policyTags, faults),
    ...pipelineRunnerOptions(given, faults),
    since: sinceRun(given, faults),
    lookBackDays: lookBackDays(given, faults),
    full: given.full === true,
    allowEmpty: given.allowEmpty === true,
    log: logFormat(given.log, faults),
    dryRun: dryRunOptions(given, faults),
  };
  if (faults.length > 0) throw new OptionsError(faults);
  return Object.freeze(options);
}

/** The source of a command, checked: a directory, or `bigquery:` and a dataset. An emulator must have both of BigQuery's APIs. */
export function changelogSource(
  { source = "", bigQueryEndpoint = "", bigQueryStorageEndpoint = "" }: RunArguments,
  faults: string[],
): string {
  if (source === "") {
    faults.push(
      "--source is missing: name the change logs, for example --source changelog/ or --source bigquery:project.dataset",
    );
  } else if (source.startsWith("bigquery:")) {
    if (changelogDataset(source) === null) {
      faults.push(
        `--source ${source}: is no dataset; write bigquery:project.dataset or bigquery:project.dataset/location`,
      );
    }
    if ((bigQueryEndpoint === "") !== (bigQueryStorageEndpoint === "")) {
      faults.push(
        `--source ${source}: an emulator has two addresses: set both BIGQUERY_EMULATOR_HOST and BIGQUERY_STORAGE_EMULATOR_HOST, or neither`,
      );
    }
  } else if (source.includes(":")) {
    faults.push(`--source ${source}: is neither a directory nor bigquery:project.dataset`);
  }
  return source;
}

/** The warehouse of a command, checked: `duckdb:` and a path, or `bigquery:` and a project. */
export function warehouseUrl(given: string | undefined, faults: string[]): string {
  if (given === undefined || given === "") {
    faults.push("--warehouse is missing: name the store, for example --warehouse duckdb:medallion.duckdb");
  } else if (!/^(duckdb|bigquery):./.test(given)) {
    faults.push(
      `--warehouse ${given}: is no known store; write duckdb: and a path, for example duckdb:medallion.duckdb, or bigquery:project/location`,
    );
  }
  return given ?? "";
}

/** The prefix of the datasets, checked: it becomes part of names in SQL. */
export function datasetPrefix(given: string | undefined, faults: string[]): string {
  const prefix = given ?? DEFAULT_PREFIX;
  if (!/^[a-z][a-z0-9_]*$/.test(prefix)) {
    faults.push(`--prefix ${prefix}: write lower-case letters, digits and _, beginning with a letter`);
  }
  return prefix;
}

function tableNames(given: string | undefined, faults: string[]): ReadonlySet<string> {
  if (given === undefined) return new Set(BUILT_TABLES);
  const names = given
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const unknown = names.filter((name) => !BUILT_TABLES.includes(name));
  if (names.length === 0) faults.push(`--tables is empty; choose from ${BUILT_TABLES.join(", ")}`);
  for (const name of unknown) {
    const elsewhere = tableContracts.some(({ table }) => table === name);
    faults.push(
      elsewhere
        ? `--tables ${name}: is written by every run of itself; choose from ${BUILT_TABLES.join(", ")}`
        : `--tables ${name}: is no table; choose from ${BUILT_TABLES.join(", ")}`,
    );
  }
  return new Set(names);
}

function pipelineRunnerOptions(
  { runner: name, endpoint, environment, processes = "1" }: RunArguments,
  faults: string[],
): Pick<RunOptions, "runner" | "endpoint" | "environment" | "processes"> {
  const runner = runnerName(name, faults);
  if (!/^[1-9]\d?$/.test(processes)) faults.push(`--processes ${processes}: write a whole number from 1 to 99`);
  else if (processes !== "1" && (runner === "direct" || environment !== undefined)) {
    faults.push(`--processes ${processes}: belongs to --runner prism, or portable without --environment`);
  }
  if (runner !== "portable") {
    for (const [option, value] of Object.entries({ endpoint, environment })) {
      if (value !== undefined) faults.push(`--${option} ${value}: belongs to --runner portable`);
    }
  } else if (endpoint === undefined || !isAddress(endpoint)) {
    faults.push(
      `${endpoint === undefined ? "--endpoint is missing" : `--endpoint ${endpoint}`}: name the runner's job service as host:port, for example --endpoint localhost:8073`,
    );
  }
  return { runner, endpoint, environment: workerEnvironment(environment, faults), processes: Number(processes) };
}

const CLASSIFICATIONS: readonly string[] = BY_SENSITIVITY.toReversed();

function policyTags(given: string | undefined, faults: string[]): PolicyTags {
  const pairs = (given ?? "").split(",").flatMap((pair) => (pair.trim() === "" ? [] : [pair.trim()]));
  const tags = pairs.map((pair) => {
    const [classification = "", tag = ""] = pair.split("=");
    if (!CLASSIFICATIONS.includes(classification)) {
      faults.push(`--policy-tags ${pair}: write CLASSIFICATION=TAG; classifications are ${CLASSIFICATIONS.join(", ")}`);
    } else if (!/^projects\/[^/]+\/locations\/[^/]+\/taxonomies\/\d+\/policyTags\/\d+$/.test(tag)) {
      faults.push(`--policy-tags ${pair}: a tag is projects/P/locations/L/taxonomies/NUMBER/policyTags/NUMBER`);
    }
    return [classification, tag] as const;
  });
  return Object.fromEntries(tags);
}

function runnerName(given: string | undefined, faults: string[]): RunnerName {
  if (given === undefined || given === "direct" || given === "prism" || given === "portable") return given ?? "direct";
  faults.push(`--runner ${given}: write direct, prism or portable`);
  return "direct";
}

function sinceRun({ since, tables }: RunArguments, faults: string[]): "last" | null {
  if (since === undefined) return null;
  if (since !== "last") faults.push(`--since ${since}: write last`);
  if (tables !== undefined) {
    faults.push("--since and --tables: choose one; a run that goes on from another keeps all tables in step");
  }
  return "last";
}

/** Beyond what the extension's own deliveries may be late by, and a weekend on which nobody looks after one that stands still. */
const LOOK_BACK_DAYS = "3";

function lookBackDays({ lookback = LOOK_BACK_DAYS, since, source = "" }: RunArguments, faults: string[]): number {
  if (!/^\d{1,4}$/.test(lookback)) faults.push(`--lookback ${lookback}: write days, a whole number from 0 to 9999`);
  else if (lookback !== LOOK_BACK_DAYS && (since === undefined || !source.startsWith("bigquery:"))) {
    faults.push(`--lookback ${lookback}: belongs to --since last with a source in BigQuery`);
  }
  return Number(lookback);
}

/** `process:<command>`, `external:<host:port>` or `docker:<image>`. */
function workerEnvironment(given: string | undefined, faults: string[]): WorkerEnvironment | undefined {
  if (given === undefined) return undefined;
  const [, kind, what = ""] = /^([a-z]+):(.+)$/.exec(given) ?? [];
  if (kind === "process") return { kind, command: what };
  if (kind === "external" && isAddress(what)) return { kind, address: what };
  if (kind === "docker") return { kind, image: what };
  faults.push(
    `--environment ${given}: write process:<command>, external:<host:port> of a worker pool, or docker:<image>`,
  );
  return undefined;
}

function isAddress(text: string): boolean {
  return /^([^\s/:]+|\[[0-9a-f:]+\]):\d{1,5}$/i.test(text);
}

function logFormat(given: string | undefined, faults: string[]): "text" | "json" {
  if (given === undefined || given === "text" || given === "json") return given ?? "text";
  faults.push(`--log ${given}: write text or json`);
  return "text";
}
