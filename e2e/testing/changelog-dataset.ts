import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BigQuery, TableMetadata } from "@google-cloud/bigquery";
import { SAMPLE_PREFIXES, sampleLines } from "./sample";

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

/** Makes the change log tables of the sample in a new dataset and loads its rows; `scratch` is a directory for what is loaded. */
export async function loadSample(
  api: BigQuery,
  dataset: string,
  scratch: string,
  layout: (prefix: string) => TableLayout = () => ({}),
): Promise<void> {
  await api.createDataset(dataset, { location: "US" });
  for (const prefix of SAMPLE_PREFIXES) {
    const { columns = EXTENSION_COLUMNS, metadata = {} } = layout(prefix);
    const table = api.dataset(dataset).table(`${prefix}_raw_changelog`);
    await table.create({ schema: { fields: [...columns] }, ...metadata });
    const file = join(scratch, `${dataset}-${prefix}.ndjson`);
    const kept = columns.map(({ name }) => name as string);
    writeFileSync(
      file,
      sampleLines(prefix)
        .map((line) => `${JSON.stringify(JSON.parse(line), kept)}\n`)
        .join(""),
    );
    await table.load(file, { sourceFormat: "NEWLINE_DELIMITED_JSON", writeDisposition: "WRITE_APPEND" });
  }
}
