import type { Column, TableContract } from "@junoplus/contracts";
import { type AnySilverTable, isNamedByPath } from "@junoplus/silver-transforms";

/** Documents of which a run reads changes; `user_id` is the user whose rows they may give, NULL where they give none. */
export const touchedDocuments = list("touched_documents", ["changelog", "document_key"], ["user_id"]);

/** Users of whom something changed: their gold rows are made anew. */
export const touchedUsers = list("touched_users", ["user_id"]);

/** The list of the rows of a silver table that a run makes anew: each alone, where its document's path names it, or all of a user. */
export function remadeRows(table: AnySilverTable): TableContract {
  return list(`remade_${table.to.table}`, isNamedByPath(table) ? table.to.key : ["user_id"]);
}

/** Days whose rows a run makes anew. */
export const changedDays = list("changed_days", [], [], ["session_date"]);

/** Rejected changes of earlier runs that came again, as they came. */
export const redeliveredPayloads = list("redelivered_payloads", ["table_name", "change_hash", "change"]);

/** A list that a run makes for itself: staged to be joined with tables, and never published. */
function list(
  table: string,
  texts: readonly string[],
  nullable: readonly string[] = [],
  days: readonly string[] = [],
): TableContract {
  return {
    table,
    layer: "state",
    dataset: "state",
    version: "1.0.0",
    description: "A list that a run makes for itself.",
    kind: "table",
    write: "replace",
    key: [...texts, ...days],
    cluster: [],
    columns: [
      ...texts.map((name) => column(name, "STRING", "REQUIRED")),
      ...nullable.map((name) => column(name, "STRING", "NULLABLE")),
      ...days.map((name) => column(name, "DATE", "REQUIRED")),
    ],
    // Its rows are the run's own and go nowhere: there is no contract with anybody to be kept.
    faults: () => [],
  };
}

function column(name: string, type: Column["type"], mode: Column["mode"]): Column {
  return { name, type, mode, description: name, classification: "internal" };
}
