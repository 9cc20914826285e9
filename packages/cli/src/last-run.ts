import type { UnknownAddition } from "@junoplus/bronze-ingest/dataset-reader";
import {
  type FilePositions,
  filePositions,
  type LastRun,
  lastRun,
  type RecentChanges,
  recentChanges,
  type TablePositions,
  tablePositions,
} from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import { factsOrNull } from "./catalog-facts";
import type { ChangelogSource, FetchChanges, FetchedChanges } from "./changelog-source";
import { rulesDigest } from "./rules-digest";

/** How much of the log a run reads. */
export type Reading = WholeLog | NewChanges;

/** The whole log, into new tables. */
export interface WholeLog {
  readonly kind: "whole";
  readonly fetch: FetchChanges;
  /** Why the last run is not gone on from, where the operator asked for that; null where not. */
  readonly because: string | null;
}

/** What was added since the last run, into its tables. */
export interface NewChanges {
  readonly kind: "new";
  readonly lastRun: LastRun;
  readonly fetch: FetchChanges<FetchedChanges | UnknownAddition>;
  /** Opens what is read where fetching shows that what was added cannot be told. */
  readonly otherwise: () => Promise<FetchChanges>;
}

/**
 * What is to be read to go on from the last run, or the whole log and why: its tables are open then. The warehouse's own need not
 * have been made. Throws PositionError, ChangelogAccessError.
 */
export async function readingSinceLast(warehouse: Warehouse, source: ChangelogSource): Promise<Reading> {
  const whole = async (because: string): Promise<WholeLog> => ({ kind: "whole", fetch: await source.whole(), because });
  const facts = await factsOrNull(warehouse, lastRun);
  // Columns that this program reads may not be there yet.
  if (facts !== null && facts.version !== lastRun.version) {
    return whole("contracts are others than those of the last run");
  }
  const [base] = facts === null ? [] : await rowsOf<LastRun>(warehouse, lastRun);
  if (base === undefined) return whole("no run has left a state of all tables to go on from");
  if (base.rules !== rulesDigest()) return whole(`code or contracts are others than those of run ${base.run_id}`);
  const [files, tables, recent] = await Promise.all([
    rowsOf<FilePositions>(warehouse, filePositions),
    rowsOf<TablePositions>(warehouse, tablePositions),
    rowsOf<RecentChanges>(warehouse, recentChanges),
  ]);
  const fetch = await source.since({ files, tables, recent });
  if ("because" in fetch) return whole(fetch.because);
  return { kind: "new", fetch, otherwise: source.whole, lastRun: base };
}

async function rowsOf<Row>(warehouse: Warehouse, contract: Parameters<Warehouse["read"]>[0]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const row of warehouse.read(contract)) rows.push(row as Row);
  return rows;
}
