import {
  CREDENTIALS_NOT_FOUND,
  CREDENTIALS_REFUSED,
  QUOTA_USED_UP,
  TOO_FAST,
  UNAUTHENTICATED,
} from "@junoplus/contracts";
import { isRefused, PERMISSIONS } from "./bigquery-permissions";

/** What BigQuery refuses, and whether the same call may go through a moment later. */
export interface BigQueryFault {
  readonly kind:
    | "credentials"
    | "permission"
    | "billing"
    | "quota"
    | "resources"
    | "rate"
    | "conflict"
    | "streaming"
    | "fence"
    | "job"
    | "not_found"
    | "location"
    | "schema"
    | "network"
    | "backend"
    | "other";
  readonly fault: string;
  readonly cure: string;
  readonly transient: boolean;
}

interface Symptoms {
  readonly code: string;
  readonly reasons: readonly string[];
  readonly message: string;
}

type Kind = Omit<BigQueryFault, "fault"> & {
  readonly is: (symptoms: Symptoms) => boolean;
  readonly says?: string;
};

const NETWORK_CODES = /^(ECONNRESET|ECONNREFUSED|ECONNABORTED|ETIMEDOUT|ENOTFOUND|EPIPE|EAI_AGAIN|EHOSTUNREACH)$/;

/** The first that fits; most particular first. */
const KINDS: readonly Kind[] = [
  {
    kind: "credentials",
    transient: false,
    cure: UNAUTHENTICATED.cure,
    is: ({ message }) => CREDENTIALS_NOT_FOUND.test(message),
  },
  {
    kind: "credentials",
    transient: false,
    says: UNAUTHENTICATED.fault,
    cure: UNAUTHENTICATED.cure,
    is: ({ code, message }) => code === "401" || CREDENTIALS_REFUSED.test(message),
  },
  {
    kind: "billing",
    transient: false,
    cure: "Link the project to a billing account that is open (Billing, or gcloud billing projects link).",
    is: ({ reasons, message }) =>
      reasons.includes("billingNotEnabled") || /billing has not been enabled/i.test(message),
  },
  {
    kind: "quota",
    transient: false,
    cure: QUOTA_USED_UP,
    is: ({ reasons }) =>
      reasons.some((reason) => /^(quotaExceeded|billingTierLimitExceeded|bytesBilledLimitExceeded)$/.test(reason)),
  },
  {
    kind: "resources",
    transient: false,
    cure: "Build fewer tables at once (--tables), or give the project slots (a reservation).",
    is: ({ reasons, message }) =>
      reasons.some((reason) => /^(resourcesExceeded|responseTooLarge)$/.test(reason)) ||
      /resources exceeded/i.test(message),
  },
  {
    kind: "rate",
    transient: true,
    cure: TOO_FAST,
    is: ({ code, reasons }) => code === "429" || reasons.some((reason) => /rateLimitExceeded$/i.test(reason)),
  },
  ...PERMISSIONS.map(({ words, cure }) => ({
    kind: "permission" as const,
    transient: false,
    cure,
    is: ({ code, reasons, message }: Symptoms) => isRefused(code, reasons) && words.test(message),
  })),
  {
    kind: "conflict",
    transient: true,
    cure: "Another writer changed the same tables: run again when it is done.",
    is: ({ message }) => /aborted due to concurrent|could not serialize|failed to commit/i.test(message),
  },
  {
    kind: "conflict",
    transient: false,
    cure: "Somebody else changed the table at the same time: run again.",
    is: ({ code, reasons }) => code === "412" || reasons.includes("conditionNotMet"),
  },
  {
    kind: "streaming",
    transient: false,
    cure: "Another program streams rows into a table of this program: stop it, wait for up to 90 minutes, and run again.",
    is: ({ message }) => /streaming buffer/i.test(message),
  },
  {
    kind: "fence",
    transient: false,
    cure: "Only one run publishes at a time: wait until that one ends, and run again.",
    is: ({ message }) => /run \S+ has taken over/.test(message),
  },
  {
    kind: "job",
    transient: false,
    cure: "Somebody cancelled the job: run again.",
    is: ({ reasons }) => reasons.includes("stopped"),
  },
  {
    kind: "job",
    transient: false,
    cure: "BigQuery had taken the job and does not know it any more: look whether it was published, and run again.",
    is: ({ code, reasons, message }) => (code === "404" || reasons.includes("notFound")) && /\bJob\b/.test(message),
  },
  {
    kind: "location",
    transient: false,
    cure: "Name the location of the datasets after the project, for example bigquery:PROJECT/EU.",
    is: ({ code, reasons, message }) =>
      /different location|processed in location|location .* (does not match|is not)/i.test(message) ||
      ((code === "404" || reasons.includes("notFound")) && /\bDataset\b/.test(message) && /location/i.test(message)),
  },
  {
    kind: "not_found",
    transient: false,
    cure: "Check project and prefix; the first run creates datasets and tables.",
    is: ({ code, reasons }) => code === "404" || reasons.includes("notFound"),
  },
  {
    kind: "schema",
    transient: false,
    cure: "The table no longer has the columns of its contract: run again, which brings it there or says why not.",
    is: ({ message }) =>
      /schema does not match|schema mismatch|no such field|Inserted row has wrong column/i.test(message),
  },
  {
    kind: "network",
    transient: true,
    says: "BigQuery was not reached, or the connection broke",
    cure: "Check the network, and run again: what was done is not done twice.",
    is: ({ code, message }) => NETWORK_CODES.test(code) || /socket hang up|premature close|network/i.test(message),
  },
  {
    kind: "backend",
    transient: true,
    cure: "BigQuery had a fault of its own: run again.",
    is: ({ code, reasons }) =>
      /^(408|5\d\d)$/.test(code) || reasons.some((reason) => /^(backendError|internalError|timeout)$/.test(reason)),
  },
];

