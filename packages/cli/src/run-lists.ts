import type { Column, TableContract } from "@junoplus/contracts";
import type { AnySilverTable } from "@junoplus/silver-transforms";

/** Documents of which a run reads changes; `user_id` is the user whose rows they may give, NULL where they give none. */
export const touchedDocuments = list("touched_documents", [
  text("changelog"),
  text("document_key"),
  { ...text("user_id"), mode: "NULLABLE" },
]);

/** Users whom changes of a log touch, by log: a row a pair. */
export const touchedUsers = list("touched_users", [text("changelog"), text("user_id")]);

/** The rows of a silver table that a run makes anew alone, since the paths of their documents name them. */
export function remadeRows({ to }: AnySilverTable): TableContract {
  return list(`remade_${to.table}`, keyColumns(to));
}

/** The rows of a table that a run replaces, whether it has new ones in their place or none. A column of the key that may be NULL does not tell. */
export function replacedRows(table: TableContract): TableContract {
  return list(
    `replaced_${table.table}`,
    keyColumns(table).filter(({ mode }) => mode === "REQUIRED"),
  );
}

/** Rejected changes of earlier runs that came again, as they came. */
export const redeliveredPayloads = list("redelivered_payloads", [
  text("table_name"),
  text("change_hash"),
  text("change"),
]);

/** A list that a run makes for itself: staged to be joined with tables, and never published. */
function list(table: string, columns: readonly Column[]): TableContract {
  return {
    table,
    layer: "state",
    dataset: "state",
    version: "1.0.0",
    description: "A list that a run makes for itself.",
    kind: "table",
    write: "replace",
    key: columns.filter(({ mode }) => mode === "REQUIRED").map(({ name }) => name),
    cluster: [],
    columns,
    // Its rows are the run's own and go nowhere: there is no contract with anybody to be kept.
    faults: () => [],
  };
}

function text(name: string): Column {
  return { name, type: "STRING", mode: "REQUIRED", description: name, classification: "internal" };
}

function keyColumns({ key, columns }: TableContract): readonly Column[] {
  return key.flatMap((name) => columns.filter((column) => column.name === name));
}
