/** Names of errors that are faults of what the operator gave: exit code 2. By name, so that no command loads the packages of another. */
const ARGUMENT_ERRORS: ReadonlySet<string> = new Set([
  "OptionsError",
  "PositionError",
  "ChangelogSourceError",
  "NewContractError",
  "UnknownRunError",
  "WarehouseUrlError",
]);
/** Names of errors that say what, where and what to do: exit code 1, no stack. */
const EXPLAINED_ERRORS: ReadonlySet<string> = new Set([
  "ChangelogAccessError",
  "FirestoreAccessError",
  "FrozenContractError",
  "IncompatibleTableError",
  "JobServiceError",
  "MissingTableError",
  "PrismMissingError",
  "PublishedMeanwhileError",
  "PublishError",
  "QueryError",
  "ReadOnlyWarehouseError",
  "RowBreaksContractError",
  "StageError",
  "StagingDirectoryError",
  "UnreadableContractError",
  "WarehouseAccessError",
  "WarehouseBusyError",
  "WarehouseOpenError",
]);

/** What an operator is told of an error, and the exit code that it has. */
export function explain(error: unknown): { readonly text: string; readonly exitCode: 1 | 2 } {
  if (!(error instanceof Error)) return { text: String(error), exitCode: 1 };
  if (ARGUMENT_ERRORS.has(error.name)) return { text: lines(error.message), exitCode: 2 };
  if (EXPLAINED_ERRORS.has(error.name)) return { text: lines(error.message), exitCode: 1 };
  // Anything else is a fault of ours: its stack is what the one who mends it needs.
  return { text: error.stack ?? error.message, exitCode: 1 };
}

/** True for an error of our own, which says what, where and what to do. */
export function isExplained(error: unknown): error is Error {
  return error instanceof Error && (ARGUMENT_ERRORS.has(error.name) || EXPLAINED_ERRORS.has(error.name));
}

function lines(message: string): string {
  return message
    .split("\n")
    .map((line) => (line.startsWith(" ") ? line : `error: ${line}`))
    .join("\n");
}
