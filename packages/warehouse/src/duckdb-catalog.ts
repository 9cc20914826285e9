import type { DuckDBConnection } from "@duckdb/node-api";
import { literal } from "./duckdb-sql";

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

const TABLES = `
  SELECT schema_name, table_name, 'table' AS kind, comment FROM duckdb_tables()
  WHERE database_name = current_database() AND schema_name IN`;
const VIEWS = `
  SELECT schema_name, view_name, 'view', comment FROM duckdb_views()
  WHERE database_name = current_database() AND schema_name IN`;
const COLUMNS = `
  SELECT schema_name, table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns()
  WHERE database_name = current_database() AND schema_name IN`;
const COMMENTS = `
  SELECT table_name, comment FROM duckdb_tables()
  WHERE database_name = current_database() AND schema_name = $1 ORDER BY table_name`;

/** What DuckDB's catalog says of tables and views, by schema and name: asked for all at once, since each question costs milliseconds. */
export class StoredTables {
  private constructor(private readonly tables: ReadonlyMap<string, StoredTable>) {}

  /** Reads the catalog of some schemas. */
  static async read(connection: DuckDBConnection, schemas: readonly string[]): Promise<StoredTables> {
    const list = `(${schemas.map(literal).join(", ")})`;
    const found = await connection.runAndReadAll(`${TABLES} ${list} UNION ALL ${VIEWS} ${list}`);
    const columns = await connection.runAndReadAll(`${COLUMNS} ${list} ORDER BY column_index`);
    const columnsOf = new Map<string, StoredColumn[]>();
    for (const [schema, table, name, type, nullable, comment] of columns.getRows()) {
      const column = {
        name: String(name),
        type: String(type),
        nullable: nullable === true,
        comment: textOrNull(comment),
      };
      const place = placeName(String(schema), String(table));
      const known = columnsOf.get(place);
      if (known === undefined) columnsOf.set(place, [column]);
      else known.push(column);
    }
    const tables = found.getRows().map(([schema, name, kind, comment]): readonly [string, StoredTable] => {
      const place = placeName(String(schema), String(name));
      const isView = kind === "view";
      return [
        place,
        { kind: isView ? "view" : "table", comment: textOrNull(comment), columns: columnsOf.get(place) ?? [] },
      ];
    });
    return new StoredTables(new Map(tables));
  }

  /** A table or view; null when there is none. */
  find(schema: string, name: string): StoredTable | null {
    return this.tables.get(placeName(schema, name)) ?? null;
  }
}

function placeName(schema: string, name: string): string {
  return JSON.stringify([schema, name]);
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
