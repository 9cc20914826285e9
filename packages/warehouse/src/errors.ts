/** A URL that names no store. */
export class WarehouseUrlError extends Error {
  override readonly name = "WarehouseUrlError" as const;
  constructor(
    readonly url: string,
    fault: string,
  ) {
    super(
      `"${url}" is no warehouse: ${fault}. Use duckdb:FILE, duckdb::memory: for one that ends with the process, ` +
        "or bigquery:PROJECT[/LOCATION].",
    );
  }
}

/** A store that cannot be opened: what is wrong, where, and what to do. */
export class WarehouseOpenError extends Error {
  override readonly name = "WarehouseOpenError" as const;
  constructor(
    readonly url: string,
    readonly fault: string,
    readonly cure: string,
    options?: ErrorOptions,
  ) {
    super(`${url} cannot be opened: ${fault}. ${cure}`, options);
  }
}

/** A store that refuses, or that was not reached: what is wrong and what to do. */
export class WarehouseAccessError extends Error {
  override readonly name = "WarehouseAccessError" as const;
  constructor(
    readonly url: string,
    action: string,
    /** What kind of fault it is, for example `permission` or `network`. */
    readonly kind: string,
    readonly fault: string,
    readonly cure: string,
    options?: ErrorOptions,
  ) {
    super(`${url}: ${action}: ${fault}. ${cure}`, options);
  }
}

/** A warehouse in which another run is at work. */
export class WarehouseBusyError extends Error {
  override readonly name = "WarehouseBusyError" as const;
  constructor(
    readonly url: string,
    readonly holder: string,
  ) {
    super(`${url}: run ${holder} is at work here. Wait until it ends, and run again; nothing was changed.`);
  }
}

/** A change to a warehouse that was opened to be read. */
export class ReadOnlyWarehouseError extends Error {
  override readonly name = "ReadOnlyWarehouseError" as const;
  constructor(
    readonly url: string,
    action: string,
  ) {
    super(`${url} was opened to be read only: ${action} needs it opened without readOnly.`);
  }
}

/** What keeps one table from following its contract. */
export interface TableFaults {
  readonly table: string;
  readonly faults: readonly string[];
}

/** Tables that cannot follow their contracts without breaking readers or losing data; nothing has been changed. */
export class IncompatibleTableError extends Error {
  override readonly name = "IncompatibleTableError" as const;
  constructor(
    readonly url: string,
    readonly tables: readonly TableFaults[],
  ) {
    super(
      `${url} has tables that do not fit their contracts; nothing was changed.\n` +
        tables.map(({ table, faults }) => `${table}:\n${faults.map((fault) => `  ${fault}\n`).join("")}`).join("") +
        "Keep the column as it was, or raise the contract's major version and give the table a new suffix (_v2). " +
        "A table that a run writes whole may also be dropped: the next run makes it anew.",
    );
  }
}

/** Shards that cannot be loaded: file, line and rule, never the values. */
export class StageError extends Error {
  override readonly name = "StageError" as const;
  constructor(
    readonly table: string,
    readonly fault: string,
    readonly file: string | null = null,
    readonly line: number | null = null,
    cure = "Run again, which writes the shards anew.",
  ) {
    const where = file === null ? "" : line === null ? ` ${file}:` : ` ${file}, line ${line}:`;
    super(`${table} was not staged:${where} ${fault}. ${cure} Published tables are untouched.`);
  }
}

/** A publication that was refused or undone: all tables are as they were. */
export class PublishError extends Error {
  override readonly name = "PublishError" as const;
  constructor(
    readonly runId: string,
    readonly tables: readonly string[],
    readonly fault: string,
    cure: string,
  ) {
    super(`Run ${runId} published nothing: ${tables.join(", ")}: ${fault}. ${cure}`);
  }
}

/** A query that the store refuses, or whose result has no form in rows. */
export class QueryError extends Error {
  override readonly name = "QueryError" as const;
  constructor(
    readonly sql: string,
    readonly fault: string,
  ) {
    super(`${fault}\n  in: ${firstLine(sql)}`);
  }
}

/** A table or view that has not been created. */
export class MissingTableError extends Error {
  override readonly name = "MissingTableError" as const;
  constructor(
    readonly url: string,
    readonly table: string,
  ) {
    super(`${url} has no ${table}: run the job once, or check the dataset prefix.`);
  }
}

function firstLine(sql: string): string {
  const [first = "", ...rest] = sql.trim().split("\n");
  return rest.length > 0 ? `${first} …` : first;
}
