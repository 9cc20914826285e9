import type { FirestoreReader } from "@junoplus/bronze-ingest/firestore-reader";
import { plusMicros } from "@junoplus/contracts";
import { openToRead } from "../open-store";
import type { ExitCode, Output } from "../output";
import { Comparison } from "./comparison";
import { writeImports } from "./import-files";
import { addLiveRows } from "./live-rows";
import { addPublishedRows, type Publication } from "./published-silver";
import type { ReconcileOptions } from "./reconcile-options";
import { type ReconcileProgress, reconcileProgress } from "./reconcile-progress";
import {
  differing,
  jsonReport,
  type ReconcileReport,
  SHOWN_TO_PEOPLE,
  type TableResult,
  textReport,
} from "./reconcile-report";
import { type ReconciledTable, reconciledTables } from "./reconciled-table";

const MICROS_PER_MINUTE = 60_000_000;

/** `medallion reconcile`: live documents of Firestore held against silver. Exit 1 when a row is missing, extra or stale. */
export async function reconcileCommand(options: ReconcileOptions, output: Output): Promise<ExitCode> {
  // Loaded when it is asked for: its client is large.
  const { openFirestoreReader } = await import("@junoplus/bronze-ingest/firestore-reader");
  const progress = reconcileProgress(output.stderr);
  const reader = await openFirestoreReader(options.firestore, { emulatorHost: options.firestoreEmulatorHost });
  try {
    const comparison = await Comparison.create();
    const interrupt = (): void => {
      comparison.removeFiles();
      process.exit(130);
    };
    process.once("SIGINT", interrupt);
    try {
      return await reconcile(options, reader, comparison, progress, output);
    } finally {
      process.removeListener("SIGINT", interrupt);
      comparison.close();
    }
  } finally {
    progress.done();
    await reader.close();
  }
}

async function reconcile(
  options: ReconcileOptions,
  reader: FirestoreReader,
  comparison: Comparison,
  progress: ReconcileProgress,
  output: Output,
): Promise<ExitCode> {
  const report = (options.format === "json" ? jsonReport : textReport)(output);
  const tables = reconciledTables(options.tables);
  const published = await publishedRows(options, tables, comparison, progress);
  const read = [];
  for (const table of tables) {
    const publication = published.get(table.to.table) as Publication;
    const settledUntil = plusMicros(publication.startedAt, -options.settleMinutes * MICROS_PER_MINUTE);
    const plan = { place: options.firestore, asOf: publication.asOf, settledUntil };
    const onRejected = report.rejected.bind(report);
    const documents = await addLiveRows(reader, table, plan, comparison, onRejected, progress);
    read.push({ table: table.to.table, collection: table.from.path, publication, settledUntil, documents });
  }
  await comparison.compare();
  progress.done();
  const results: TableResult[] = [];
  for (const collection of read) {
    const { silver, live } = await comparison.sides(collection.table);
    const verdicts = await comparison.counts(collection.table);
    results.push({ ...collection, silverRows: silver, liveRows: live, verdicts });
  }
  for await (const difference of comparison.differences(options.format === "json" ? null : SHOWN_TO_PEOPLE)) {
    report.difference(difference);
  }
  report.tables(results);
  await importInto(options, tables, reader, comparison, published, report, progress);
  return differing(results) === 0 ? 0 : 1;
}

/** Silver first, and closed: reading Firestore takes its time, and nobody else can open an embedded warehouse meanwhile. */
async function publishedRows(
  options: ReconcileOptions,
  tables: readonly ReconciledTable[],
  comparison: Comparison,
  progress: ReconcileProgress,
): Promise<ReadonlyMap<string, Publication>> {
  const warehouse = await openToRead(options);
  try {
    return await addPublishedRows(warehouse, tables, comparison, progress);
  } finally {
    await warehouse.close();
  }
}

async function importInto(
  { importDirectory, firestore, now }: ReconcileOptions,
  tables: readonly ReconciledTable[],
  reader: FirestoreReader,
  comparison: Comparison,
  published: ReadonlyMap<string, Publication>,
  report: ReconcileReport,
  progress: ReconcileProgress,
): Promise<void> {
  if (importDirectory === null) return;
  const stamp = now.replace(/[-:.]/g, "");
  for (const table of tables) {
    const file = await writeImports(importDirectory, stamp, reader, table, firestore, comparison);
    if (file === null) continue;
    for (const path of file.outstamped) {
      progress.warn(`${path}: silver holds a change of it that is stamped later than now; its import will not win`);
    }
    report.imports(file, published.get(table.to.table) as Publication);
  }
}
