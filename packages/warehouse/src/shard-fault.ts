import { type Column, isTimestamp, type TableContract } from "@junoplus/contracts";
import { contractType } from "./contract-type";
import { shardLines } from "./shard-lines";

/** Where a shard cannot be loaded, and why; never the value. */
export interface ShardFault {
  readonly file: string;
  readonly line: number | null;
  readonly fault: string;
}

/** What a look at every line of the shards comes to. */
export interface ShardLook {
  /** Lines that are rows; those before the fault where there is one. */
  readonly rows: number;
  /** The first line that a store cannot load; null when all can be loaded. */
  readonly fault: ShardFault | null;
}

/** What a store has against a row that is as its contract has it, by its values; null where nothing. */
export type RowFault = (values: ReadonlyMap<string, unknown>) => string | null;

/**
 * Looks at each line as its contract has it, and as the store has it. It parses every one, and that is slow: of a store that
 * checks what it loads, only after a load has failed.
 */
export async function lookAtShards(
  contract: TableContract,
  shards: readonly string[],
  rowFault: RowFault = () => null,
): Promise<ShardLook> {
  let rows = 0;
  for (const file of shards) {
    let line = 0;
    try {
      for await (const text of shardLines(file)) {
        line += 1;
        if (text.trim() === "") continue;
        const fault = lineFault(contract, text, rowFault);
        if (fault !== null) return { rows, fault: { file, line, fault } };
        rows += 1;
      }
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return { rows, fault: { file, line: null, fault: `cannot be read (${error.code})` } };
    }
  }
  return { rows, fault: null };
}

function lineFault(contract: TableContract, text: string, rowFault: RowFault): string | null {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    return "is no JSON";
  }
  if (typeof row !== "object" || row === null || Array.isArray(row)) return "is no JSON object";
  const values = new Map<string, unknown>(Object.entries(row));
  const wrong = contract.columns.find((column) => !isLoadable(column, values.get(column.name)));
  return wrong === undefined ? rowFault(values) : `${wrong.name} is no ${contractType(wrong)}`;
}

function isLoadable({ type, mode }: Column, value: unknown): boolean {
  // NULL is loaded, so that the audit reports it.
  if (value === undefined || value === null) return true;
  return mode === "REPEATED" ? Array.isArray(value) && value.every(OF_TYPE[type]) : OF_TYPE[type](value);
}

const OF_TYPE: Readonly<Record<Column["type"], (value: unknown) => boolean>> = {
  // A lone surrogate has no UTF-8.
  STRING: (value) => typeof value === "string" && !/\p{Surrogate}/u.test(value),
  INT64: (value) => Number.isSafeInteger(value),
  FLOAT64: (value) => Number.isFinite(value),
  BOOL: (value) => typeof value === "boolean",
  DATE: (value) => typeof value === "string" && isTimestamp(`${value}T00:00:00.000000Z`),
  TIMESTAMP: (value) => typeof value === "string" && isTimestamp(value),
};

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}
