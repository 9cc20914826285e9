/**
 * Instants as text: UTC, exactly six decimals, `2024-08-26T15:33:27.642846Z`. Fixed width, so that byte order is time
 * order, and no microsecond is lost, as it would be in a JavaScript `Date`.
 */

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s?(Z|z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/;
const DAY_MS = 86_400_000;
const DAY_SECONDS = 86_400;
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** True for a day that the Gregorian calendar has. */
function isCalendarDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1 || day > (DAYS_IN_MONTH[month - 1] ?? 0)) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month !== 2 || day < 29 || leap;
}

/** Days as text by number, so that a date is made once and not for each of its instants. */
const dayTexts = new Map<number, string>();
/** Beyond this many days the memo starts anew; real logs hold a few thousand. */
const MAX_DAY_TEXTS = 100_000;
const TWO_DIGITS = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, "0"));
const FIRST_DAY = -719_162;
const LAST_DAY = 2_932_896;

/** The day (since 1970) as text; null outside of years 1 to 9999, where the text would have another width. */
function dayText(day: number): string | null {
  const known = dayTexts.get(day);
  if (known !== undefined) return known;
  if (!(day >= FIRST_DAY && day <= LAST_DAY)) return null;
  if (dayTexts.size >= MAX_DAY_TEXTS) dayTexts.clear();
  const text = new Date(day * DAY_MS).toISOString().slice(0, 10);
  dayTexts.set(day, text);
  return text;
}

function canonical(epochSeconds: number, micros: string): string | null {
  const day = Math.floor(epochSeconds / DAY_SECONDS);
  const date = dayText(day);
  if (date === null) return null;
  const second = epochSeconds - day * DAY_SECONDS;
  const hour = Math.floor(second / 3600);
  const minute = Math.floor(second / 60) % 60;
  return `${date}T${TWO_DIGITS[hour]}:${TWO_DIGITS[minute]}:${TWO_DIGITS[second % 60]}.${micros}Z`;
}

/** ISO 8601 text (a bare date is midnight, no zone is UTC) as canonical text, floored to microseconds; null when it is none. */
export function timestampFromIso(text: string): string | null {
  if (isTimestamp(text)) return text;
  const parts = ISO.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", zone = "Z"] = parts;
  if (!isCalendarDay(Number(year), Number(month), Number(day))) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const micros = fraction.padEnd(6, "0").slice(0, 6);
  if (zone === "Z" || zone === "z" || zone === "UTC") {
    return year === "0000" ? null : `${year}-${month}-${day}T${hour}:${minute}:${second}.${micros}Z`;
  }
  const zoneRest = Number(zone.slice(3).replace(":", "") || 0);
  const zoneMinutes = Number(zone.slice(1, 3)) * 60 + zoneRest;
  if (zoneRest > 59 || zoneMinutes > 18 * 60) return null;
  const offset = zone.startsWith("-") ? -zoneMinutes : zoneMinutes;
  const seconds = Number(hour) * 3600 + (Number(minute) - offset) * 60 + Number(second);
  return canonical(epochDay(`${year}-${month}-${day}`) * DAY_SECONDS + seconds, micros);
}

/** A Firestore Timestamp's seconds and nanoseconds as canonical text, floored to microseconds; null outside of years 1 to 9999. */
export function timestampFromFirestore(seconds: number, nanoseconds: number): string | null {
  return canonical(
    seconds,
    Math.floor(nanoseconds / 1000)
      .toString()
      .padStart(6, "0"),
  );
}

/** Where canonical text has digits (0) and where it has exactly this character. */
const SHAPE = "0000-00-00T00:00:00.000000Z";

/** True for canonical text of an instant that the calendar has. */
export function isTimestamp(text: string): boolean {
  if (text.length !== SHAPE.length) return false;
  for (let i = 0; i < SHAPE.length; i++) {
    const expected = SHAPE.charCodeAt(i);
    const found = text.charCodeAt(i);
    if (expected === 48 ? found < 48 || found > 57 : found !== expected) return false;
  }
  const year = digits(text, 0) * 100 + digits(text, 2);
  if (year === 0 || !isCalendarDay(year, digits(text, 5), digits(text, 8))) return false;
  return digits(text, 11) < 24 && digits(text, 14) < 60 && digits(text, 17) < 60;
}

/** Two digits of a text as a number. */
function digits(text: string, at: number): number {
  return text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;
}

/** The UTC day of a canonical timestamp, `YYYY-MM-DD`. */
export function dayOf(timestamp: string): string {
  return timestamp.slice(0, 10);
}

/** Days from 1970-01-01 to a `YYYY-MM-DD` day. */
export function epochDay(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / DAY_MS;
}

/** Microseconds since 1970 of a canonical timestamp; a safe integer for years 1684 to 2255, exact as a difference of instants in them. */
export function epochMicros(timestamp: string): number {
  return Date.parse(`${timestamp.slice(0, 19)}Z`) * 1000 + Number(timestamp.slice(20, 26));
}

/** The canonical timestamp so many microseconds later; exact for years 1684 to 2255. */
export function plusMicros(timestamp: string, micros: number): string {
  const sum = epochMicros(timestamp) + micros;
  const seconds = Math.floor(sum / 1_000_000);
  const later = timestampFromFirestore(seconds, (sum - seconds * 1_000_000) * 1000);
  if (later === null) throw new RangeError(`${timestamp} and ${micros} microseconds is beyond the years 1 to 9999`);
  return later;
}
