import { type Counters, writtenCounter } from "@junoplus/beam-runtime";
import { rejectedChangePayloads, type TableContract } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import { amendedPayloads } from "./amended-payloads";
import type { Reading } from "./last-run";
import type { Progress } from "./progress";
import type { StagedTable } from "./staged-audit";
import { shardsOf } from "./staging-directory";
import { changedPart, listsOf, resultingTable } from "./table-parts";

/** What is staged, and from where. */
export interface StagingInput {
  readonly runId: string;
  readonly reading: Reading;
  /** The run's directory, with a folder of shards a table. */
  readonly directory: string;
  readonly counters: Counters;
  readonly tables: readonly TableContract[];
}

/** Stages the shards of all tables: tables as a whole, or the parts of them that new changes touch. */
export async function stageTables(
  warehouse: Warehouse,
  { runId, reading, directory, counters, tables }: StagingInput,
  progress: Progress,
): Promise<readonly StagedTable[]> {
  const lastRun = reading.kind === "new" ? reading.lastRun : null;
  progress.stage("load", `${tables.length} tables`);
  const parts = new Map(tables.map((contract) => [contract, lastRun === null ? contract : changedPart(contract)]));
  await Promise.all(
    listsOf([...parts.values()]).map((list) => warehouse.stage(runId, list, shardsOf(directory, list.table))),
  );
  const stageOne = async (contract: TableContract): Promise<StagedTable> => {
    const amended =
      lastRun !== null && contract.table === rejectedChangePayloads.table
        ? await amendedPayloads(warehouse, runId, lastRun, directory)
        : null;
    const shards = [...shardsOf(directory, contract.table), ...(amended === null ? [] : [amended.path])];
    const rows = await warehouse.stage(runId, contract, shards);
    const written = (counters[writtenCounter(contract.table)] ?? 0) + (amended?.rows ?? 0);
    const part = parts.get(contract) ?? contract;
    const total = part === contract ? rows : await rowCount(warehouse, resultingTable(warehouse, runId, part));
    return { contract, rows, written, part, total };
  };
  // At once: in BigQuery each is a job, and most of its time is waiting.
  return Promise.all(tables.map(stageOne));
}

async function rowCount(warehouse: Warehouse, from: string): Promise<number> {
  const [row] = await warehouse.query(`SELECT COUNT(*) AS row_total FROM ${from} AS resulting`);
  return Number(row?.["row_total"] ?? 0);
}
