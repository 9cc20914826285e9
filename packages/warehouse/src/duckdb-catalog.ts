import type { DuckDBConnection } from "@duckdb/node-api";

/** A column as DuckDB's catalog has it. */
export interface StoredColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly comment: string | null;
}

/** A table or view as DuckDB's catalog has it. */
export interface StoredTable {
  readonly kind: "table" | "view";
  readonly comment: string | null;
  readonly columns: readonly StoredColumn[];
}

const TABLE = `
  SELECT 'table' AS kind, comment FROM duckdb_tables()
  WHERE database_name = current_database() AND schema_name = $1 AND table_name = $2
  UNION ALL
  SELECT 'view', comment FROM duckdb_views()
  WHERE database_name = current_database() AND schema_name = $1 AND view_name = $2`;
const COLUMNS = `
  SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns()
  WHERE database_name = current_database() AND schema_name = $1 AND table_name = $2
  ORDER BY column_index`;
const COMMENTS = `
  SELECT table_name, comment FROM duckdb_tables()
  WHERE database_name = current_database() AND schema_name = $1 ORDER BY table_name`;

/** What DuckDB's catalog says of a table or view; null when there is none. */
export async function storedTable(
  connection: DuckDBConnection,
  schema: string,
  table: string,
): Promise<StoredTable | null> {
  const [found] = (await connection.runAndReadAll(TABLE, [schema, table])).getRows();
  if (found === undefined) return null;
  const columns = (await connection.runAndReadAll(COLUMNS, [schema, table])).getRows();
  return {
    kind: found[0] === "view" ? "view" : "table",
    comment: textOrNull(found[1]),
    columns: columns.map(([name, type, nullable, comment]) => ({
      name: String(name),
      type: String(type),
      nullable: nullable === true,
      comment: textOrNull(comment),
    })),
  };
}

/** Names and comments of the tables of a schema. */
export async function tablesIn(
  connection: DuckDBConnection,
  schema: string,
): Promise<readonly { readonly name: string; readonly comment: string | null }[]> {
  const tables = (await connection.runAndReadAll(COMMENTS, [schema])).getRows();
  return tables.map(([name, comment]) => ({ name: String(name), comment: textOrNull(comment) }));
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
