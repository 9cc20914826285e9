import { compareSessions, type Started } from "./session-order";

/** How often one value of a setting was used, and in which session last. */
export interface Use extends Started {
  count: number;
}

/** The uses of a setting by its value. Plain data: it travels between workers. */
export type Uses = Record<string, Use>;

/** Counts the use of a value in a session in; null is no value. */
export function addUse(uses: Uses, value: number | null, { start_time, session_id }: Started): void {
  if (value !== null) count(uses, String(value), { count: 1, start_time, session_id });
}

/** Counts other uses in, which stay as they are. */
export function mergeUses(uses: Uses, other: Uses): void {
  for (const [value, use] of Object.entries(other)) count(uses, value, use);
}

/** The value used most often, of several such the one used last; null when none was used. */
export function preferredValue(uses: Uses): number | null {
  let preferred: readonly [string, Use] | null = null;
  for (const [value, use] of Object.entries(uses)) {
    if (preferred === null || compareUses(use, preferred[1]) > 0) preferred = [value, use];
  }
  return preferred === null ? null : Number(preferred[0]);
}

function count(uses: Uses, value: string, use: Use): void {
  const known = uses[value];
  const last = known === undefined || compareSessions(use, known) > 0 ? use : known;
  uses[value] = {
    count: use.count + (known?.count ?? 0),
    start_time: last.start_time,
    session_id: last.session_id,
  };
}

function compareUses(a: Use, b: Use): number {
  return a.count - b.count || compareSessions(a, b);
}
