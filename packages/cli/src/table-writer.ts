import { writeShards } from "@junoplus/beam-runtime";
import { type PCollection, type PTransform, withName } from "@junoplus/beam-runtime/sdk";
import type { Fault, TableContract } from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";

/** A row that breaks its own contract: a fault of the transforms, so the run ends and the published tables stay. */
export class RowBreaksContractError extends Error {
  override readonly name = "RowBreaksContractError" as const;
  constructor(
    readonly table: string,
    readonly faults: readonly Fault[],
  ) {
    const words = faults.map(({ pointer, message }) => `${pointer} ${message}`).join("; ");
    super(
      `a row of ${table} breaks its contract (${words}). Nothing was published; mend the transform or the contract.`,
    );
  }
}

/** Validates rows against their contract and writes them to the table's shards in a staging directory. */
export function writeTable<Row>(
  contract: TableContract<Row>,
  stagingDirectory: string,
): PTransform<PCollection<Row>, PCollection<never>> {
  return withName(`writeTable(${contract.table})`, (rows: PCollection<Row>) =>
    rows.map(withName("checkedLine", checkedLine), { contract }).apply(writeShards(stagingDirectory, contract.table)),
  );
}

/** Worker function: a row that keeps its contract as one line of JSON. */
export function checkedLine(row: unknown, { contract }: { contract: TableContract }): string {
  const faults = contract.faults(row);
  if (faults.length > 0) throw new RowBreaksContractError(contract.table, faults);
  return JSON.stringify(row);
}

requireForSerialization("@junoplus/cli/table-writer", exports);
