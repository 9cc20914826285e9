import type { TableContract } from "@junoplus/contracts";

/** A value as rows carry it: TIMESTAMP (six decimals and `Z`) and DATE (`YYYY-MM-DD`) as text, numbers as number. */
export type Value = string | number | boolean | null | readonly string[];

/** One row, by column name. */
export type Row = Readonly<Record<string, Value>>;

/** What the store's own catalog says of a table: the proof that the contract's facts arrived. */
export interface CatalogFacts {
  readonly version: string;
  readonly description: string;
  readonly key: readonly string[];
  readonly partition: { readonly column: string; readonly granularity: "DAY" | "MONTH" } | null;
  /** Whether a query has to filter by the partition, and the days after which one is dropped, null for never; null in a store that has neither. */
  readonly partitionOptions: { readonly requireFilter: boolean; readonly expirationDays: number | null } | null;
  readonly cluster: readonly string[];
  /** Null in a store that has none. Labels of others may stand beside ours. */
  readonly labels: Readonly<Record<string, string>> | null;
  /** In the store's order: columns that came later stand at the end. */
  readonly columns: readonly {
    readonly name: string;
    /** `STRING`, `ARRAY<STRING>` …: the contract's words, not the store's. */
    readonly type: string;
    /** Always true in a view: a store knows no REQUIRED there. */
    readonly nullable: boolean;
    readonly description: string;
  }[];
}

/** A staged table that replaces a part of its published table: the rows of some users, of some days, or of its own keys. */
export interface PartOfTable {
  readonly contract: TableContract;
  /** Columns that say which rows are replaced; all are part of the key, so that what is unique when it is staged stays so. */
  readonly columns: readonly string[];
  /** The staged table that holds their values, all REQUIRED there too: the table itself, or a list. A list is never published. */
  readonly valuesIn: TableContract;
}

/** What rows came to in a file. */
export interface ExportedRows {
  readonly rows: number;
  readonly bytes: number;
}

/** Where tables live. Every method names table and cure in its errors. */
export interface Warehouse {
  /** As it was opened, for example `duckdb:medallion.duckdb`. */
  readonly url: string;
  /**
   * A published table for FROM: its qualified, quoted name. Where the store reads it only with a filter by its partition, a
   * subquery with one that keeps every row.
   */
  tableName(contract: TableContract): string;
  /** A text for SQL; the stores escape quotes and backslashes differently. */
  literal(text: string): string;
  /** The elements of an array column for FROM, behind the table that has it: one row each, as the column `element`. */
  elements(array: string, element: string): string;
  /** The qualified, quoted name of a run's staging table, for SQL. */
  stagingName(contract: TableContract, runId: string): string;
  /**
   * Keeps other runs out until the warehouse is closed or its holder is gone. Where a holder may be dead it says so once
   * to `waiting`, and waits until that is known. Throws WarehouseBusyError when another run is at work.
   */
  lock(runId: string, waiting?: (holder: string) => void): Promise<void>;
  /**
   * Creates what is missing: datasets, tables, views; evolves existing tables additively. Nothing is changed when one of
   * them cannot follow.
   * Throws IncompatibleTableError where that would break readers.
   */
  ensure(contracts: readonly TableContract[]): Promise<void>;
  /**
   * Loads shard files (NDJSON, one row a line, all columns) into a staging table of the run; what the run staged for the table before is replaced. Gives the rows loaded. Throws StageError.
   */
  stage(runId: string, contract: TableContract, shards: readonly string[]): Promise<number>;
  /**
   * Makes the staged tables visible, all or none: `replace` tables as a whole, `append` tables by adding, parts of tables by
   * taking out the rows whose columns have one of the listed values and putting in the staged ones. Drops their staging
   * tables and the lists with it; what else the run staged stays, to be published or discarded. Throws PublishError.
   */
  publish(runId: string, tables: readonly (TableContract | PartOfTable)[]): Promise<void>;
  /** Drops what a run staged and did not publish. */
  discard(runId: string): Promise<void>;
  /** Names of runs that staged tables and neither published nor discarded them (they were killed). */
  abandonedRuns(): Promise<readonly string[]>;
  /** Runs one SQL query of the subset that BigQuery and DuckDB share. Throws QueryError. */
  query(sql: string): Promise<readonly Row[]>;
  /**
   * Writes the rows of one such query into a new file, one a line, as `stage` reads them. Unlike `query` it does not hold them.
   * Throws QueryError.
   */
  export(sql: string, path: string): Promise<ExportedRows>;
  /** The rows of a published table or view, ordered by key, NULL first (streamed). Throws MissingTableError. */
  read(contract: TableContract): AsyncIterable<Row>;
  /** True when the table or view has been created. */
  exists(contract: TableContract): Promise<boolean>;
  /** Throws MissingTableError. */
  describe(contract: TableContract): Promise<CatalogFacts>;
  close(): Promise<void>;
}