/** Where the message is all that is known. */
const LOOK_UP = "Run again; if it comes back, look the message up in BigQuery's documentation.";

/** What an error of the API or of a job comes to, without a value of the data. */
export function bigQueryFault(error: unknown): BigQueryFault {
  const symptoms = symptomsOf(error);
  const found = KINDS.find(({ is }) => is(symptoms));
  const message = withoutValues(symptoms.message);
  if (found === undefined) return { kind: "other", fault: message, cure: LOOK_UP, transient: false };
  const { kind, says, cure, transient } = found;
  return { kind, fault: says ?? message, cure, transient };
}

/** True when what was asked for is not there. */
export function isNotFound(error: unknown): boolean {
  return symptomsOf(error).code === "404";
}

/** True when what was to be made is there already. */
export function isConflict(error: unknown): boolean {
  return symptomsOf(error).code === "409";
}

function symptomsOf(error: unknown): Symptoms {
  const { code, status, errors, response, message } = Object(error) as {
    code?: unknown;
    status?: unknown;
    errors?: unknown;
    response?: { readonly body?: { readonly error?: { readonly errors?: unknown } } };
    message?: unknown;
  };
  // While the client asks whether to try again, only the answer's body has the reasons.
  const told = [errors, response?.body?.error?.errors].flatMap((each) => (Array.isArray(each) ? each : []));
  return {
    code: String(code ?? status ?? ""),
    reasons: told.map((each: unknown) => String(Object(each).reason ?? "")),
    message: typeof message === "string" ? message : String(error),
  };
}

/** BigQuery quotes values where a load or a cast fails. */
function withoutValues(message: string): string {
  const [line = ""] = message.split("\n");
  const quotes =
    /^(Query error: )?(Error while reading data|(Could not|Failed to) (cast|parse|convert)|Bad \w+ value|Division by zero|Invalid \w+( value| string)?:)/i;
  const kind = quotes.exec(line)?.[0];
  return kind === undefined ? line.replace(/\.$/, "") : `${kind} (the rest of its text is withheld, it quotes values)`;
}
