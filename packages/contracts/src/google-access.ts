/** What is wrong, and what to do. */
export interface AccessFault {
  readonly fault: string;
  readonly cure: string;
}

/** Words of an error of Google's libraries where they find no credentials to ask with. */
export const CREDENTIALS_NOT_FOUND =
  /credential file|file at .+ does not exist|client_email|could not load the default credentials/i;

/** Words of an answer where credentials are not taken. */
export const CREDENTIALS_REFUSED = /invalid_grant|invalid_rapt|refresh token|token.*expired/i;

/** What is said of both, in place of Google's words for the second. */
export const UNAUTHENTICATED: AccessFault = {
  fault: "there are no credentials, or they have expired",
  cure: "Sign in with `gcloud auth application-default login`, or name a key file in GOOGLE_APPLICATION_CREDENTIALS.",
};

/** Refusals that no role of the account's ends, by their words. */
export const OUTSIDE_PERIMETER = {
  words: /VPC Service Controls|organization's policy/i,
  cure: "Run inside the perimeter, or have its administrators let this account in.",
} as const;

/** Refusals of an API that the project has not switched on, by their words. */
export const API_SWITCHED_OFF = /has not been used in project|API .*disabled/i;

/** The cure where APIs are switched off: `bigquery`, `bigquerystorage` … */
export function switchOn(...apis: readonly string[]): string {
  const services = apis.map((api) => `${api}.googleapis.com`).join(" ");
  return `Run \`gcloud services enable ${services}\`, wait a minute, and run again.`;
}

/** The cure where a role is missing: its title, its id and what it is given on. */
export function needsRole(title: string, id: string, on: string): string {
  return `The account needs ${title} (${id}) on the ${on}.`;
}

/** The cure where requests come too fast. */
export const TOO_FAST = "Too many requests at once: run again in a few minutes.";

/** The cure where a quota is used up. */
export const QUOTA_USED_UP = "Wait until the quota is renewed, or have it raised (IAM & Admin, Quotas).";
