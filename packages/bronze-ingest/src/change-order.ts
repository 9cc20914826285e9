import { compareBytes } from "@junoplus/contracts";
import type { ValidChange } from "./change";

/** What the order of two changes depends on. */
export type Ordered = Pick<ValidChange, "timestamp" | "operation" | "eventId" | "data">;

/**
 * The total order of the changes of one document: positive when `a` is later. Greater timestamp; then DELETE beats the
 * others; then greater event id, then greater data, both in UTF-8 byte order. Zero for exact duplicates only.
 */
export function compareChanges(a: Ordered, b: Ordered): number {
  // Timestamps are of fixed width and ASCII, so JavaScript's own order is byte order and time order.
  if (a.timestamp !== b.timestamp) return a.timestamp > b.timestamp ? 1 : -1;
  const deletes = Number(a.operation === "DELETE") - Number(b.operation === "DELETE");
  if (deletes !== 0) return deletes;
  const order = compareBytes(a.eventId, b.eventId) || compareBytes(a.data ?? "", b.data ?? "");
  if (order !== 0) return order;
  return compareBytes(a.operation, b.operation) || Number(a.data !== null) - Number(b.data !== null);
}
