import type { ContractSchema } from "../generate/schema-file";
import { contractTexts } from "./contract-texts";

/** A gold table to begin with: one row a user. Its rows are made in gold-aggregates. */
export function newTable(layer: "gold", table: string): ReadonlyMap<string, string> {
  const schema: ContractSchema = {
    $id: `urn:junoplus:contract:${layer}:${table}:1.0.0`,
    title: `${layer}_${table}`,
    description: "<What one row is, and what it is made from.>",
    type: "object",
    additionalProperties: false,
    required: ["user_id", "session_count", "processed_at"],
    properties: {
      user_id: { type: "string", minLength: 1, description: "<Whose row it is.>", classification: "internal" },
      session_count: {
        type: "integer",
        minimum: 0,
        description: "<What is counted.>",
        classification: "health",
      },
      processed_at: PROCESSED_AT,
    },
    warehouse: { dataset: layer, kind: "table", write: "replace", key: ["user_id"], cluster: ["user_id"] },
  };
  const row = { user_id: "u1", session_count: 3, processed_at: "2024-09-01T00:00:00.000000Z" };
  const { session_count: _count, ...without } = row;
  return contractTexts(`schemas/${layer}/${table}`, schema, {
    "one-user.valid": row,
    "session-count-negative.invalid": { ...row, session_count: -1 },
    "session-count-missing.invalid": without,
    "user-id-empty.invalid": { ...row, user_id: "" },
  });
}

/** The column that dates a row by its run. */
export const PROCESSED_AT = {
  type: "string",
  format: "date-time",
  description: "As-of instant of the run that wrote the row; one value per run, never the clock.",
  classification: "internal",
} as const;
