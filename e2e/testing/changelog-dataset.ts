import { once } from "node:events";
import { createReadStream, createWriteStream, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { BigQuery, TableMetadata } from "@google-cloud/bigquery";
import { changelogFiles } from "@junoplus/bronze-ingest";
import { SAMPLE, SAMPLE_PREFIXES } from "./sample";

/** The columns of the extension's table, in its order. */
export const EXTENSION_COLUMNS = [
  { name: "timestamp", type: "TIMESTAMP", mode: "REQUIRED" },
  { name: "event_id", type: "STRING", mode: "REQUIRED" },
  { name: "document_name", type: "STRING", mode: "REQUIRED" },
  { name: "operation", type: "STRING", mode: "REQUIRED" },
  { name: "data", type: "STRING", mode: "NULLABLE" },
  { name: "old_data", type: "STRING", mode: "NULLABLE" },
  { name: "document_id", type: "STRING", mode: "NULLABLE" },
  { name: "path_params", type: "STRING", mode: "NULLABLE" },
] as const;

/** How a change log table is made. */
export interface TableLayout {
  readonly columns?: readonly (typeof EXTENSION_COLUMNS)[number][];
  readonly metadata?: TableMetadata;
}

/** Makes the change log tables of a directory in a new dataset and loads their rows; `scratch` is a directory for what is loaded. */
export async function loadChangelogs(
  api: BigQuery,
  dataset: string,
  { directory, scratch }: { readonly directory: string; readonly scratch: string },
  layout: (prefix: string) => TableLayout = () => ({}),
): Promise<void> {
  await api.createDataset(dataset, { location: "US" });
  for (const prefix of SAMPLE_PREFIXES) {
    const { columns = EXTENSION_COLUMNS, metadata = {} } = layout(prefix);
    const table = api.dataset(dataset).table(`${prefix}_raw_changelog`);
    await table.create({ schema: { fields: [...columns] }, ...metadata });
    const file = join(scratch, `${dataset}-${prefix}.ndjson`);
    const paths = changelogFiles(directory, [prefix]).map(({ path }) => path);
    await writeColumns(
      paths,
      columns.map(({ name }) => name),
      file,
    );
    await table.load(file, { sourceFormat: "NEWLINE_DELIMITED_JSON", writeDisposition: "WRITE_APPEND" });
  }
}

/** Adds changes to a change log table. Throws where BigQuery does not take them. */
export async function appendChanges(
  api: BigQuery,
  { dataset, prefix, scratch }: { readonly dataset: string; readonly prefix: string; readonly scratch: string },
  changes: readonly object[],
): Promise<void> {
  const file = join(mkdtempSync(join(scratch, "added-")), "changes.ndjson");
  writeFileSync(file, changes.map((change) => `${JSON.stringify(change)}\n`).join(""));
  const format = { sourceFormat: "NEWLINE_DELIMITED_JSON", writeDisposition: "WRITE_APPEND" } as const;
  const [job] = await api.dataset(dataset).table(`${prefix}_raw_changelog`).load(file, format);
  if (job.status?.errorResult !== undefined) throw new Error(job.status.errorResult.message);
}

/** The same of the recorded sample. */
export function loadSample(
  api: BigQuery,
  dataset: string,
  scratch: string,
  layout?: (prefix: string) => TableLayout,
): Promise<void> {
  return loadChangelogs(api, dataset, { directory: SAMPLE, scratch }, layout);
}

/** The given columns of every line. */
async function writeColumns(paths: readonly string[], kept: readonly string[], target: string): Promise<void> {
  const out = createWriteStream(target);
  for (const path of paths) {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
      if (!out.write(`${JSON.stringify(JSON.parse(line), [...kept])}\n`)) await once(out, "drain");
    }
  }
  out.end();
  await once(out, "finish");
}
