import { compareBytes, type SilverTherapySessions } from "@junoplus/contracts";

/** What the order of two sessions of one user depends on. */
export type Started = Pick<SilverTherapySessions, "start_time" | "session_id">;

/**
 * The total order of the sessions of one user: positive when `a` is later. A session without a start time is older than
 * all others; then greater start time; then greater session id in UTF-8 byte order.
 */
export function compareSessions(a: Started, b: Started): number {
  const start = a.start_time ?? "";
  const otherStart = b.start_time ?? "";
  // Timestamps are of fixed width and ASCII, so JavaScript's own order is byte order and time order.
  if (start !== otherStart) return start > otherStart ? 1 : -1;
  return compareBytes(a.session_id, b.session_id);
}
