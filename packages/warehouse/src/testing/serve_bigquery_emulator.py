"""Serves the BigQuery emulator until its input ends, so that it does not outlive tests that are killed.

What it says and does stays as it is; what it asks its own catalog is asked in another way. DuckDB's catalog functions look
up the statistics of every table that there is, which takes longer than everything else that a statement costs.
"""

import os
import re
import sys
import threading

import duckdb
from local_bigquery.cli import main
from local_bigquery.engine import database
from local_bigquery.engine.database import quote

# The most rows that the Storage API sends in one message.
MESSAGE_ROWS = int(os.environ["MESSAGE_ROWS"])

# Of DuckLake's own tables, what the catalog functions say of tables that are there.
CATALOG = {
    "duckdb_schemas()": """(
        SELECT '{project}' AS database_name, schema_name FROM {lake}.ducklake_schema WHERE end_snapshot IS NULL)""",
    "duckdb_tables()": """(
        SELECT '{project}' AS database_name, schema_name, table_name, coalesce(record_count, 0) AS estimated_size
        FROM {lake}.ducklake_table AS t JOIN {lake}.ducklake_schema AS s USING (schema_id)
        LEFT JOIN {lake}.ducklake_table_stats USING (table_id)
        WHERE t.end_snapshot IS NULL AND s.end_snapshot IS NULL)""",
    "duckdb_views()": """(
        SELECT '{project}' AS database_name, schema_name, view_name, false AS internal
        FROM {lake}.ducklake_view AS v JOIN {lake}.ducklake_schema AS s USING (schema_id)
        WHERE v.end_snapshot IS NULL AND s.end_snapshot IS NULL)""",
    "duckdb_columns()": """(
        SELECT '{project}' AS database_name, schema_name, table_name, column_name, nulls_allowed AS is_nullable
        FROM {lake}.ducklake_column AS c JOIN {lake}.ducklake_table AS t USING (table_id)
        JOIN {lake}.ducklake_schema AS s USING (schema_id)
        WHERE c.parent_column IS NULL AND c.end_snapshot IS NULL AND t.end_snapshot IS NULL AND s.end_snapshot IS NULL)""",
}
TEMPORARY = "SELECT table_name FROM duckdb_tables() WHERE temporary"
MAKES_TEMPORARY = re.compile(r"\bTEMP(ORARY)?\s+(TABLE|VIEW)\b", re.IGNORECASE)
WRITES_LAKE = re.compile(r"\s*(CREATE|DROP|ALTER|INSERT|UPDATE|DELETE|COMMIT)\b(?!.*\bemulator\.)", re.IGNORECASE)

fetch = database.fetch


def fetch_of_lake(sql, params=None):
    """Rows of a query; one about a project's tables is asked of its lake."""
    project = params[0] if params else None
    if project == "emulator" and "duckdb_tables()" in sql and params[2] is not None:
        return result_table(*params)
    if project in database._attached:
        lake = quote(f"__ducklake_metadata_{project}")
        for function, rows in CATALOG.items():
            if function in sql:
                sql = sql.replace(function, rows.format(project=project.replace("'", "''"), lake=lake))
    return fetch(sql, params)


def result_table(project, dataset, table):
    """Name, kind and rows of a query's result, which is no table of the lake."""
    try:
        [(rows,)] = fetch(f"SELECT count(*) FROM {quote(project, dataset, table)}")
    except duckdb.CatalogException:
        return []
    return [(table, "TABLE", rows)]


has_temporary = threading.Event()
commits = threading.Lock()


def in_turn(run):
    """The same method for one writer of the lake at a time, and without a look at the whole catalog for temporary tables.

    Writers at the same time are tried again until each was alone, and each try reads the catalog anew.
    """

    def method(connection, sql, *args, **named):
        if not isinstance(sql, str):
            return run(connection, sql, *args, **named)
        if MAKES_TEMPORARY.search(sql):
            has_temporary.set()
        elif sql == TEMPORARY and not has_temporary.is_set():
            sql = "SELECT NULL AS table_name WHERE false"
        if not WRITES_LAKE.match(sql):
            return run(connection, sql, *args, **named)
        with commits:
            return run(connection, sql, *args, **named)

    return method


database.fetch = fetch_of_lake
for name in ("sql", "execute"):
    setattr(duckdb.DuckDBPyConnection, name, in_turn(getattr(duckdb.DuckDBPyConnection, name)))

read = duckdb.DuckDBPyRelation.to_arrow_reader
duckdb.DuckDBPyRelation.to_arrow_reader = lambda relation: read(relation, MESSAGE_ROWS)

# DuckDB looks for it at every statement; nobody has put it there.
sys.modules["pandas"] = None

threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
main()
