import type { Layer } from "@junoplus/contracts";
import type { BigQueryClient } from "./bigquery-client";
import { change } from "./bigquery-dry-run";
import { isConflict, isNotFound } from "./bigquery-fault";
import { datasetName } from "./dataset-names";
import { WarehouseOpenError } from "./errors";

/** After this long BigQuery drops what a run left in staging, if no later run did. */
export const STAGING_EXPIRY_MS = 7 * 24 * 3600 * 1000;

const DESCRIPTIONS: Readonly<Record<Layer | "staging", string>> = {
  bronze: "Change logs, and the payloads of rejected changes: personal data.",
  silver: "One row per thing of the app: current rows and histories.",
  gold: "Analytics and ML tables, made from silver.",
  semantic: "Views for dashboards.",
  quality: "Ledger of runs, checks and their history, rejected changes without their payloads.",
  state: "What a run leaves to the next one, documents among it: personal data. Nobody reads here but runs.",
  staging: "Tables of runs under way. Nobody reads here; what is left expires.",
};

/** Creates a dataset where it is missing. Throws WarehouseOpenError when it lies somewhere else. */
export async function ensureDataset(
  client: BigQueryClient,
  url: string,
  prefix: string,
  dataset: Layer | "staging",
): Promise<void> {
  const name = datasetName(prefix, dataset);
  const location = await locationOf(client, name);
  if (location === null) {
    await createDataset(client, name, dataset);
  } else if (location.toLowerCase() !== client.location.toLowerCase()) {
    const fault = `the dataset ${name} lies in ${location}, and jobs would run in ${client.location}`;
    throw new WarehouseOpenError(url, fault, `Use bigquery:${client.project}/${location}, or another --prefix.`);
  }
}

async function locationOf(client: BigQueryClient, name: string): Promise<string | null> {
  try {
    const [metadata] = await client.api.dataset(name).getMetadata();
    return String(metadata.location);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

async function createDataset(client: BigQueryClient, name: string, dataset: Layer | "staging"): Promise<void> {
  try {
    await change(client, { call: "datasets.insert", target: name }, () =>
      client.api.createDataset(name, {
        location: client.location,
        description: DESCRIPTIONS[dataset],
        labels: { managed_by: "medallion", layer: dataset },
        ...(dataset === "staging" ? { defaultTableExpirationMs: String(STAGING_EXPIRY_MS) } : {}),
      }),
    );
  } catch (error) {
    // Two runs may find it missing at once.
    if (!isConflict(error)) throw error;
  }
}
