import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BigQuery } from "@google-cloud/bigquery";
import { runProgram } from "@junoplus/cli";
import { explain } from "@junoplus/cli/command-errors";
import { openWarehouse, type Warehouse } from "@junoplus/warehouse";
import type { BigQueryEmulator } from "@junoplus/warehouse/testing/bigquery-emulator";
import { history } from "@junoplus/warehouse/testing/contracts";
import { type PlannedFault, startFaultProxy } from "@junoplus/warehouse/testing/fault-proxy";
import { shard } from "@junoplus/warehouse/testing/shards";
import { type PlannedStorageFault, startStorageFaultProxy } from "../testing/storage-fault-proxy";

/** What an operator gets of a fault. */
export interface FaultOutcome {
  readonly code: number | null;
  /** Everything on stderr. */
  readonly told: string;
  /** How often the planned fault has struck; absent where the cause is a real one. */
  readonly struck?: number;
  /** Rows that readers see afterwards, of the one that was to be published. */
  readonly published?: number;
}

/** Brings one fault about, and gives what came of it. */
export type ErrorCase = () => Promise<FaultOutcome>;

/** The planned fault without the number of times; always, where that is left out. */
export type Fault<Plan extends { readonly times: number }> = Omit<Plan, "times"> & { readonly times?: number };

const ALWAYS = 1_000;
let places = 0;

/** An emulator that holds the sample's change logs in the dataset `logs`, and ways to it that fail as planned. */
export class FaultPlace {
  readonly project: string;

  constructor(
    readonly emulator: BigQueryEmulator,
    readonly api: BigQuery,
    readonly directory: string,
  ) {
    this.project = emulator.project;
  }

  /** A name that no other case has, for datasets or a prefix. */
  newName(): string {
    places += 1;
    return `faults_${places}`;
  }

  /** `medallion run` of one collection, in this process. */
  async run(args: readonly string[], rest = this.emulator.endpoint, storage = this.emulator.grpcEndpoint) {
    const told: string[] = [];
    const code = await runProgram({
      args: ["run", "--tables", "silver_medications", ...args],
      directory: this.directory,
      bigQueryEndpoint: rest,
      bigQueryStorageEndpoint: storage,
      now: "2025-01-01T00:00:00.000000Z",
      output: { stdout: { write: () => true }, stderr: { write: (text) => told.push(text) } },
    });
    return { code, told: told.join("") };
  }

  /** A run through a REST line on which the fault strikes. */
  async runWith(fault: Fault<PlannedFault>, args: readonly string[]): Promise<FaultOutcome> {
    const proxy = await startFaultProxy(this.emulator.endpoint);
    try {
      const struck = proxy.plan({ times: ALWAYS, ...fault });
      return { ...(await this.run(args, proxy.endpoint)), struck: struck() };
    } finally {
      await proxy.stop();
    }
  }

  /** A run that reads through a Storage Read line on which the fault strikes. */
  async readWith(fault: Fault<PlannedStorageFault>): Promise<FaultOutcome> {
    const proxy = await startStorageFaultProxy(this.emulator.grpcEndpoint);
    try {
      const struck = proxy.plan({ times: ALWAYS, ...fault });
      const args = ["--source", `bigquery:${this.project}.logs`, "--warehouse", "duckdb::memory:"];
      return { ...(await this.run(args, this.emulator.endpoint, proxy.endpoint)), struck: struck() };
    } finally {
      await proxy.stop();
    }
  }

  /**
   * A warehouse with one empty table, locked by run `r1`, through a line on which the faults strike from when the work
   * begins; the first one is counted.
   */
  async store(
    faults: readonly Fault<PlannedFault>[],
    work: (warehouse: Warehouse, place: { readonly shard: string; readonly prefix: string }) => Promise<unknown>,
    leaseMs?: number,
  ): Promise<FaultOutcome> {
    const prefix = this.newName();
    const proxy = await startFaultProxy(this.emulator.endpoint);
    const url = `bigquery:${this.project}`;
    const warehouse = await openWarehouse(url, {
      prefix,
      bigQueryEndpoint: proxy.endpoint,
      ...(leaseMs !== undefined && { leaseMs }),
    });
    const reader = await openWarehouse(url, { prefix, bigQueryEndpoint: this.emulator.endpoint, readOnly: true });
    try {
      await warehouse.ensure([history]);
      await warehouse.lock("r1");
      const counts = faults.map((fault) => proxy.plan({ times: ALWAYS, ...fault }));
      let outcome: FaultOutcome = { code: 0, told: "" };
      try {
        await work(warehouse, { shard: shard(this.directory, [{ id: "a", value: 1 }]), prefix });
      } catch (error) {
        const { text, exitCode } = explain(error);
        outcome = { code: exitCode, told: text };
      }
      const struck = counts[0]?.();
      const rows = (await reader.exists(history))
        ? await reader.query(`SELECT COUNT(*) AS n FROM ${reader.tableName(history)}`)
        : [{ n: 0 }];
      return { ...outcome, ...(struck !== undefined && { struck }), published: Number(rows[0]?.["n"]) };
    } finally {
      await warehouse.close();
      await reader.close();
      await proxy.stop();
    }
  }

  /** A file of the case's own. */
  file(name: string, text: string): string {
    const path = join(mkdtempSync(join(this.directory, "case-")), name);
    writeFileSync(path, text);
    return path;
  }
}
