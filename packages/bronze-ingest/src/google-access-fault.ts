import { type AccessFault, CREDENTIALS_NOT_FOUND, CREDENTIALS_REFUSED, UNAUTHENTICATED } from "@junoplus/contracts";

/** Codes of gRPC and of Node where the API was not reached, or the connection broke. */
export const UNREACHED: readonly (number | string)[] = [
  14,
  "ECONNRESET",
  "ECONNREFUSED",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EPIPE",
  "EAI_AGAIN",
  "EHOSTUNREACH",
];

/**
 * What is said where there are no credentials, which is Google's own words, since they name the file, or where they are not
 * taken; null where neither is the case. Codes are HTTP's, gRPC's or Node's.
 */
export function credentialsFault(error: unknown): AccessFault | null {
  const [code, message] = [codeOf(error), messageOf(error)];
  if (CREDENTIALS_NOT_FOUND.test(message)) return { fault: saidBy(error), cure: UNAUTHENTICATED.cure };
  return code === 401 || code === 16 || CREDENTIALS_REFUSED.test(message) ? UNAUTHENTICATED : null;
}

/** True where the API was not reached, or the connection broke. */
export function isUnreached(error: unknown): boolean {
  return (UNREACHED as readonly unknown[]).includes(codeOf(error));
}

/** The code that an error carries, HTTP's, gRPC's or Node's; undefined where it has none. */
export function codeOf(error: unknown): unknown {
  return (Object(error) as { readonly code?: unknown }).code;
}

/** The first line of what an error says, without the stop at its end. */
export function saidBy(error: unknown): string {
  return (messageOf(error).split("\n")[0] ?? "").replace(/\.$/, "");
}

/** All that an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
