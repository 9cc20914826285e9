/** One use of a field of a contract, at the place in the code where the field is read. */
export interface FieldUse {
  /** Title of the contract, `bronze_therapy_sessions`. */
  readonly contract: string;
  /** The field in the document or row, `/feedback/painLevelBefore`, `/medications/*\/name`; "" is which rows there are. */
  readonly pointer: string;
  readonly reader: Reader;
  /** Path from the root of the repository. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Who reads a field. */
export interface Reader {
  /** `step`: it is read, and no column is proven to depend on it. */
  readonly kind: "column" | "check" | "view" | "step";
  /**
   * `table.column`, `table.check` or the check alone where its table is not written beside it, `view.column`, or the function. A column `*` is the table's rows themselves: the field
   * decides which there are and what is counted into each, so that every column of the table depends on it.
   */
  readonly name: string;
}
