import {
  API_SWITCHED_OFF,
  CREDENTIALS_NOT_FOUND,
  CREDENTIALS_REFUSED,
  needsRole,
  OUTSIDE_PERIMETER,
  QUOTA_USED_UP,
  switchOn,
  TOO_FAST,
  UNAUTHENTICATED,
} from "@junoplus/contracts";
import { codeOf, messageOf, saidBy, UNREACHED } from "./google-access-fault";

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
const TRANSIENT_GRPC: readonly unknown[] = [4, 8, 10, 13, 14];

/** True for a fault of gRPC that may be gone a moment later. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT_GRPC.includes(codeOf(error));
}

/** An error of the REST client, the gRPC client or the file system as what to do about it. Codes are HTTP's, gRPC's or Node's. */
export function accessError(table: string, error: unknown): ChangelogAccessError {
  const code = codeOf(error);
  const said = `${messageOf(error)} ${reasonsOf(error).join(" ")}`;
  const found = FAULTS.find(({ codes, words }) => codes?.some((each) => each === code) || words?.test(said));
  const fault = found?.says ?? saidBy(error);
  return new ChangelogAccessError(table, fault, found?.cure ?? "Nothing was changed.", { cause: error });
}

interface KnownFault {
  readonly codes?: readonly (number | string)[];
  readonly words?: RegExp;
  /** In place of BigQuery's own words. */
  readonly says?: string;
  readonly cure: string;
}

/** The first that fits; most particular first. */
const FAULTS: readonly KnownFault[] = [
  {
    words: CREDENTIALS_NOT_FOUND,
    cure: UNAUTHENTICATED.cure,
  },
  {
    codes: [401, 16],
    words: CREDENTIALS_REFUSED,
    says: UNAUTHENTICATED.fault,
    cure: UNAUTHENTICATED.cure,
  },
  {
    codes: ["ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EACCES", "EMFILE"],
    cure: "What is fetched lies beside the DuckDB file, or in TMPDIR, until the run ends: make room there, and run again.",
  },
  {
    words: API_SWITCHED_OFF,
    cure: switchOn("bigquery", "bigquerystorage"),
  },
  OUTSIDE_PERIMETER,
  {
    words: /bigquery\.readsessions\./i,
    cure: needsRole("BigQuery Read Session User", "roles/bigquery.readSessionUser", "project"),
  },
  {
    words: /bigquery\.(tables|datasets)\./i,
    cure: needsRole("BigQuery Data Viewer", "roles/bigquery.dataViewer", "dataset"),
  },
  {
    codes: [429, 8],
    words: /rate ?limit/i,
    cure: TOO_FAST,
  },
  {
    words: /quota ?exceeded|exceeded.*quota/i,
    cure: QUOTA_USED_UP,
  },
  {
    codes: [403, 7],
    cure: "The account needs BigQuery Data Viewer on the dataset and BigQuery Read Session User on the project.",
  },
  {
    codes: [4, ...UNREACHED],
    words: /socket hang up|premature close/i,
    says: "BigQuery was not reached, or the connection broke",
    cure: "Check the network, and run again: nothing was changed.",
  },
  {
    words: /snapshot/i,
    cure: "Set this machine's clock: tables are read as they were at the start of the run.",
  },
  {
    words: /session.*expired|expired.*session/i,
    cure: "A session can be read for some hours: run again, on a faster line or nearer to the data.",
  },
  {
    codes: [5],
    cure: "It went away while it was read: run again when it is there.",
  },
  {
    codes: [408, 500, 502, 503, 504, 10, 13],
    cure: "BigQuery had a fault of its own: run again; nothing was changed.",
  },
];

/** What REST says beside a status, for example `rateLimitExceeded`. */
function reasonsOf(error: unknown): readonly string[] {
  const { errors } = Object(error) as { readonly errors?: unknown };
  return (Array.isArray(errors) ? errors : []).map((each: unknown) => String(Object(each).reason ?? ""));
}
