import type { TableContract } from "@junoplus/contracts";
import type { PartOfTable } from "./warehouse";

/** What of a table a run publishes. */
export interface PublishedPart {
  readonly contract: TableContract;
  readonly columns: readonly string[];
  /** Null: the table as a whole. */
  readonly valuesIn: TableContract | null;
}

/** A table as a whole, or the part of it that is named. */
export function publishedPart(table: TableContract | PartOfTable): PublishedPart {
  return "contract" in table ? table : { contract: table, columns: [], valuesIn: null };
}

/** The lists of values that parts are told by, each once; a part that is told by its own rows needs none. */
export function listsOf(parts: readonly PublishedPart[]): readonly TableContract[] {
  const lists = parts.flatMap(({ contract, valuesIn }) =>
    valuesIn === null || valuesIn.table === contract.table ? [] : [valuesIn],
  );
  return [...new Map(lists.map((list) => [list.table, list])).values()];
}
