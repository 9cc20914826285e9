import { createHash } from "node:crypto";
import { type SilverTable, silverTables } from "@junoplus/silver-transforms";

/** A silver table, whatever its documents and rows are: what a row is, its contract says. */
export type ReconciledTable = SilverTable<unknown, Readonly<Record<string, unknown>>>;

/** The silver tables of these names. */
export function reconciledTables(names: ReadonlySet<string>): readonly ReconciledTable[] {
  return (silverTables as unknown as readonly ReconciledTable[]).filter(({ to }) => names.has(to.table));
}

/** What is compared of a row. Of what could be about a person's health there are digests only. */
export interface ComparedRow {
  /** Equal for rows of one key. */
  readonly key: string;
  /** JSON of the key's columns that are internal: what may be shown. */
  readonly shownKey: string;
  /** Equal for rows of the same content. */
  readonly content: string;
  /** Path of the document that the row tells it came from; null where it does not tell. */
  readonly document: string | null;
  /** That path, or as much of it as the row tells: `users/u1/period_tracking/`. */
  readonly place: string;
}

/** When and in which run a row came about; a live document cannot tell. */
const OF_THE_RUN: readonly string[] = ["changed_at", "processed_at"];
/** The period of a history's row: of a live document only the state is known, not since when. */
const OF_THE_PERIOD: readonly string[] = ["valid_from", "valid_to"];

/** Takes the rows of a table apart. */
export function comparedRow(table: ReconciledTable): (row: Readonly<Record<string, unknown>>) => ComparedRow {
  const { key, columns } = table.to;
  const left = new Set(table.kind === "history" ? [...OF_THE_RUN, ...OF_THE_PERIOD] : OF_THE_RUN);
  const keyColumns = key.filter((name) => !left.has(name));
  const contentColumns = columns.map(({ name }) => name).filter((name) => !left.has(name));
  const shown = columns.filter(({ classification }) => classification === "internal").map(({ name }) => name);
  const shownColumns = keyColumns.filter((name) => shown.includes(name));
  const segments = table.from.path.split("/");
  return (row) => {
    const place = placeOf(segments, table, row);
    return {
      key: digest(keyColumns.map((name) => row[name])),
      shownKey: JSON.stringify(Object.fromEntries(shownColumns.map((name) => [name, row[name]]))),
      content: digest(contentColumns.map((name) => row[name])),
      document: place.endsWith("/") ? null : place,
      place,
    };
  };
}

/** True for a row that says what is, and not what was. */
export function isCurrent({ kind }: ReconciledTable, row: Readonly<Record<string, unknown>>): boolean {
  return kind === "current" || row["valid_to"] === null;
}

/** The places that a document of this path may be told by: itself, and all that lies above. */
export function placesAbove(path: string): readonly string[] {
  const segments = path.split("/");
  return [path, ...segments.slice(1).map((_segment, i) => `${segments.slice(0, i + 1).join("/")}/`)];
}

function placeOf(
  segments: readonly string[],
  { pathColumns }: ReconciledTable,
  row: Readonly<Record<string, unknown>>,
): string {
  const known: string[] = [];
  for (const segment of segments) {
    const column = segment.startsWith("{") ? pathColumns[segment.slice(1, -1)] : undefined;
    const value = segment.startsWith("{") ? row[column ?? ""] : segment;
    if (typeof value !== "string") return `${known.join("/")}/`;
    known.push(value);
  }
  return known.join("/");
}

function digest(values: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(values)).digest("base64url").slice(0, 22);
}
