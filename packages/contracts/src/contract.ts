/** The columns, the validator and the facts of one table, and the declaration of one change log: what generated code is made of. */

/** Where a table belongs; `state` is what a run leaves to the next one, read by nobody else. */
export type Layer = "bronze" | "silver" | "gold" | "semantic" | "quality" | "state";

/** Why a change is rejected; closed, so that every count by reason is complete. */
export type RejectReason = "invalid_json" | "breaks_contract" | "missing_key" | "no_date" | "unknown_operation";

/** How close a value stands to a person: decides how far it may travel. */
export type Classification = "direct_identifier" | "health" | "internal";

export type ColumnType = "STRING" | "INT64" | "FLOAT64" | "BOOL" | "DATE" | "TIMESTAMP";

/** One column of a table, as the warehouse and the checks need it. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly mode: "REQUIRED" | "NULLABLE" | "REPEATED";
  readonly description: string;
  readonly classification: Classification;
  /** What the column is to a model that is trained on the table. */
  readonly role?: "key" | "feature" | "target" | "outcome" | "metadata";
  /** `current`: the value is of the run, not of the row's own time. */
  readonly asOf?: "current";
  readonly minimum?: number;
  readonly maximum?: number;
  /** Allowed values beside NULL. */
  readonly allowed?: readonly string[];
  /** In a view: the expression over the table it reads. */
  readonly sql?: string;
}

/** What is wrong with one value: where (JSON pointer, "" is the whole) and the rule that it breaks; never the value. */
export interface Fault {
  readonly pointer: string;
  readonly message: string;
  /** The schema keyword that is broken, such as `maximum`; `version` for a claim of one that does not exist. */
  readonly rule: string;
  readonly reason: RejectReason;
}

/** One table of the warehouse: what a row is, and where and how it lies. */
export interface TableContract<Row = unknown> {
  readonly table: string;
  readonly layer: Layer;
  /** The dataset's name without prefix: `<prefix>` itself for bronze, `<prefix>_<dataset>` for all others. */
  readonly dataset: Layer;
  readonly version: string;
  readonly description: string;
  readonly kind: "table" | "view";
  /** `replace`: a run writes the whole table anew; `append`: history, one batch a run. */
  readonly write: "replace" | "append";
  readonly key: readonly string[];
  readonly partition?: { readonly column: string; readonly granularity: "DAY" | "MONTH" };
  /** In BigQuery a query has to filter by the partition column; other stores have no such rule. */
  readonly requirePartitionFilter?: true;
  /** In BigQuery a partition is dropped so many days after its end; in other stores nothing expires. */
  readonly partitionExpirationDays?: number;
  readonly cluster: readonly string[];
  readonly columns: readonly Column[];
  /** The column that holds the time of the newest source change: the table's own, or that of the table it is made from. */
  readonly freshness?: { readonly table: string; readonly column: string };
  /** Of a view: the table that it reads, and its whole query where expressions per column are not enough. */
  readonly view?: { readonly from: string; readonly query?: string };
  /** Everything that is wrong with a row; empty when it keeps the contract. */
  readonly faults: (row: unknown) => readonly Fault[];
  /** Type only: what a row is in code. */
  readonly row?: Row;
}

/** One version of a change log's documents: what may stand in those that were written under it. */
export interface DocumentVersion {
  readonly version: string;
  /** Arrays whose entries are rejected alone. */
  readonly entries: readonly string[];
  /**
   * The document as the version describes it: Firestore values decoded (Timestamps as UTC text with six decimals), null
   * left out, fields that it does not name dropped. Wrong values are kept, so that `faults` sees them.
   */
  readonly decode: (raw: object) => unknown;
  /** Everything that is wrong with a decoded document, array entries included; empty when it keeps the contract. */
  readonly faults: (document: unknown) => readonly Fault[];
}

/** A valid document of one major version as the next one describes it. Pure: it may not write to what it is given. */
export type Upcaster = (document: never) => object;

/** The upcasters of one contract, by the major version that they read. */
export type Upcasters = Readonly<Record<number, Upcaster>>;

/** Which version reads a document, and how a document of an older one becomes one of the newest. */
export interface DocumentVersions {
  /** The version that a raw document claims; a fault when there is none such. */
  readonly claimed: (raw: object) => { readonly version: DocumentVersion } | { readonly fault: Fault };
  /** A valid decoded document of a version as the newest major describes it. */
  readonly upcast: (document: unknown, version: string) => unknown;
}

/** One change log: whose documents it holds, and what may stand in them. The facts of its own are those of the newest version. */
export interface ChangelogContract<Document = unknown> extends DocumentVersion {
  /** Title of the contract, `bronze_<table>`. */
  readonly table: string;
  readonly description: string;
  /** Change logs are named `<prefix>_raw_changelog`. */
  readonly prefix: string;
  /** The documents' path with its wildcards, `users/{userId}/therapy_sessions/{sessionId}`. */
  readonly path: string;
  /** How documents of older versions are read; absent where the newest version reads all. */
  readonly versions?: DocumentVersions;
  /** Type only: what a valid document is in code. */
  readonly document?: Document;
}
