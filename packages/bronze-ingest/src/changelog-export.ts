import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { BigQueryReadClient, protos } from "@google-cloud/bigquery-storage";
import { createDefaultBackoffSettings, createRetryOptions } from "google-gax";
import { accessError, isTransient } from "./changelog-access-error";
import type { ChangelogFile } from "./changelog-files";
import { changelogLines } from "./changelog-lines";
import { type ChangelogTable, tableNameOf } from "./changelog-tables";
import { codeOf } from "./google-access-fault";
import type { RecentRows } from "./recent-rows";

/** Streams that are read at once: each holds a response or two, a few megabytes. */
const STREAMS_AT_ONCE = 4;
/** How often a call is made without a row in between, and how long is waited before the second time. */
const ATTEMPTS = 6;
const FIRST_WAIT_MS = 250;
const SESSION_TIMEOUT_MS = 60_000;
/**
 * The client's own retry would begin a stream anew and give rows twice: what broke is gone on with where it stopped. A
 * session it would ask for again for ten minutes, without a word.
 */
const NO_RETRY = createRetryOptions([], createDefaultBackoffSettings());

/** Below that lies another retry, which makes six attempts eighteen. */
const NO_REQUESTS_AGAIN = { retries: 0, noResponseRetries: 0 };

/** A read session: one table as it was at one instant, in streams that share its rows. */
export interface ChangelogSession {
  readonly table: ChangelogTable;
  readonly streams: readonly string[];
  /** Bytes of its columns, as BigQuery estimates them from the table's metadata; null where it does not. */
  readonly bytes: number | null;
  readonly schema: Uint8Array;
}

/**
 * Sessions of all tables at one instant (milliseconds since 1970), so that a change that is written meanwhile is in all of
 * them or in none. Throws ChangelogAccessError.
 */
export async function openSessions(
  client: BigQueryReadClient,
  tables: readonly ChangelogTable[],
  snapshotMs: number,
): Promise<readonly ChangelogSession[]> {
  return Promise.all(tables.map((table) => openSession(client, table, snapshotMs)));
}

async function openSession(
  client: BigQueryReadClient,
  table: ChangelogTable,
  snapshotMs: number,
): Promise<ChangelogSession> {
  const { project, columns, rowRestriction } = table;
  const snapshotTime = { seconds: Math.floor(snapshotMs / 1000), nanos: (snapshotMs % 1000) * 1_000_000 };
  const request = {
    parent: `projects/${project}`,
    readSession: {
      table: `projects/${project}/datasets/${table.dataset}/tables/${table.table}`,
      dataFormat: "ARROW" as const,
      tableModifiers: { snapshotTime },
      readOptions: { selectedFields: [...columns], ...(rowRestriction !== null && { rowRestriction }) },
    },
    maxStreamCount: STREAMS_AT_ONCE,
  };
  for (let attempt = 1; ; attempt++) {
    try {
      const [session] = await client.createReadSession(request, { retry: NO_RETRY, timeout: SESSION_TIMEOUT_MS });
      return {
        table,
        streams: (session.streams ?? []).map(({ name }) => String(name)),
        bytes: session.estimatedTotalBytesScanned == null ? null : Number(session.estimatedTotalBytesScanned),
        schema: session.arrowSchema?.serializedSchema as Uint8Array,
      };
    } catch (error) {
      await waitOrThrow(table, error, attempt);
    }
  }
}

/** The files that an export wrote, and how many changes lie in those of each prefix. */
export interface ChangelogExport {
  readonly files: readonly ChangelogFile[];
  readonly rows: ReadonlyMap<string, number>;
  /** What BigQuery sent for them, in Arrow; null where nothing had to be fetched. */
  readonly fetched: Fetched | null;
}

