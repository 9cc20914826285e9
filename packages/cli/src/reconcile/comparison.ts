import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBAppender, type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { laterSnapshot, type SnapshotOrder } from "@junoplus/silver-transforms";
import type { ComparedRow } from "./reconciled-table";

/** What a comparison says of a row. */
export type Verdict = "equal" | "missing" | "extra" | "stale" | "not_compared";

/** A row of silver. */
export interface SilverSide extends ComparedRow {
  readonly changedAt: string;
}

/** A row that a live document gives. `changedAt` is the commit time of the document's last write. */
export interface LiveSide extends ComparedRow, SnapshotOrder {
  /** False where the last write may not have been in the change log yet. */
  readonly isSettled: boolean;
}

/** Rows that differ, of one document and shown key. */
export interface Difference {
  readonly verdict: Exclude<Verdict, "equal" | "not_compared">;
  readonly table: string;
  /** JSON of the key as far as it may be shown. */
  readonly key: string;
  readonly document: string | null;
  readonly rows: number;
  readonly documentUpdatedAt: string | null;
  readonly silverChangedAt: string | null;
}

/** How many rows of a table have each verdict. */
export type VerdictCounts = Readonly<Record<Verdict, number>>;

/** A document whose import would mend what differs. */
export interface ImportedDocument {
  readonly path: string;
  /** Change time of the newest silver row that it would have to supersede; null where there is none. */
  readonly silverChangedAt: string | null;
}

const TABLES = {
  silver: "table_name TEXT, key TEXT, shown TEXT, content TEXT, document TEXT, place TEXT, changed_at TEXT",
  snapshots:
    "table_name TEXT, key TEXT, shown TEXT, content TEXT, path TEXT, changed_at TEXT, index_in_document INTEGER, is_settled BOOLEAN",
  live: "table_name TEXT, key TEXT, shown TEXT, content TEXT, path TEXT, changed_at TEXT, is_settled BOOLEAN",
  documents: "table_name TEXT, path TEXT",
  uncertain: "table_name TEXT, place TEXT",
} as const;

/**
 * Both sides of a comparison in a database of its own, below the system's folder for temporary files: there may be more rows
 * than memory holds, and DuckDB sorts and joins on disk. It holds keys and digests, no value of the data.
 */
export class Comparison {
  private readonly appenders = new Map<keyof typeof TABLES, DuckDBAppender>();

  private constructor(
    private readonly directory: string,
    private readonly instance: DuckDBInstance,
    private readonly writing: DuckDBConnection,
  ) {}

  static async create(): Promise<Comparison> {
    const directory = mkdtempSync(join(tmpdir(), "medallion-reconcile-"));
    const settings = { memory_limit: "256MB", threads: "1", autoinstall_known_extensions: "false" };
    const instance = await DuckDBInstance.create(join(directory, "comparison.duckdb"), settings);
    const writing = await instance.connect();
    for (const [name, columns] of Object.entries(TABLES)) await writing.run(`CREATE TABLE ${name} (${columns})`);
    return new Comparison(directory, instance, writing);
  }

  async addSilver(table: string, row: SilverSide): Promise<void> {
    const { key, shownKey, content, document, place, changedAt } = row;
    await this.append("silver", [table, key, shownKey, content, document, place, changedAt]);
  }

  async addLive(table: string, row: LiveSide): Promise<void> {
    const { key, shownKey, content, path, changedAt, index, isSettled } = row;
    await this.append("snapshots", [table, key, shownKey, content, path, changedAt, index, isSettled]);
  }

  /** A live document that can be compared. */
  async addDocument(table: string, path: string): Promise<void> {
    await this.append("documents", [table, path]);
  }

  /** A place whose rows in silver may come from a document that cannot be compared. */
  async addUncertain(table: string, place: string): Promise<void> {
    await this.append("uncertain", [table, place]);
  }

  /** Compares all that was added. */
  async compare(): Promise<void> {
    this.flush();
    await this.keepLatest();
    this.flush();
    await this.writing.run(COMPARE);
  }

  async counts(table: string): Promise<VerdictCounts> {
    const counts = { equal: 0, missing: 0, extra: 0, stale: 0, not_compared: 0 };
    const sql = "SELECT verdict, COUNT(*) FROM compared WHERE table_name = $1 GROUP BY verdict";
    for await (const [verdict, count] of this.rows(sql, [table])) counts[verdict as Verdict] = Number(count);
    return counts;
  }

  /** The rows of each side that took part: those of silver, and those that live documents give. */
  async sides(table: string): Promise<{ readonly silver: number; readonly live: number }> {
    const sql =
      "SELECT (SELECT COUNT(*) FROM silver WHERE table_name = $1), (SELECT COUNT(*) FROM live WHERE table_name = $1)";
    for await (const [silver, live] of this.rows(sql, [table])) return { silver: Number(silver), live: Number(live) };
    throw new Error("a count gave no row");
  }

