import type { TableContract } from "@junoplus/contracts";
import { type StoredTable, storedTable } from "./bigquery-catalog";
import { type BigQueryClient, bigQueryClient } from "./bigquery-client";
import { ensureDataset } from "./bigquery-datasets";
import { planQueryJob } from "./bigquery-dry-run";
import { ensureTables } from "./bigquery-ensure";
import { bigQueryFault } from "./bigquery-fault";
import { takeFence } from "./bigquery-fence";
import { dryRun, queryPages } from "./bigquery-jobs";
import { BigQueryLock } from "./bigquery-lock";
import { everyRow, expiredPartition, filteredColumn } from "./bigquery-partition";
import { bigQueryPlace } from "./bigquery-place";
import { NotStagedError, type Publication, publishStaged } from "./bigquery-publish";
import type { PolicyTags } from "./bigquery-schema";
import { columnList, emptyTable, literal, quoted, readOrder } from "./bigquery-sql";
import { dropStaged, stageTable, stagingRuns } from "./bigquery-staging";
import { pageRows } from "./bigquery-values";
import { type CallPlan, UNASKED_ROW } from "./call-plan";
import { DEFAULT_PREFIX, datasetName, stagingTable } from "./dataset-names";
import {
  IncompatibleTableError,
  MissingTableError,
  PublishError,
  QueryError,
  ReadOnlyWarehouseError,
  StageError,
  WarehouseAccessError,
  WarehouseBusyError,
  WarehouseOpenError,
} from "./errors";
import { publishedPart } from "./published-part";
import { UnreadableResultError } from "./result-values";
import { lookAtShards } from "./shard-fault";
import { describedTable } from "./table-facts";
import type { CatalogFacts, ExportedRows, PartOfTable, Row, Warehouse } from "./warehouse";
import { writeNdjson } from "./write-ndjson";

/** How a BigQuery warehouse is opened. */
export interface BigQueryOptions {
  /** Of all dataset names; `junoplus_analytics` unless told otherwise. */
  readonly prefix?: string;
  readonly readOnly?: boolean;
  /** An emulator's `http://HOST:PORT`; Google's own API, with the machine's default credentials, where it is left out. */
  readonly bigQueryEndpoint?: string;
  /** Policy tags of columns by classification; without them classifications are labels of tables, and guard nothing. */
  readonly policyTags?: PolicyTags;
  /** How long a run that is silent keeps its lock. */
  readonly leaseMs?: number;
  /** Makes it a dry run: what would be created, changed, loaded or asked is taken down here, and not done. */
  readonly plan?: CallPlan;
}

/**
 * Opens `bigquery:PROJECT[/LOCATION]`. No request is made before one is needed. Throws WarehouseUrlError, and
 * WarehouseOpenError where there are no credentials.
 */
export async function openBigQuery(url: string, options: BigQueryOptions = {}): Promise<Warehouse> {
  const client = bigQueryClient(bigQueryPlace(url), options.bigQueryEndpoint);
  // Otherwise the client asks without credentials, and what it is answered says nothing of them.
  if (options.bigQueryEndpoint === undefined) await mustHaveCredentials(url, client);
  const { plan } = options;
  return new BigQueryWarehouse(url, plan === undefined ? client : { ...client, plan }, options);
}

async function mustHaveCredentials(url: string, { api }: BigQueryClient): Promise<void> {
  try {
    await api.authClient.getClient();
  } catch (error) {
    const { fault, cure } = bigQueryFault(error);
    throw new WarehouseOpenError(url, fault, cure, { cause: error });
  }
}

/** Errors that are said already, and faults of the program. */
const OWN_ERRORS = [WarehouseOpenError, WarehouseBusyError, IncompatibleTableError, TypeError];

/** No other statement of BigQuery begins so; what has a semicolon may be several. The rest BigQuery is asked about first. */
const ONE_SELECT = /^\s*(SELECT|WITH)\b[^;]*$/i;

class BigQueryWarehouse implements Warehouse {
  private readonly prefix: string;
  private readonly staging: string;
  /** In a dry run: tables that would be there by now. */
  private readonly planned = new Set<string>();
  /** Columns by which tables were seen to demand a filter, though their contracts do not: by another hand, and read all the same. */
  private readonly filtered = new Map<string, string>();
  private held: BigQueryLock | null = null;
  private stagingIsThere: Promise<void> | null = null;

  constructor(
    readonly url: string,
    private readonly client: BigQueryClient,
    private readonly options: BigQueryOptions,
  ) {
    this.prefix = options.prefix ?? DEFAULT_PREFIX;
    this.staging = datasetName(this.prefix, "staging");
  }

  tableName(contract: TableContract): string {
    const name = this.bareName(contract);
    const column = filteredColumn(contract) ?? this.filtered.get(contract.table);
    return column === undefined ? name : everyRow(name, column);
  }

