import { setTimeout } from "node:timers/promises";
import type { Table, TableMetadata } from "@google-cloud/bigquery";
import { createIfMissing, dropTable, metadataOf, patchTable, tableAt } from "./bigquery-catalog";
import type { BigQueryClient } from "./bigquery-client";
import { bigQueryFault } from "./bigquery-fault";
import { WarehouseBusyError, WarehouseOpenError } from "./errors";

/** A holder that has not been heard of for this long is dead. */
const LEASE_MS = 60_000;
const LOOK_MS = 1_000;
/** Beyond its lease BigQuery may take a while to drop a table: a lock is waited for so many leases. */
const LEASES_WAITED = 3;
/** The longest that a timer takes. */
const NEVER_MS = 2 ** 31 - 1;

/** How a lock is taken. */
export interface LockRequest {
  readonly url: string;
  readonly dataset: string;
  readonly runId: string;
  /** Told once, when somebody else holds it and may be dead. */
  readonly waiting?: (holder: string) => void;
  readonly leaseMs?: number;
}

/**
 * One run at a time: a table that only one can create and that expires with its lease, which the holder renews. No server
 * of ours, no clock to agree on but the expiry, and a run that was killed frees it by doing nothing.
 */
export class BigQueryLock {
  private readonly timer: NodeJS.Timeout;
  private lost = false;

  private constructor(
    private readonly client: BigQueryClient,
    private readonly table: Table,
    private readonly runId: string,
    private etag: string,
    private expiresAt: number,
    private readonly leaseMs: number,
  ) {
    this.timer = setInterval(() => void this.renew(), leaseMs / 3);
    this.timer.unref();
  }

  /** Takes the lock; waits for a holder that may be dead. Throws WarehouseBusyError when it shows that it is not. */
  static async acquire(client: BigQueryClient, request: LockRequest): Promise<BigQueryLock> {
    const { dataset, runId, leaseMs = LEASE_MS } = request;
    const table = tableAt(client, dataset, "run_lock");
    const givenUpAt = Date.now() + LEASES_WAITED * leaseMs;
    let seen: TableMetadata | null = null;
    for (;;) {
      await createFirst(client, table, runId, Date.now() + leaseMs);
      const found = await metadataOf(table);
      if (client.plan !== undefined) {
        // Nobody is kept out, and nobody waited for: that another run is at work is told.
        if (found?.description !== undefined) request.waiting?.(found.description);
        return new BigQueryLock(client, table, runId, "", Number.POSITIVE_INFINITY, NEVER_MS);
      }
      // Asked, and not concluded from the answer: that may have been lost, and the table ours all the same.
      if (found?.description === runId) {
        return new BigQueryLock(client, table, runId, found.etag ?? "", Number(found.expirationTime), leaseMs);
      }
      const holder = found?.description;
      if (found !== null && holder !== undefined) {
        if (seen !== null && seen.etag !== found.etag) throw new WarehouseBusyError(request.url, holder);
        if (Date.now() > givenUpAt) throw new WarehouseBusyError(request.url, holder);
        if (seen === null) request.waiting?.(holder);
        seen = found;
      } else if (found !== null && Date.now() > givenUpAt) {
        // Seen for a moment, it is a lock that comes or goes: an emulator makes table and description one after the other.
        const cure = "If no run is at work, drop that table, and run again.";
        throw new WarehouseOpenError(request.url, `the lock ${dataset}.run_lock names no run`, cure);
      }
      await setTimeout(Math.min(LOOK_MS, leaseMs / 6));
    }
  }

  /** False when the lease ran out unrenewed: another run may be at work. */
  isHeld(): boolean {
    return !this.lost && Date.now() < this.expiresAt;
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    if (this.isHeld()) await dropTable(this.client, this.table);
    this.lost = true;
  }

  private async renew(): Promise<void> {
    const expiresAt = Date.now() + this.leaseMs;
    try {
      const renewal = { expirationTime: String(expiresAt), etag: this.etag };
      this.etag = (await patchTable(this.client, this.table, renewal))?.etag ?? "";
      this.expiresAt = expiresAt;
    } catch (error) {
      // What passes is tried again with the next beat: the expiry decides.
      if (!bigQueryFault(error).transient) await this.lookAgain();
    }
  }

  /** The answer to a renewal may have been lost, and the renewal sent again: then the table is ours and has changed. */
  private async lookAgain(): Promise<void> {
    try {
      const found = await metadataOf(this.table);
      if (found?.description !== this.runId) throw new Error("the lock is another run's");
      this.etag = found.etag ?? "";
      this.expiresAt = Number(found.expirationTime);
    } catch {
      // Whatever else it is, this run can no longer know that it is alone.
      this.lost = true;
    }
  }
}

/** Creates the lock's table, unless another run was first. */
async function createFirst(client: BigQueryClient, table: Table, runId: string, expiresAt: number): Promise<void> {
  try {
    await createIfMissing(client, table, {
      description: runId,
      labels: { managed_by: "medallion" },
      schema: { fields: [{ name: "nothing", type: "BOOL" }] },
      expirationTime: String(expiresAt),
    });
  } catch (error) {
    // An emulator says so where BigQuery answers 409: of two that were first, this one was not.
    if (bigQueryFault(error).kind !== "conflict") throw error;
  }
}
