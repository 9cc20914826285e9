import { camel } from "../generate/render";
import type { ContractSchema } from "../generate/schema-file";
import { contractTexts } from "./contract-texts";

/** A change log to begin with: an instant and a level, to be kept, renamed or removed. */
export function newChangelog(
  table: string,
  { prefix, path }: { readonly prefix?: string; readonly path?: string },
): ReadonlyMap<string, string> {
  const schema: ContractSchema = {
    $id: `urn:junoplus:contract:bronze:${table}:1.0.0`,
    title: `bronze_${table}`,
    description: "<What one document is, and who writes it when.>",
    type: "object",
    properties: {
      loggedAt: {
        type: "string",
        format: "firestore-timestamp",
        description: "<When what happened; Timestamp or ISO 8601 text.>",
        classification: "health",
      },
      level: {
        type: "integer",
        minimum: 0,
        maximum: 10,
        description: "<What is measured, and what 0 and 10 mean.>",
        classification: "health",
      },
    },
    changelog: {
      prefix: prefix ?? `${table}_data`,
      path: path ?? `users/{userId}/${table}/{${camel(table)}Id}`,
      missing: {},
    },
  };
  const document = { loggedAt: { _seconds: 1_724_686_407, _nanoseconds: 642_846_999 }, level: 4 };
  return contractTexts(`schemas/bronze/${table}`, schema, {
    "all-fields.valid": document,
    "nothing-written.valid": {},
    "logged-at-unreadable.invalid": { ...document, loggedAt: "yesterday" },
    "level-above-ten.invalid": { ...document, level: 11 },
    "level-text.invalid": { ...document, level: "4" },
  });
}
