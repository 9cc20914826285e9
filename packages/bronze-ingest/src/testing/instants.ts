// Instants are whole microseconds since 1970: a double holds them exactly, a Date would lose the last three digits.

export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const TWO_DIGITS = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, "0"));
const dates = new Map<number, string>();

/** A Timestamp as the change tracker serialises it. */
export interface FirestoreTimestamp {
  readonly _seconds: number;
  readonly _nanoseconds: number;
}

/** The instant of an ISO 8601 text. */
export function instant(iso: string): number {
  return Date.parse(iso) * 1000;
}

/** Day number of an instant, UTC. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY);
}

/** `2024-03-15` for a day number. */
export function dateText(day: number): string {
  const known = dates.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
  dates.set(day, text);
  return text;
}

/** `2024-03-15T07:00:00.871877Z`, as in the column timestamp. */
export function timestampText(at: number): string {
  return `${secondText(at)}.${String(at % SECOND).padStart(6, "0")}Z`;
}

/** `2024-03-15T07:00:00.871Z`, as a JavaScript client writes it. */
export function isoText(at: number): string {
  return `${secondText(at)}.${String(Math.floor((at % SECOND) / 1000)).padStart(3, "0")}Z`;
}

/** The instant as a Timestamp field. */
export function firestoreTimestamp(at: number): FirestoreTimestamp {
  const seconds = Math.floor(at / SECOND);
  return { _seconds: seconds, _nanoseconds: (at - seconds * SECOND) * 1000 };
}

function secondText(at: number): string {
  const day = dayOf(at);
  const second = Math.floor((at - day * DAY) / SECOND);
  const hours = TWO_DIGITS[Math.floor(second / 3600)];
  return `${dateText(day)}T${hours}:${TWO_DIGITS[Math.floor(second / 60) % 60]}:${TWO_DIGITS[second % 60]}`;
}
