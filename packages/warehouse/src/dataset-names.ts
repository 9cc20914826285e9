import { createHash } from "node:crypto";
import type { Layer, TableContract } from "@junoplus/contracts";

/** The prefix of all datasets unless told otherwise. */
export const DEFAULT_PREFIX = "junoplus_analytics";

/** The full name of a dataset: the prefix itself for bronze, `<prefix>_<dataset>` for the others. */
export function datasetName(prefix: string, dataset: Layer | "staging"): string {
  return dataset === "bronze" ? prefix : `${prefix}_${dataset}`;
}

/** The name of a run's staging table: no two runs or tables share one, whatever characters a run id has. */
export function stagingTable(runId: string, contract: TableContract): string {
  return `${stagingRun(runId)}__${contract.dataset}__${contract.table}`;
}

/** What the names of a run's staging tables begin with, up to the first `__`. */
export function stagingRun(runId: string): string {
  const readable = runId
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .slice(0, 64);
  const digest = createHash("sha256").update(runId).digest("hex").slice(0, 12);
  return `${readable}_${digest}`;
}
