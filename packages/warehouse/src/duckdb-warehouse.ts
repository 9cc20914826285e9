import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { TableContract } from "@junoplus/contracts";
import { DEFAULT_PREFIX, datasetName, stagingTable } from "./dataset-names";
import { type StoredTable, StoredTables } from "./duckdb-catalog";
import { ensureTables } from "./duckdb-ensure";
import { exportRows } from "./duckdb-export";
import { duckDbFault, duckDbMessage } from "./duckdb-fault";
import { type DuckDbOpening, openInstance } from "./duckdb-open";
import { readOrder } from "./duckdb-order";
import { selectedRows } from "./duckdb-query";
import { columnList, contractTypeOf, literal, quoted } from "./duckdb-sql";
import { publishTable, stagedTables, stageTable } from "./duckdb-staging";
import {
  IncompatibleTableError,
  MissingTableError,
  PublishError,
  QueryError,
  ReadOnlyWarehouseError,
  StageError,
  WarehouseUrlError,
} from "./errors";
import { listsOf, type PublishedPart, publishedPart } from "./published-part";
import { lookAtShards } from "./shard-fault";
import { describedTable } from "./table-facts";
import type { CatalogFacts, ExportedRows, PartOfTable, Row, Warehouse } from "./warehouse";

/** How a DuckDB warehouse is opened. */
export interface DuckDbOptions extends DuckDbOpening {
  /** Of all dataset names; `junoplus_analytics` unless told otherwise. */
  readonly prefix?: string;
}

/** Opens `duckdb:FILE` or `duckdb::memory:`. */
export async function openDuckDb(url: string, options: DuckDbOptions = {}): Promise<Warehouse> {
  return new DuckDbWarehouse(url, await openInstance(url, duckDbPath(url), options), options);
}

/** The file that a URL names, or `:memory:`. Throws WarehouseUrlError. */
export function duckDbPath(url: string): string {
  const path = /^duckdb:(.+)$/s.exec(url)?.[1];
  if (path === undefined) throw new WarehouseUrlError(url, "it names no DuckDB file");
  return path;
}

/** Every call has a connection of its own: a reader sees one state of the data, whatever is published meanwhile. */
export class DuckDbWarehouse implements Warehouse {
  private readonly prefix: string;
  private readonly readOnly: boolean;
  private readonly staging: string;
  private stagingIsThere: Promise<void> | null = null;
  private closed = false;

  constructor(
    readonly url: string,
    private readonly instance: DuckDBInstance,
    options: DuckDbOptions,
  ) {
    this.prefix = options.prefix ?? DEFAULT_PREFIX;
    this.readOnly = options.readOnly ?? false;
    this.staging = datasetName(this.prefix, "staging");
  }

  tableName(contract: TableContract): string {
    return `${quoted(datasetName(this.prefix, contract.dataset))}.${quoted(contract.table)}`;
  }

  literal(text: string): string {
    return literal(text);
  }

  elements(array: string, element: string): string {
    return `UNNEST(${array}) AS of_${element}(${element})`;
  }

  stagingName(contract: TableContract, runId: string): string {
    return `${quoted(this.staging)}.${quoted(stagingTable(runId, contract))}`;
  }

  /** The open file is the lock: no other process can open it, and a process that dies lets go of it. */
  async lock(): Promise<void> {
    this.mustWrite("lock");
  }

  async ensure(contracts: readonly TableContract[]): Promise<void> {
    this.mustWrite("ensure");
    const place = { url: this.url, prefix: this.prefix, tableName: (table: TableContract) => this.tableName(table) };
    await this.transaction((connection) => ensureTables(connection, place, contracts));
  }

  async stage(runId: string, contract: TableContract, shards: readonly string[]): Promise<number> {
    this.mustWrite("stage");
    const table = this.tableName(contract);
    if (contract.kind === "view") throw new StageError(table, "it is a view and holds no rows");
    const staging = this.stagingName(contract, runId);
    try {
      await this.stagingSchema();
      return await this.transaction((connection) => stageTable(connection, staging, runId, contract, shards));
    } catch (error) {
      // DuckDB's own text quotes values, and its line numbers are approximate.
      const { fault } = await lookAtShards(contract, shards);
      throw new StageError(table, fault?.fault ?? duckDbFault(error), fault?.file, fault?.line);
    }
  }

  async publish(runId: string, tables: readonly (TableContract | PartOfTable)[]): Promise<void> {
    this.mustWrite("publish");
    const parts = tables.map(publishedPart);
    const contracts = parts.map(({ contract }) => contract);
    const lists = listsOf(parts);
    try {
      await this.checkpointingTransaction(async (connection) => {
        const staged = await stagedTables(connection, this.staging);
        const names = new Set(staged.filter((table) => table.runId === runId).map(({ name }) => name));
        const missing = [...contracts, ...lists].filter((contract) => !names.has(stagingTable(runId, contract)));
        if (missing.length > 0) {
          const cure = "Stage each of them first; without shards it will be empty.";
          throw new PublishError(runId, this.tableNames(missing), "the run has not staged it", cure);
        }
        for (const part of parts) await this.publishTable(connection, runId, part);
        for (const list of lists) await connection.run(`DROP TABLE ${this.stagingName(list, runId)}`);
      });
    } catch (error) {
      if (error instanceof PublishError) throw error;
      throw new PublishError(
        runId,
        this.tableNames(contracts),
        duckDbFault(error),
        "The staged rows are kept: run again.",
      );
    }
    // Nothing is left to do where the commit could; a reader keeps it from that.
    await this.connected(checkpoint);
  }

