import type { TableContract } from "@junoplus/contracts";
import { quoted } from "./bigquery-sql";
import type { RowFault } from "./shard-fault";

/** A day in milliseconds, in which the API counts an expiration. */
export const DAY_MS = 24 * 3600 * 1000;

/** Days after which a partition is dropped, as the API counts them. */
export function expirationMs(days: number): string {
  return String(days * DAY_MS);
}

/**
 * A condition that every row fulfils, also one whose partition column is NULL, and that BigQuery takes for the filter which a
 * table may demand: both halves can be told from a partition alone. It stands beside others by AND only: within an OR, or
 * in one expression with IS NOT DISTINCT FROM, BigQuery no longer takes it for one.
 */
export function everyPartition(column: string, table?: string): string {
  const name = table === undefined ? quoted(column) : `${table}.${quoted(column)}`;
  return `(${name} IS NULL OR ${name} IS NOT NULL)`;
}

/** A table for FROM that BigQuery reads although it demands a filter: all of its rows. */
export function everyRow(name: string, column: string): string {
  return `(SELECT * FROM ${name} WHERE ${everyPartition(column)})`;
}

/** The column by which BigQuery demands a filter in each query of the contract's table; null where it demands none. */
export function filteredColumn({ partition, requirePartitionFilter }: TableContract): string | null {
  return requirePartitionFilter === true && partition !== undefined ? partition.column : null;
}

/**
 * Why BigQuery would drop a row as soon as it is written, or null: its partition has expired. Other stores would keep it. A
 * partition expires so many days after its end, so the oldest one that is kept is that of the instant so many days ago.
 */
export function expiredPartition({ partition, partitionExpirationDays: days }: TableContract, now: Date): RowFault {
  if (partition === undefined || days === undefined) return () => null;
  const oldest = new Date(now.getTime() - days * DAY_MS)
    .toISOString()
    .slice(0, partition.granularity === "DAY" ? 10 : 7);
  const fault =
    `${partition.column} lies before ${oldest}: its partition has expired (partitionExpirationDays ${days}), ` +
    "and BigQuery would drop the row at once. Leave such rows out, or raise the days";
  return (values) => {
    const value = values.get(partition.column);
    // Text of one width: it sorts as time.
    return typeof value === "string" && value.slice(0, oldest.length) < oldest ? fault : null;
  };
}
