import type { BigQuery } from "@google-cloud/bigquery";
import { accessError } from "./changelog-access-error";
import { ChangelogSourceError } from "./changelog-files";
import { codeOf } from "./google-access-fault";

/** Where change log tables lie: `bigquery:PROJECT.DATASET[/LOCATION]`. */
export interface ChangelogDataset {
  readonly project: string;
  readonly dataset: string;
  /** Where the dataset must lie; null where nothing is asked of it. */
  readonly location: string | null;
}

/** A change log table whose columns fit. */
export interface ChangelogTable extends ChangelogDataset {
  readonly prefix: string;
  readonly table: string;
  /** The columns to read, in the order of the extension's schema. */
  readonly columns: readonly string[];
  /** What every row fulfils; a table that demands a filter on its partitions is read whole with it. Null where none is needed. */
  readonly rowRestriction: string | null;
  /** Where BigQuery says that it lies; null where it does not. */
  readonly region: string | null;
}

/** `project.dataset.table`. */
export function tableNameOf({ project, dataset, table }: ChangelogTable): string {
  return `${project}.${dataset}.${table}`;
}

/** Conditions of which each may be absent, as one. */
export function restrictedTo(...conditions: readonly (string | null)[]): string | null {
  const given = conditions.filter((condition) => condition !== null);
  return given.length === 0 ? null : given.join(" AND ");
}

/** The extension's columns in its order; `old_data` is not among them: it keeps what was erased. */
const COLUMNS = [
  { name: "timestamp", type: "TIMESTAMP", needed: true },
  { name: "event_id", type: "STRING", needed: true },
  { name: "document_name", type: "STRING", needed: true },
  { name: "operation", type: "STRING", needed: true },
  { name: "data", type: "STRING", needed: true },
  // Older versions of the extension write neither: both follow from the document's name.
  { name: "document_id", type: "STRING", needed: false },
  { name: "path_params", type: "STRING", needed: false },
] as const;

/** Reads `bigquery:PROJECT.DATASET[/LOCATION]`; null when the text is none. */
export function changelogDataset(text: string): ChangelogDataset | null {
  const found = /^bigquery:((?:[a-z0-9.-]+:)?[a-z][a-z0-9-]*[a-z0-9])\.(\w+)(?:\/([A-Za-z][A-Za-z0-9-]*))?$/.exec(text);
  const [, project, dataset, location = null] = found ?? [];
  return project === undefined || dataset === undefined ? null : { project, dataset, location };
}

/**
 * The table `<prefix>_raw_changelog` of each prefix, looked at before anything is read; of prefixes that may be missing, the
 * tables that are there. Throws ChangelogSourceError with every
 * fault of every table (missing, a view, elsewhere, a column that is missing or of another type), ChangelogAccessError where
 * BigQuery refuses or is not reached.
 */
export async function changelogTables(
  api: BigQuery,
  dataset: ChangelogDataset,
  prefixes: readonly string[],
  mayBeMissing: ReadonlySet<string> = new Set(),
): Promise<readonly ChangelogTable[]> {
  const faults: string[] = [];
  const found: ChangelogTable[] = [];
  for (const prefix of prefixes) {
    const table = `${prefix}_raw_changelog`;
    const metadata = await tableMetadata(api, dataset, table);
    if (metadata === null && mayBeMissing.has(prefix)) continue;
    const wrong = metadata === null ? [MISSING] : tableFaults(metadata, dataset);
    faults.push(...wrong.map((fault) => `  ${dataset.project}.${dataset.dataset}.${table}: ${fault}`));
    if (metadata !== null) found.push({ ...dataset, prefix, table, ...reading(metadata) });
  }
  if (faults.length === 0) return found;
  throw new ChangelogSourceError(
    `the change logs cannot be read; nothing was changed\n${faults.join("\n")}\n` +
      "  Name the dataset that firestore-bigquery-export writes to, or choose with --tables what needs no other log.",
  );
}

const MISSING = "is not there. Install the extension for its collection with this table prefix, or import it once";

interface Metadata {
  readonly type?: string;
  readonly location?: string;
  readonly schema?: { readonly fields?: readonly { readonly name?: string; readonly type?: string }[] };
  readonly requirePartitionFilter?: boolean;
  readonly timePartitioning?: { readonly field?: string; readonly requirePartitionFilter?: boolean };
}

async function tableMetadata(api: BigQuery, dataset: ChangelogDataset, table: string): Promise<Metadata | null> {
  const handle = api.dataset(dataset.dataset, { projectId: dataset.project }).table(table);
  try {
    const [metadata] = (await handle.getMetadata()) as [Metadata, unknown];
    return metadata;
  } catch (error) {
    if (codeOf(error) === 404) {
      if (!/\bNot found: (Dataset|Project)\b/i.test(String(error))) return null;
      throw new ChangelogSourceError(
        `${dataset.project}.${dataset.dataset} is not there; nothing was changed. Name the dataset that ` +
          "firestore-bigquery-export writes to: bigquery:PROJECT.DATASET.",
      );
    }
    throw accessError(`${dataset.project}.${dataset.dataset}.${table}`, error);
  }
}

function tableFaults(metadata: Metadata, { location }: ChangelogDataset): readonly string[] {
  const { type = "TABLE" } = metadata;
  if (type !== "TABLE") return [`is a ${type.toLowerCase()}: the raw change log is a table`];
  const faults: string[] = [];
  if (location !== null && metadata.location?.toLowerCase() !== location.toLowerCase()) {
    faults.push(`lies in ${metadata.location} and not in ${location}`);
  }
  for (const column of COLUMNS) {
    const field = fieldOf(metadata, column.name);
    if (field === undefined) {
      if (column.needed) faults.push(`has no column ${column.name} (${column.type}): it is no change log`);
    } else if (field.type !== column.type) {
      faults.push(`column ${column.name} is ${field.type} and not ${column.type}: copy it into a table of that type`);
    }
  }
  return faults;
}

function reading(metadata: Metadata): Pick<ChangelogTable, "columns" | "rowRestriction" | "region"> {
  const { timePartitioning, requirePartitionFilter } = metadata;
  const demandsFilter = requirePartitionFilter === true || timePartitioning?.requirePartitionFilter === true;
  return {
    columns: COLUMNS.map(({ name }) => name).filter((name) => fieldOf(metadata, name) !== undefined),
    rowRestriction: demandsFilter ? everyPartition(timePartitioning?.field ?? "_PARTITIONTIME") : null,
    region: metadata.location ?? null,
  };
}

/** True of every row: a TIMESTAMP begins with the year 1. NULL, which only the extension's own partition field can be, has a partition too. */
function everyPartition(column: string): string {
  return column === "timestamp" || column === "_PARTITIONTIME"
    ? `${column} >= TIMESTAMP "0001-01-01 00:00:00+00"`
    : `(${column} IS NOT NULL OR ${column} IS NULL)`;
}

function fieldOf({ schema }: Metadata, name: string) {
  return schema?.fields?.find((field) => field.name === name);
}
