import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { DuckDBInstance } from "@duckdb/node-api";
import type { TableContract } from "@junoplus/contracts";
import { type CallPlan, UNASKED_ROW } from "./call-plan";
import { DEFAULT_PREFIX, datasetName, stagingTable } from "./dataset-names";
import { ensureTables } from "./duckdb-ensure";
import { mustHaveDirectory, openInstance } from "./duckdb-open";
import { type DuckDbOptions, DuckDbWarehouse, duckDbPath } from "./duckdb-warehouse";
import { publishedPart } from "./published-part";
import type { CatalogFacts, ExportedRows, PartOfTable, Row, Warehouse } from "./warehouse";

/**
 * Opens `duckdb:FILE` for a dry run: what would be made, changed, loaded or asked is taken down in the plan. A file that is not
 * there is not made. Throws WarehouseOpenError as a run would.
 */
export async function openDuckDbDryRun(url: string, options: DuckDbOptions, plan: CallPlan): Promise<Warehouse> {
  const path = duckDbPath(url);
  const isThere = path !== ":memory:" && existsSync(resolve(path));
  if (path !== ":memory:") mustHaveDirectory(url, path);
  const instance = await openInstance(url, isThere ? path : ":memory:", options);
  return new DuckDbDryRun(new DuckDbWarehouse(url, instance, options), instance, options, plan);
}

class DuckDbDryRun implements Warehouse {
  private readonly prefix: string;
  private readonly ensured = new Set<string>();

  constructor(
    private readonly stored: Warehouse,
    private readonly instance: DuckDBInstance,
    options: DuckDbOptions,
    private readonly plan: CallPlan,
  ) {
    this.prefix = options.prefix ?? DEFAULT_PREFIX;
  }

  get url(): string {
    return this.stored.url;
  }

  tableName(contract: TableContract): string {
    return this.stored.tableName(contract);
  }

  literal(text: string): string {
    return this.stored.literal(text);
  }

  elements(array: string, element: string): string {
    return this.stored.elements(array, element);
  }

  stagingName(contract: TableContract, runId: string): string {
    return this.stored.stagingName(contract, runId);
  }

  async lock(): Promise<void> {}

  /** In a transaction that is undone: the statements are the ones that a run makes, faults too. */
  async ensure(contracts: readonly TableContract[]): Promise<void> {
    const place = { url: this.url, prefix: this.prefix, tableName: (table: TableContract) => this.tableName(table) };
    const connection = await this.instance.connect();
    try {
      await connection.run("BEGIN TRANSACTION");
      await ensureTables(connection, place, contracts, ({ dataset, table }, statement) =>
        this.plan.add("statement", `${datasetName(this.prefix, dataset)}.${table}`, { statement }),
      );
    } finally {
      // A transaction that is still open ends here, undone.
      connection.closeSync();
    }
    for (const { table } of contracts) this.ensured.add(table);
  }

  async stage(runId: string, contract: TableContract): Promise<number> {
    const target = `${datasetName(this.prefix, "staging")}.${stagingTable(runId, contract)}`;
    this.plan.add("load", target, { only: "where it has rows" });
    return 0;
  }

  async publish(_runId: string, tables: readonly (TableContract | PartOfTable)[]): Promise<void> {
    this.plan.add("publish", tables.map((table) => publishedPart(table).contract.table).join(", "));
  }

  /** What a dead run has staged is dropped by the next one. */
  async discard(runId: string): Promise<void> {
    this.plan.add("statement", `${datasetName(this.prefix, "staging")}, tables of run ${runId}`, {
      statement: "DROP TABLE",
    });
  }

  abandonedRuns(): Promise<readonly string[]> {
    return this.stored.abandonedRuns();
  }

  async query(sql: string): Promise<readonly Row[]> {
    this.plan.add("query", "", { statement: sql });
    return [UNASKED_ROW];
  }

  async export(sql: string): Promise<ExportedRows> {
    this.plan.add("query", "", { statement: sql });
    return { rows: 0, bytes: 0 };
  }

  read(contract: TableContract): AsyncIterable<Row> {
    this.plan.add("query", `${datasetName(this.prefix, contract.dataset)}.${contract.table}`, { isAsked: true });
    return this.stored.read(contract);
  }

  async exists(contract: TableContract): Promise<boolean> {
    return this.ensured.has(contract.table) || (await this.stored.exists(contract));
  }

  describe(contract: TableContract): Promise<CatalogFacts> {
    return this.stored.describe(contract);
  }

  close(): Promise<void> {
    return this.stored.close();
  }
}
