import { type Counters, writtenCounter } from "@junoplus/beam-runtime";
import { rejectedChangePayloads, type TableContract } from "@junoplus/contracts";
import { aggregateRows } from "@junoplus/quality";
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
  const stageOne = async (contract: TableContract): Promise<Omit<StagedTable, "total">> => {
    const amended =
      lastRun !== null && contract.table === rejectedChangePayloads.table
        ? await amendedPayloads(warehouse, runId, lastRun, directory)
        : null;
    const shards = [...shardsOf(directory, contract.table), ...(amended === null ? [] : [amended.path])];
    const rows = await warehouse.stage(runId, contract, shards);
    const written = (counters[writtenCounter(contract.table)] ?? 0) + (amended?.rows ?? 0);
    return { contract, rows, written, part: parts.get(contract) ?? contract };
  };
  const lists = listsOf([...parts.values()]);
  // At once: in BigQuery each is a job, and most of its time is waiting.
  const [staged] = await Promise.all([
    Promise.all(tables.map(stageOne)),
    ...lists.map((list) => warehouse.stage(runId, list, shardsOf(directory, list.table))),
  ]);
  const totals = await partTotals(warehouse, runId, staged);
  return staged.map((table) => ({ ...table, total: totals.get(table.contract) ?? table.rows }));
}

/** Rows that the tables will have of which a part was staged. */
async function partTotals(
  warehouse: Warehouse,
  runId: string,
  staged: readonly Pick<StagedTable, "contract" | "part">[],
): Promise<ReadonlyMap<TableContract, number>> {
  const partly = staged.filter(({ part }) => "contract" in part);
  const rows = await aggregateRows(
    warehouse,
    partly.map(({ part }) => ({
      columns: { row_total: "COUNT(*)" },
      from: `${resultingTable(warehouse, runId, part)} AS resulting`,
    })),
  );
  return new Map(partly.map(({ contract }, index) => [contract, Number(rows[index]?.["row_total"] ?? 0)]));
}