  private bareName({ dataset, table }: TableContract): string {
    return quoted(this.client.project, datasetName(this.prefix, dataset), table);
  }

  literal(text: string): string {
    return literal(text);
  }

  elements(array: string, element: string): string {
    return `UNNEST(${array}) AS ${element}`;
  }

  stagingName(contract: TableContract, runId: string): string {
    const name = quoted(this.client.project, this.staging, stagingTable(runId, contract));
    // A list of the run's own is published nowhere: its few rows are left out.
    const isPublished = this.planned.has(contract.table);
    this.client.plan?.standIn(name, isPublished ? this.tableName(contract) : `(${emptyTable(contract)})`);
    return name;
  }

  async lock(runId: string, waiting?: (holder: string) => void): Promise<void> {
    this.mustWrite("lock");
    await this.reached("lock", async () => {
      await this.stagingDataset();
      const { leaseMs } = this.options;
      this.held = await BigQueryLock.acquire(this.client, {
        url: this.url,
        dataset: this.staging,
        runId,
        ...(waiting === undefined ? {} : { waiting }),
        ...(leaseMs === undefined ? {} : { leaseMs }),
      });
      await takeFence(this.client, this.staging, runId);
    });
  }

  async ensure(contracts: readonly TableContract[]): Promise<void> {
    this.mustWrite("ensure");
    const { client, url, prefix } = this;
    const policyTags = this.options.policyTags ?? {};
    const tableName = (contract: TableContract): string => this.bareName(contract);
    const source = (contract: TableContract): string => this.tableName(contract);
    const place = { client, url, prefix, policyTags, tableName, source };
    await this.reached("ensure", () => ensureTables(place, contracts));
    if (client.plan !== undefined) for (const { table } of contracts) this.planned.add(table);
  }

  async stage(runId: string, contract: TableContract, shards: readonly string[]): Promise<number> {
    this.mustWrite("stage");
    const table = this.bareName(contract);
    if (contract.kind === "view") throw new StageError(table, "it is a view and holds no rows");
    // BigQuery takes "8" for 8, rounds, and names no line: what is sent has been looked at.
    const { rows, fault: found } = await lookAtShards(contract, shards, expiredPartition(contract, new Date()));
    if (found !== null) throw new StageError(table, found.fault, found.file, found.line);
    try {
      await this.stagingDataset();
      return await stageTable(this.client, this.staging, runId, contract, { shards, rows });
    } catch (error) {
      if (error instanceof WarehouseOpenError) throw error;
      const { fault, cure } = bigQueryFault(error);
      throw new StageError(table, fault, null, null, cure);
    }
  }

  async publish(runId: string, tables: readonly (TableContract | PartOfTable)[]): Promise<void> {
    this.mustWrite("publish");
    const parts = tables.map(publishedPart);
    const contracts = parts.map(({ contract }) => contract);
    const publication: Publication = {
      runId,
      parts,
      staging: this.staging,
      tableName: (contract) => this.bareName(contract),
      stagingName: (contract) => this.stagingName(contract, runId),
    };
    if (this.held !== null && !this.held.isHeld()) {
      const fault = "its lock ran out, so another run may be at work (did the machine sleep?)";
      throw new PublishError(runId, this.tableNames(contracts), fault, "Run again.");
    }
    try {
      if (this.held === null) {
        await this.stagingDataset();
        await takeFence(this.client, this.staging, runId);
      }
      await publishStaged(this.client, publication);
    } catch (error) {
      if (error instanceof NotStagedError) {
        const cure = "Stage each of them first; without shards it will be empty.";
        throw new PublishError(runId, this.tableNames(error.contracts), "the run has not staged it", cure);
      }
      const { fault, cure } = bigQueryFault(error);
      const kept = `${cure} The staged rows are kept.`;
      throw new PublishError(runId, this.tableNames(contracts), fault, kept);
    }
  }

  async discard(runId: string): Promise<void> {
    this.mustWrite("discard");
    await this.reached("discard", () => dropStaged(this.client, this.staging, runId));
  }

  async abandonedRuns(): Promise<readonly string[]> {
    return this.reached("list staging tables", () => stagingRuns(this.client, this.staging));
  }

  async query(sql: string): Promise<readonly Row[]> {
    const { plan } = this.client;
    if (plan !== undefined) {
      await this.reached("query", () => planQueryJob(this.client, plan, { target: "", query: sql, statements: [sql] }));
      return [UNASKED_ROW];
    }
    if (!ONE_SELECT.test(sql)) await this.mustBeOneSelect(sql);
    const found: Row[] = [];
    for await (const row of this.select(sql)) found.push(row);
    return found;
  }