  async discard(runId: string): Promise<void> {
    this.mustWrite("discard");
    await this.transaction(async (connection) => {
      for (const { name, runId: owner } of await stagedTables(connection, this.staging)) {
        if (owner === runId) await connection.run(`DROP TABLE ${quoted(this.staging)}.${quoted(name)}`);
      }
    });
    await this.connected(checkpoint);
  }

  async abandonedRuns(): Promise<readonly string[]> {
    const staged = await this.connected((connection) => stagedTables(connection, this.staging));
    return [...new Set(staged.map(({ runId }) => runId))].sort();
  }

  async query(sql: string): Promise<readonly Row[]> {
    const found: Row[] = [];
    for await (const row of this.select(sql)) found.push(row);
    return found;
  }

  async export(sql: string, path: string): Promise<ExportedRows> {
    return this.connected(async (connection) => {
      try {
        return await exportRows(connection, sql, path);
      } catch (error) {
        throw new QueryError(sql, duckDbMessage(error));
      }
    });
  }

  async *read(contract: TableContract): AsyncGenerator<Row> {
    await this.stored(contract);
    yield* this.select(
      `SELECT ${columnList(contract.columns)} FROM ${this.tableName(contract)} ${readOrder(contract)}`,
    );
  }

  async exists(contract: TableContract): Promise<boolean> {
    return (await this.storedOrNull(contract)) !== null;
  }

  async describe(contract: TableContract): Promise<CatalogFacts> {
    const { comment, columns } = await this.stored(contract);
    const described = describedTable(comment);
    if (described === null) {
      const faults = ["it carries no contract: another program made it, or changed its comment"];
      throw new IncompatibleTableError(this.url, [{ table: this.tableName(contract), faults }]);
    }
    const { version, key, partition, cluster } = described.facts;
    return {
      version,
      description: described.description,
      key,
      partition,
      partitionOptions: null,
      cluster,
      labels: null,
      columns: columns.map(({ name, type, nullable, comment: description }) => ({
        name,
        type: contractTypeOf(type),
        nullable,
        description: description ?? "",
      })),
    };
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.instance.closeSync();
  }

  private async *select(sql: string): AsyncGenerator<Row> {
    const connection = await this.instance.connect();
    try {
      yield* selectedRows(connection, sql);
    } catch (error) {
      throw new QueryError(sql, duckDbMessage(error));
    } finally {
      connection.closeSync();
    }
  }

  private async publishTable(connection: DuckDBConnection, runId: string, part: PublishedPart): Promise<void> {
    const { contract, columns, valuesIn } = part;
    const table = this.tableName(contract);
    const replaced = valuesIn === null ? null : { columns, values: this.stagingName(valuesIn, runId) };
    try {
      await publishTable(connection, { table, staging: this.stagingName(contract, runId), replaced }, contract);
    } catch (error) {
      const cure = "The staged rows are kept; a table that is missing or older than its contract needs ensure first.";
      throw new PublishError(runId, [table], duckDbFault(error), cure);
    }
  }

  private storedOrNull(contract: TableContract): Promise<StoredTable | null> {
    const schema = datasetName(this.prefix, contract.dataset);
    return this.connected(async (connection) =>
      (await StoredTables.read(connection, [schema])).find(schema, contract.table),
    );
  }

  private async stored(contract: TableContract): Promise<StoredTable> {
    const stored = await this.storedOrNull(contract);
    if (stored === null) throw new MissingTableError(this.url, this.tableName(contract));
    return stored;
  }

  private tableNames(contracts: readonly TableContract[]): readonly string[] {
    return contracts.map((contract) => this.tableName(contract));
  }

  /** Made once: a run stages some thirty tables. */
  private stagingSchema(): Promise<void> {
    this.stagingIsThere ??= this.connected(async (connection) => {
      await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoted(this.staging)}`);
    }).catch((error: unknown) => {
      this.stagingIsThere = null;
      throw error;
    });
    return this.stagingIsThere;
  }

  private mustWrite(action: string): void {
    if (this.readOnly) throw new ReadOnlyWarehouseError(this.url, action);
  }

  private async connected<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.instance.connect();
    try {
      return await use(connection);
    } finally {
      // A transaction that is still open ends here, undone.
      connection.closeSync();
    }
  }

  /** A transaction whose commit writes rows into the file, and not into the log first: they are written once. */
  private async checkpointingTransaction<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    await this.connected((connection) => connection.run("SET GLOBAL checkpoint_threshold = '1KB'"));
    try {
      return await this.transaction(work);
    } finally {
      await this.connected((connection) => connection.run("RESET GLOBAL checkpoint_threshold"));
    }
  }

  private transaction<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    return this.connected(async (connection) => {
      await connection.run("BEGIN TRANSACTION");
      const result = await work(connection);
      await connection.run("COMMIT");
      return result;
    });
  }
}

/** Writes the log into the file and frees the blocks of old rows: the next run reuses them, the file does not grow. */
async function checkpoint(connection: DuckDBConnection): Promise<void> {
  try {
    await connection.run("CHECKPOINT");
  } catch (error) {
    // A reader still holds the old rows: the next publication frees them, or else closing does.
    if (!/Cannot CHECKPOINT: there are other/.test(duckDbMessage(error))) throw error;
  }
}
