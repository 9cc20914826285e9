import type { Row } from "@junoplus/warehouse";

/** Rows as sorted text, so that they compare as a set and a difference shows the row. */
export function logOf(rows: readonly object[]): readonly string[] {
  return rows.map((row) => JSON.stringify(Object.fromEntries(Object.entries(row).sort()))).sort();
}

/** Rejected changes in the oracle's words, as sorted text. */
export function rejectedKeys(rows: readonly Row[]): readonly string[] {
  return rows
    .map((row) =>
      JSON.stringify({
        prefix: row["table_name"],
        path: row["document_path"],
        timestamp: row["change_timestamp"],
        event_id: row["event_id"],
        reason: row["reason"],
        pointers: [...(row["pointers"] as readonly string[])].sort(),
        entry: row["is_entry"],
      }),
    )
    .sort();
}