  async export(sql: string, path: string): Promise<ExportedRows> {
    const { plan } = this.client;
    if (plan !== undefined) {
      await this.reached("query", () => planQueryJob(this.client, plan, { target: "", query: sql, statements: [sql] }));
      return { rows: 0, bytes: 0 };
    }
    return writeNdjson(path, this.select(sql));
  }

  async *read(contract: TableContract): AsyncGenerator<Row> {
    await this.stored(contract);
    const columns = columnList(contract.columns);
    const sql = `SELECT ${columns} FROM ${this.tableName(contract)} ${readOrder(contract)}`;
    const { plan, ...client } = this.client;
    if (plan !== undefined) {
      const job = { target: "", query: sql, statements: [sql], isAsked: true };
      await this.reached("query", () => planQueryJob(this.client, plan, job));
    }
    yield* this.select(sql, client);
  }

  async exists(contract: TableContract): Promise<boolean> {
    return this.planned.has(contract.table) || (await this.storedOrNull(contract)) !== null;
  }

  async describe(contract: TableContract): Promise<CatalogFacts> {
    const stored = await this.stored(contract);
    const described = describedTable(stored.description);
    if (described === null) {
      const faults = ["it carries no contract: another program made it, or changed its description"];
      throw new IncompatibleTableError(this.url, [{ table: this.bareName(contract), faults }]);
    }
    const { version, key, cluster } = described.facts;
    return {
      version,
      description: described.description,
      key,
      partition: stored.partition,
      partitionOptions: {
        requireFilter: stored.requirePartitionFilter,
        expirationDays: stored.partitionExpirationDays,
      },
      cluster: stored.kind === "view" ? cluster : stored.cluster,
      labels: stored.labels,
      columns: stored.columns,
    };
  }

  async close(): Promise<void> {
    const { held } = this;
    this.held = null;
    // Nothing is lost where this fails: the lock ends with its lease, and the next run waits for that.
    await held?.release().catch(() => {});
  }

  /** Looked for once: every call is a request, and some are counted against a quota. */
  private stagingDataset(): Promise<void> {
    this.stagingIsThere ??= ensureDataset(this.client, this.url, this.prefix, "staging").catch((error: unknown) => {
      this.stagingIsThere = null;
      throw error;
    });
    return this.stagingIsThere;
  }

  private async mustBeOneSelect(sql: string): Promise<void> {
    try {
      const { statementType } = await dryRun(this.client, sql);
      if (statementType === "SCRIPT") throw new UnreadableResultError("one query at a time");
      if (statementType !== "SELECT") {
        throw new UnreadableResultError("only SELECT is run here: tables change by stage and publish");
      }
    } catch (error) {
      throw this.queryError(sql, error);
    }
  }

  private async *select(sql: string, client = this.client): AsyncGenerator<Row> {
    try {
      for await (const page of queryPages(client, sql)) yield* pageRows(page);
    } catch (error) {
      throw this.queryError(sql, error);
    }
  }

  private queryError(sql: string, error: unknown): QueryError | WarehouseAccessError {
    if (error instanceof UnreadableResultError) return new QueryError(sql, error.message);
    const { kind, fault, cure } = bigQueryFault(error);
    const twice = /Duplicate column names.*Found duplicate\(s\): (\w+)/.exec(fault)?.[1];
    if (twice !== undefined) return new QueryError(sql, `two columns are named ${twice}: name one of them otherwise`);
    if (kind === "other" || kind === "not_found" || kind === "schema") return new QueryError(sql, fault);
    return new WarehouseAccessError(this.url, "query", kind, fault, cure);
  }

  private async storedOrNull({ dataset: layer, table }: TableContract): Promise<StoredTable | null> {
    const dataset = datasetName(this.prefix, layer);
    const stored = await this.reached(`look up ${table}`, () => storedTable(this.client, dataset, table));
    if (stored?.requirePartitionFilter === true && stored.partition !== null) {
      this.filtered.set(table, stored.partition.column);
    }
    return stored;
  }

  private async stored(contract: TableContract): Promise<StoredTable> {
    const stored = await this.storedOrNull(contract);
    if (stored === null) throw new MissingTableError(this.url, this.bareName(contract));
    return stored;
  }

  private tableNames(contracts: readonly TableContract[]): readonly string[] {
    return contracts.map((contract) => this.bareName(contract));
  }

  private mustWrite(action: string): void {
    if (this.options.readOnly) throw new ReadOnlyWarehouseError(this.url, action);
  }

  /** What BigQuery refuses, in words; errors of our own pass as they are. */
  private async reached<T>(action: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (OWN_ERRORS.some((kind) => error instanceof kind)) throw error;
      const { kind, fault, cure } = bigQueryFault(error);
      throw new WarehouseAccessError(this.url, action, kind, fault, cure, { cause: error });
    }
  }
}