/** Rows that were sent, those that an earlier run had read among them. */
export interface Fetched {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Writes every stream into a change log file of its own in the directory. Memory holds the responses under way and no more: a
 * slow disk slows the streams. `onRows` is told the rows of each prefix so far. Of a prefix that has recent rows only what is new
 * beside them is written. Throws ChangelogAccessError.
 */
export async function exportChangelogs(
  client: BigQueryReadClient,
  sessions: readonly ChangelogSession[],
  directory: string,
  onRows: (rows: ReadonlyMap<string, number>) => void,
  recent: ReadonlyMap<string, RecentRows> = new Map(),
): Promise<ChangelogExport> {
  const fetched = { rows: 0, bytes: 0 };
  const rows = new Map(sessions.map(({ table }) => [table.prefix, 0]));
  const waiting = sessions.flatMap((session) => session.streams.map((stream, at) => ({ session, stream, at })));
  const files: ChangelogFile[] = [];
  let isBroken = false;
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !isBroken; next = waiting.shift()) {
      const { session, stream, at } = next;
      const { prefix } = session.table;
      const path = join(directory, `${prefix}_raw_changelog-${String(at).padStart(4, "0")}.ndjson`);
      const bytes = await exportStream(client, session, stream, path, {
        recent: recent.get(prefix),
        onFetched: (count, size) => {
          fetched.rows += count;
          fetched.bytes += size;
        },
        onRows: (count) => {
          rows.set(prefix, (rows.get(prefix) ?? 0) + count);
          onRows(rows);
        },
      });
      if (bytes > 0) files.push({ prefix, path, bytes });
    }
  };
  const workers = Array.from({ length: STREAMS_AT_ONCE }, () =>
    worker().catch((error: unknown) => {
      isBroken = true;
      throw error;
    }),
  );
  // All of them end before the directory may be removed.
  for (const ended of await Promise.allSettled(workers)) if (ended.status === "rejected") throw ended.reason;
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), rows, fetched };
}

interface StreamExport {
  readonly recent: RecentRows | undefined;
  /** Told rows and bytes of each response. */
  readonly onFetched: (rows: number, bytes: number) => void;
  /** Told the rows that were written. */
  readonly onRows: (count: number) => void;
}

async function exportStream(
  client: BigQueryReadClient,
  session: ChangelogSession,
  stream: string,
  path: string,
  to: StreamExport,
): Promise<number> {
  // Health data: for nobody else on this machine.
  const file = await open(path, "wx", 0o600);
  try {
    await readStream(client, session, stream, file, to);
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

type Response = protos.google.cloud.bigquery.storage.v1.IReadRowsResponse;

async function readStream(
  client: BigQueryReadClient,
  { table, schema }: ChangelogSession,
  readStream: string,
  file: FileHandle,
  { recent, onFetched, onRows }: StreamExport,
): Promise<void> {
  let offset = 0;
  for (let attempt = 1; ; attempt++) {
    const responses = client.readRows(
      { readStream, offset },
      { retry: NO_RETRY, retryRequestOptions: NO_REQUESTS_AGAIN },
    );
    try {
      for await (const response of responses as AsyncIterable<Response>) {
        const batch = response.arrowRecordBatch?.serializedRecordBatch as Uint8Array | undefined;
        const count = Number(response.rowCount ?? 0);
        if (batch === undefined || count === 0) continue;
        const isTaken = recent && ((line: string, timestamp: string | null) => recent.isNew(line, timestamp));
        for (const { lines, count: taken } of changelogLines(table.columns, schema, batch, isTaken)) {
          await file.appendFile(lines);
          onRows(taken);
        }
        offset += count;
        attempt = 1;
        onFetched(count, batch.length);
      }
      return;
    } catch (error) {
      // A call that is left in the middle would stay open, and keep this process from ending.
      responses.cancel();
      if (codeOf(error) === undefined) throw error;
      await waitOrThrow(table, error, attempt);
    }
  }
}

/** Waits for what passes, longer each time; throws what does not, and what has not passed after so many attempts. */
async function waitOrThrow(table: ChangelogTable, error: unknown, attempt: number): Promise<void> {
  if (!isTransient(error) || attempt >= ATTEMPTS) throw accessError(tableNameOf(table), error);
  await setTimeout(FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
}
