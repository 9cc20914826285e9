import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type LastRun, rejectedChangePayloads } from "@junoplus/contracts";
import { type Warehouse, writeNdjson } from "@junoplus/warehouse";
import { redeliveredPayloads } from "./run-lists";
import { shardsOf } from "./staging-directory";

/**
 * Rejected changes of the log's earlier runs that came again with a lesser text, as rows of these runs: of two texts of one
 * change the lesser is kept, whichever came first. Gives the file and its rows; null when nothing came again.
 */
export async function amendedPayloads(
  warehouse: Warehouse,
  runId: string,
  { run_ids: runIds }: LastRun,
  directory: string,
): Promise<{ readonly path: string; readonly rows: number } | null> {
  const shards = shardsOf(directory, redeliveredPayloads.table);
  if (shards.length === 0) return null;
  await warehouse.stage(runId, redeliveredPayloads, shards);
  const rows = await warehouse.query(
    `SELECT kept.run_id, kept.checked_at, kept.table_name, kept.change_hash, again.change
    FROM ${warehouse.tableName(rejectedChangePayloads)} AS kept
    JOIN ${warehouse.stagingName(redeliveredPayloads, runId)} AS again
      ON again.table_name = kept.table_name AND again.change_hash = kept.change_hash
    WHERE again.change < kept.change AND kept.run_id IN (${runIds.map((id) => warehouse.literal(id)).join(", ")})`,
  );
  const folder = join(directory, "amended");
  mkdirSync(folder);
  const path = join(folder, "payloads.ndjson");
  const { rows: written } = await writeNdjson(path, rows);
  return { path, rows: written };
}