  /** What differs, by verdict, document and key; at most `limit` of each table and verdict. */
  async *differences(limit: number | null = null): AsyncGenerator<Difference> {
    const ranked =
      "SELECT verdict, table_name, shown, document, COUNT(*) AS n, MAX(document_updated_at), MAX(silver_changed_at), " +
      "ROW_NUMBER() OVER (PARTITION BY table_name, verdict ORDER BY document NULLS LAST, shown) AS rank " +
      "FROM compared WHERE verdict IN ('missing', 'extra', 'stale') GROUP BY verdict, table_name, shown, document";
    const sql = `SELECT * FROM (${ranked}) ${limit === null ? "" : `WHERE rank <= ${limit}`} ORDER BY table_name, verdict, rank`;
    for await (const [verdict, table, key, document, rows, updatedAt, changedAt] of this.rows(sql, [])) {
      yield {
        verdict: verdict as Difference["verdict"],
        table: String(table),
        key: String(key),
        document: document as string | null,
        rows: Number(rows),
        documentUpdatedAt: updatedAt as string | null,
        silverChangedAt: changedAt as string | null,
      };
    }
  }

  /** The live documents of which rows are missing or stale, by path. */
  async *imports(table: string): AsyncGenerator<ImportedDocument> {
    const sql =
      "SELECT document, MAX(silver_changed_at) FROM compared WHERE table_name = $1 AND verdict IN ('missing', 'stale') " +
      "GROUP BY document ORDER BY document";
    for await (const [path, changedAt] of this.rows(sql, [table])) {
      yield { path: String(path), silverChangedAt: changedAt as string | null };
    }
  }

  /** Closes the database and removes it. */
  close(): void {
    for (const appender of this.appenders.values()) appender.closeSync();
    this.writing.closeSync();
    this.instance.closeSync();
    this.removeFiles();
  }

  /** Removes the database while it is open, in a process that ends at once: keys are ids of people. */
  removeFiles(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Of the rows of one key that live documents give, the one that a run would keep. */
  private async keepLatest(): Promise<void> {
    let latest: LiveRow | null = null;
    const keep = async (): Promise<void> => {
      if (latest === null) return;
      const { table, key, shown, content, path, changedAt, isSettled } = latest;
      await this.append("live", [table, key, shown, content, path, changedAt, isSettled]);
    };
    for await (const found of this.rows("SELECT * FROM snapshots ORDER BY table_name, key", [])) {
      const row = liveRow(found);
      if (latest?.table === row.table && latest.key === row.key) {
        latest = laterSnapshot<LiveRow>(latest, row);
      } else {
        await keep();
        latest = row;
      }
    }
    await keep();
  }

  private async append(
    name: keyof typeof TABLES,
    values: readonly (string | number | boolean | null)[],
  ): Promise<void> {
    const appender = this.appenders.get(name) ?? (await this.writing.createAppender(name));
    this.appenders.set(name, appender);
    for (const value of values) {
      if (value === null) appender.appendNull();
      else if (typeof value === "number") appender.appendInteger(value);
      else if (typeof value === "boolean") appender.appendBoolean(value);
      else appender.appendVarchar(value);
    }
    appender.endRow();
  }

  private flush(): void {
    for (const appender of this.appenders.values()) appender.flushSync();
  }

  private async *rows(sql: string, parameters: readonly string[]): AsyncGenerator<readonly unknown[]> {
    const reading = await this.instance.connect();
    try {
      const result = await reading.stream(sql, [...parameters]);
      for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; ) {
        yield* chunk.getRows();
        chunk = await result.fetchChunk();
      }
    } finally {
      reading.closeSync();
    }
  }
}

interface LiveRow extends SnapshotOrder {
  readonly table: string;
  readonly key: string;
  readonly shown: string;
  readonly content: string;
  readonly isSettled: boolean;
}

function liveRow([table, key, shown, content, path, changedAt, index, isSettled]: readonly unknown[]): LiveRow {
  const texts = { table, key, shown, content, path, changedAt } as Record<string, string>;
  return {
    ...(texts as unknown as Omit<LiveRow, "index" | "isSettled">),
    index: Number(index),
    isSettled: isSettled === true,
  };
}

/**
 * Every row of either side with its verdict. A row of silver that no live document gives is stale, and not extra, where it
 * tells a document that is live. What a rejected or unsettled document may have given is not judged: an older state of it
 * that was later than the live winner may still be the right one.
 */
const COMPARE = `
CREATE TABLE compared AS
SELECT
  COALESCE(l.table_name, s.table_name) AS table_name,
  CASE
    WHEN s.key IS NULL THEN CASE WHEN l.is_settled THEN 'missing' ELSE 'not_compared' END
    WHEN l.key IS NULL THEN
      CASE WHEN u.place IS NOT NULL THEN 'not_compared' WHEN d.path IS NOT NULL THEN 'stale' ELSE 'extra' END
    WHEN l.content = s.content THEN 'equal'
    WHEN NOT l.is_settled OR (u.place IS NOT NULL AND s.changed_at > l.changed_at) THEN 'not_compared'
    ELSE 'stale'
  END AS verdict,
  COALESCE(l.shown, s.shown) AS shown,
  COALESCE(l.path, s.document) AS document,
  l.changed_at AS document_updated_at,
  s.changed_at AS silver_changed_at
FROM live AS l
FULL OUTER JOIN silver AS s ON s.table_name = l.table_name AND s.key = l.key
LEFT JOIN (SELECT DISTINCT table_name, place FROM uncertain) AS u ON u.table_name = s.table_name AND u.place = s.place
LEFT JOIN documents AS d ON d.table_name = s.table_name AND d.path = s.document`;
