import { isExplained } from "./command-errors";

/**
 * Why a run broke, as its ledger keeps it: what everybody may read, so without a value of the data. Errors of our own say
 * none, but for one of a query, which is the store's own text and quotes what it met; of those and of any other only the
 * kind is written down.
 */
export function failureMessage(error: unknown): string {
  if (isExplained(error) && error.name !== "QueryError") return error.message;
  const kind = error instanceof Error ? error.name : typeof error;
  return `the run broke with ${kind}; its message is in the run's own output`;
}
