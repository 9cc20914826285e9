import { createIfMissing, patchTable, tableAt } from "./bigquery-catalog";
import type { BigQueryClient } from "./bigquery-client";
import { STAGING_EXPIRY_MS } from "./bigquery-datasets";
import { inTransaction, newJobId, runStatements } from "./bigquery-jobs";
import { literal, quoted } from "./bigquery-sql";

const FENCE = "publication_fence";

/**
 * Makes a run the only one that can publish: a row in the staging dataset names it, and every publication changes that row.
 * BigQuery aborts one of two transactions that change the same row; it need not do so for two that only add to a table, and
 * that is what publications into empty tables are.
 */
export async function takeFence(client: BigQueryClient, dataset: string, runId: string): Promise<void> {
  const table = tableAt(client, dataset, FENCE);
  const labels = { managed_by: "medallion" };
  await createIfMissing(client, table, { schema: { fields: [{ name: "run_id", type: "STRING" }] }, labels });
  await patchTable(client, table, { expirationTime: String(Date.now() + STAGING_EXPIRY_MS) });
  const name = quoted(client.project, dataset, FENCE);
  const statements = [`DELETE FROM ${name} WHERE TRUE`, `INSERT INTO ${name} (run_id) VALUES (${literal(runId)})`];
  const job = { target: `${dataset}.${FENCE}`, query: inTransaction(statements), statements };
  await runStatements(client, newJobId("fence"), job);
}

/** The statement that fails a transaction when another run has taken over, and makes two publications meet. */
export function passFence(client: BigQueryClient, dataset: string, runId: string): string {
  const taken = `ERROR(CONCAT("run ", run_id, " has taken over"))`;
  return (
    `UPDATE ${quoted(client.project, dataset, FENCE)} ` +
    `SET run_id = IF(run_id = ${literal(runId)}, run_id, ${taken}) WHERE TRUE`
  );
}
