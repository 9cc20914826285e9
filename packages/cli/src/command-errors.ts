import { ChangelogSourceError } from "@junoplus/bronze-ingest";
import {
  IncompatibleTableError,
  QueryError,
  ReadOnlyWarehouseError,
  StageError,
  WarehouseOpenError,
  WarehouseUrlError,
} from "@junoplus/warehouse";
import { OptionsError } from "./options-error";
import { RowBreaksContractError } from "./table-writer";

/** Faults of what the operator gave: exit code 2. */
const ARGUMENT_ERRORS = [OptionsError, ChangelogSourceError, WarehouseUrlError] as const;
/** Faults that say what, where and what to do: exit code 1, no stack. */
const EXPLAINED_ERRORS = [
  WarehouseOpenError,
  ReadOnlyWarehouseError,
  IncompatibleTableError,
  StageError,
  QueryError,
  RowBreaksContractError,
] as const;

/** What an operator is told of an error, and the exit code that it has. */
export function explain(error: unknown): { readonly text: string; readonly exitCode: 1 | 2 } {
  if (ARGUMENT_ERRORS.some((kind) => error instanceof kind)) {
    return { text: lines("error: ", (error as Error).message), exitCode: 2 };
  }
  if (EXPLAINED_ERRORS.some((kind) => error instanceof kind)) {
    return { text: lines("error: ", (error as Error).message), exitCode: 1 };
  }
  // Anything else is a fault of ours: its stack is what the one who mends it needs.
  return { text: error instanceof Error ? (error.stack ?? error.message) : String(error), exitCode: 1 };
}

function lines(prefix: string, message: string): string {
  return message
    .split("\n")
    .map((line) => (line.startsWith(" ") ? line : `${prefix}${line}`))
    .join("\n");
}
