import { createHash } from "node:crypto";
import type { RecentChanges } from "@junoplus/contracts";

const DIGEST_BYTES = 16;

/**
 * The rows of a change log that lie in the look-back, by their text. Rows that an earlier run read are left out once for each
 * time that they were read, so that what is left is what was added: a row that was written twice since counts twice. Holds
 * about a hundred bytes for each row of the look-back.
 */
export class RecentRows {
  private readonly unseen: Map<string, number>;
  private readonly kept = new Map<string, number>();

  /** `from`: canonical instant from which on rows are kept for the next run. */
  constructor(
    private readonly changelog: string,
    private readonly from: string,
    earlier: readonly RecentChanges[] = [],
  ) {
    this.unseen = new Map(
      earlier.flatMap((row) => (row.changelog === changelog ? [[row.row_digest, row.copies] as const] : [])),
    );
  }

  /** True for a row that no earlier run has read; each row is to be asked for once. */
  isNew(line: string, timestamp: string | null): boolean {
    const isRecent = timestamp !== null && timestamp >= this.from;
    if (!isRecent && this.unseen.size === 0) return true;
    const digest = createHash("sha256").update(line).digest().toString("base64url", 0, DIGEST_BYTES);
    if (isRecent) this.kept.set(digest, (this.kept.get(digest) ?? 0) + 1);
    const copies = this.unseen.get(digest);
    if (copies === undefined) return true;
    if (copies === 1) this.unseen.delete(digest);
    else this.unseen.set(digest, copies - 1);
    return false;
  }

  /** Rows that an earlier run read and that did not come again, when all were asked for: they were changed, or are gone. */
  missing(): number {
    let rows = 0;
    for (const copies of this.unseen.values()) rows += copies;
    return rows;
  }

  /** What the next run has to know. */
  left(): readonly RecentChanges[] {
    return [...this.kept].map(([row_digest, copies]) => ({ changelog: this.changelog, row_digest, copies }));
  }
}
