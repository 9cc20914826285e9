import {
  type AccessFault,
  codeOf,
  isUnauthenticated,
  isUnreached,
  saidBy,
  UNAUTHENTICATED,
} from "./google-access-fault";

/** Change log tables that BigQuery does not give: where, what is wrong, what to do. Quotes no value of the data. */
export class ChangelogAccessError extends Error {
  override readonly name = "ChangelogAccessError" as const;
  constructor(
    readonly table: string,
    readonly fault: string,
    readonly cure: string,
    options?: ErrorOptions,
  ) {
    super(`${table}: ${fault}. ${cure}`, options);
  }
}

/** Codes of gRPC after which the same call may go through a moment later. */
const TRANSIENT_GRPC: ReadonlySet<unknown> = new Set([4, 8, 10, 13, 14]);

/** True for a fault of gRPC that may be gone a moment later. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT_GRPC.has(codeOf(error));
}

/** An error of the REST or the gRPC client as what to do about it. Codes are HTTP's, gRPC's or Node's. */
export function accessError(table: string, error: unknown): ChangelogAccessError {
  const { fault, cure } = wordsOf(error);
  return new ChangelogAccessError(table, fault, cure, { cause: error });
}

function wordsOf(error: unknown): AccessFault {
  if (isUnauthenticated(error)) return UNAUTHENTICATED;
  const code = codeOf(error);
  const said = saidBy(error);
  if (code === 403 || code === 7) {
    const cure = "The account needs BigQuery Data Viewer on the dataset and BigQuery Read Session User on the project.";
    return { fault: said, cure };
  }
  if (code === 8 || code === 429)
    return { fault: said, cure: "Too many requests at once: run again in a few minutes." };
  if (isUnreached(error)) {
    return {
      fault: "BigQuery was not reached, or the connection broke",
      cure: "Check the network, and run again: nothing was changed.",
    };
  }
  if (code === 3 && /snapshot/i.test(said)) {
    return { fault: said, cure: "Set this machine's clock: tables are read as they were at the start of the run." };
  }
  return { fault: said, cure: "Nothing was changed." };
}
