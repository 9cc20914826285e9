import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFrom, fileRanges } from "@junoplus/beam-runtime";
import { P } from "@junoplus/beam-runtime/sdk";
import { collect } from "@junoplus/beam-runtime/testing/run-and-collect";
import { type RejectedChange, changes as readChanges } from "@junoplus/bronze-ingest";
import { rowCounter, type SilverTable, silverTable } from "../silver-table";

/** The as-of instant of these runs. */
export const AS_OF = "2024-09-01T00:00:00.000000Z";

/** One line of a change log; what is absent has the value of any update. */
export interface Change {
  /** Seconds of 26 August 2024, 10:00 UTC, with decimals; or a whole timestamp. */
  readonly at: number | string;
  readonly path: string;
  /** The document; null is a DELETE. */
  readonly data: unknown;
  readonly operation?: string;
  readonly eventId?: string;
}

/** What a silver table's pipeline gave. */
export interface SilverRun<Row> {
  /** In the order of their key, so that tests need not sort. */
  readonly rows: readonly Row[];
  readonly rejected: readonly RejectedChange[];
  readonly snapshots: number | undefined;
  readonly displaced: number | undefined;
}

/** Runs one silver table over a change log of these changes, from its file to its rows. */
export async function runSilver<Document, Row>(
  table: SilverTable<Document, Row>,
  changes: readonly Change[],
): Promise<SilverRun<Row>> {
  const folder = mkdtempSync(join(tmpdir(), "silver-"));
  try {
    const path = join(folder, `${table.from.prefix}_raw_changelog.ndjson`);
    const text = changes.map((change) => `${JSON.stringify(changelogRow(change))}\n`).join("");
    writeFileSync(path, text);
    const ranges = fileRanges([{ path, bytes: Buffer.byteLength(text) }]);
    const { outputs, counters } = await collect((root) => ({
      ...P({ logged: root.apply(createFrom(ranges)).apply(readChanges(table.from)) }).apply(
        silverTable(table, { asOf: AS_OF }),
      ),
    }));
    const keyOf = (row: Row): string => JSON.stringify(table.to.key.map((column) => row[column as keyof Row]));
    return {
      rows: ((outputs["rows"] ?? []) as Row[]).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
      rejected: (outputs["rejected"] ?? []) as RejectedChange[],
      snapshots: counters[rowCounter(table.to.table, "snapshots")],
      displaced: counters[rowCounter(table.to.table, "displaced")],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A second of the day of these change logs, as a canonical timestamp. */
export function second(at: number): string {
  return `2024-08-26T10:00:${at.toFixed(6).padStart(9, "0")}Z`;
}

function changelogRow({ at, path, data, operation, eventId }: Change): object {
  return {
    timestamp: typeof at === "number" ? second(at) : at,
    event_id: eventId ?? `event at ${at}`,
    document_name: `projects/juno-demo/databases/(default)/documents/${path}`,
    operation: operation ?? (data === null ? "DELETE" : "UPDATE"),
    data: data === null ? null : JSON.stringify(data),
    old_data: null,
  };
}
