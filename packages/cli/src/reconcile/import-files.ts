import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type FirestorePlace, importLine, type LiveDocument } from "@junoplus/bronze-ingest";
import type { FirestoreReader } from "@junoplus/bronze-ingest/firestore-reader";
import { plusMicros } from "@junoplus/contracts";
import type { Comparison, ImportedDocument } from "./comparison";
import type { ReconciledTable } from "./reconciled-table";

/** Documents asked for at once. */
const BATCH = 100;

/** A file of imports for one change log. */
export interface ImportFile {
  readonly table: string;
  readonly prefix: string;
  readonly path: string;
  readonly changes: number;
  /** Documents that were deleted since they were compared: there is nothing to import. */
  readonly gone: number;
  /** Documents whose import cannot supersede what the change log holds, since that is stamped later than now. */
  readonly outstamped: readonly string[];
}

/**
 * Writes an import of each document of which rows are missing or stale into a change log file of the directory. Documents are
 * read again, so that what has been deleted meanwhile is not written. Null where there is nothing to import.
 */
export async function writeImports(
  directory: string,
  stamp: string,
  reader: FirestoreReader,
  table: ReconciledTable,
  place: FirestorePlace,
  comparison: Comparison,
): Promise<ImportFile | null> {
  const { prefix, path: template } = table.from;
  const path = join(directory, `${prefix}_raw_changelog-import-${stamp}.ndjson`);
  const counts = { changes: 0, gone: 0, outstamped: [] as string[] };
  await mkdir(directory, { recursive: true });
  // A run that reads the directory meanwhile sees the whole file or none.
  const unfinished = join(directory, `.${prefix}-import-${stamp}.unfinished`);
  // Health data: for nobody else on this machine.
  const file = await open(unfinished, "wx", 0o600);
  try {
    for await (const batch of batches(comparison.imports(table.to.table))) {
      const found = await reader.documents(
        template,
        batch.map((wanted) => wanted.path),
      );
      await writeBatch(file, table, place, batch, found, counts);
      counts.gone += batch.length - found.length;
    }
    await file.close();
    if (counts.changes === 0) await rm(unfinished);
    else await rename(unfinished, path);
  } catch (error) {
    await file.close();
    await rm(unfinished, { force: true });
    throw error;
  }
  return counts.changes === 0 && counts.gone === 0 ? null : { table: table.to.table, prefix, path, ...counts };
}

async function writeBatch(
  file: FileHandle,
  table: ReconciledTable,
  place: FirestorePlace,
  batch: readonly ImportedDocument[],
  found: readonly LiveDocument[],
  counts: { changes: number; outstamped: string[] },
): Promise<void> {
  const held = new Map(batch.map(({ path, silverChangedAt }) => [path, silverChangedAt]));
  for (const document of found) {
    const { timestamp, supersedes } = importInstant(document, held.get(document.path) ?? null);
    if (!supersedes) counts.outstamped.push(document.path);
    counts.changes += 1;
    await file.appendFile(`${importLine(table.from, place, document, timestamp)}\n`);
  }
}

/**
 * The instant that an import is stamped with, and whether it supersedes what silver holds. It is the commit time of the document's last write: all
 * that the change log missed is older, and a write or a deletion that comes after the document was read is newer, so it
 * wins whenever it arrives. Where the log holds something later that was never so (an import stamped by the clock of
 * who ran it), it is the next microsecond, as long as the document is known to have been so then.
 */
export function importInstant(
  { updatedAt, readAt }: Pick<LiveDocument, "updatedAt" | "readAt">,
  silverChangedAt: string | null,
): { readonly timestamp: string; readonly supersedes: boolean } {
  if (silverChangedAt === null || silverChangedAt < updatedAt) return { timestamp: updatedAt, supersedes: true };
  const next = plusMicros(silverChangedAt, 1);
  return next <= readAt ? { timestamp: next, supersedes: true } : { timestamp: updatedAt, supersedes: false };
}

async function* batches(documents: AsyncIterable<ImportedDocument>): AsyncGenerator<readonly ImportedDocument[]> {
  let batch: ImportedDocument[] = [];
  for await (const document of documents) {
    batch.push(document);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
