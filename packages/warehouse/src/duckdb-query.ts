import { type DuckDBConnection, type DuckDBResult, type DuckDBType, StatementType } from "@duckdb/node-api";
import { rows } from "./duckdb-values";
import { UnreadableResultError } from "./result-values";
import type { Row } from "./warehouse";

/** A column that a query gives. */
export interface QueriedColumn {
  readonly name: string;
  readonly type: DuckDBType;
}

// Statements are destroyed here and not left to the connection: of one whose garbage is half collected it leaves the file open.

/** The rows of one SELECT, streamed. Throws UnreadableResultError, or DuckDB's own error, which quotes values. */
export async function* selectedRows(connection: DuckDBConnection, sql: string): AsyncGenerator<Row> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) throw new UnreadableResultError("one query at a time");
  const statement = await statements.prepare(0);
  try {
    if (statement.statementType !== StatementType.SELECT) {
      throw new UnreadableResultError("only SELECT is run here: tables change by stage and publish");
    }
    const result = await statement.stream();
    try {
      yield* rows(result);
    } finally {
      await ended(connection, result);
    }
  } finally {
    statement.destroySync();
  }
}

/** The columns that a query gives; it is not run. */
export async function queriedColumns(connection: DuckDBConnection, sql: string): Promise<readonly QueriedColumn[]> {
  const statement = await connection.prepare(sql);
  try {
    return Array.from({ length: statement.columnCount }, (_, at) => ({
      name: statement.columnName(at),
      type: statement.columnType(at),
    }));
  } finally {
    statement.destroySync();
  }
}

/**
 * A stream that somebody stopped reading keeps the file open and locked after the warehouse is closed, until garbage is
 * collected: other processes are refused, and DuckDB waits for ever when this one opens the file again.
 */
async function ended(connection: DuckDBConnection, result: DuckDBResult): Promise<void> {
  connection.interrupt();
  try {
    while (((await result.fetchChunk())?.rowCount ?? 0) > 0);
  } catch {
    // It is ended, by its last row or by an error that the reader has got.
  }
}
