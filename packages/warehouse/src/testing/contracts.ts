import type { Column, TableContract } from "@junoplus/contracts";

/** A nullable column, or one of another mode. */
export function column(name: string, type: Column["type"], mode: Column["mode"] = "NULLABLE"): Column {
  return { name, type, mode, description: `What "${name}" means; it's text.`, classification: "internal" };
}

/** A contract for tests: a silver table that is replaced, keyed by `id`, unless told otherwise. */
export function contractOf(facts: Partial<TableContract> & Pick<TableContract, "columns">): TableContract {
  return {
    table: "silver_things",
    layer: "silver",
    dataset: "silver",
    version: "1.0.0",
    description: 'One row per thing.\n\nIt\'s a "thing".',
    kind: "table",
    write: "replace",
    key: ["id"],
    cluster: [],
    faults: () => [],
    ...facts,
  };
}

/** A table of id and value. */
export const things = contractOf({ columns: [column("id", "STRING", "REQUIRED"), column("value", "INT64")] });

/** The same, as history. */
export const history = contractOf({
  table: "thing_history",
  dataset: "quality",
  layer: "quality",
  write: "append",
  columns: things.columns,
});

/** A table with every type of column in every mode that contracts use. */
export const everyType = contractOf({
  table: "every_type",
  partition: { column: "day", granularity: "MONTH" },
  cluster: ["word"],
  columns: [
    column("id", "STRING", "REQUIRED"),
    column("word", "STRING"),
    column("whole", "INT64"),
    column("number", "FLOAT64"),
    column("flag", "BOOL"),
    column("day", "DATE"),
    column("instant", "TIMESTAMP"),
    column("words", "STRING", "REPEATED"),
    column("days", "DATE", "REPEATED"),
    column("instants", "TIMESTAMP", "REPEATED"),
  ],
});
