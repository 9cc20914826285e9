/** An instant as whole microseconds since 1970 UTC: a JS `Date` would lose the last three digits. */
export type Micros = bigint;

const CHANGE_TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z| UTC|[+-]\d{2}:\d{2})$/;
const FIELD_TIME = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})?)?$/;

const MILLIS_PER_DAY = 86_400_000;

// A warehouse TIMESTAMP holds the years 1 to 9999: an instant beyond them is no instant here.
const FIRST = BigInt(Date.parse("0001-01-01T00:00:00Z")) * 1000n;
const LAST = BigInt(Date.parse("9999-12-31T23:59:59Z")) * 1000n + 999_999n;

function inRange(micros: Micros): Micros | null {
  return micros < FIRST || micros > LAST ? null : micros;
}

function fromParts(parts: RegExpExecArray): Micros | null {
  const [, date = "", hour = "00", minute = "00", second = "00", fraction = "", zone = "Z"] = parts;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // V8 turns February 30 into March 1: only a date that comes back as it went in is in the calendar.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;

  let offsetMinutes = 0;
  if (zone !== "Z" && zone !== " UTC") {
    const hours = Number(zone.slice(1, 3));
    const minutes = Number(zone.slice(4, 6));
    if (hours > 23 || minutes > 59) return null;
    offsetMinutes = (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
  }

  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offsetMinutes * 60;
  // The fraction counts forward from the second, so cutting it after six digits is the floor.
  const fractionMicros = BigInt(fraction.padEnd(6, "0").slice(0, 6));
  return inRange(BigInt(midnight) * 1000n + BigInt(seconds) * 1_000_000n + fractionMicros);
}

/** The instant of a change-log `timestamp` column (zone required), or null when it is unreadable. */
export function parseChangeTime(text: string): Micros | null {
  const parts = CHANGE_TIME.exec(text);
  return parts === null ? null : fromParts(parts);
}

/** The instant of ISO 8601 text inside a document (no zone = UTC, bare date = midnight), or null. */
export function parseIsoText(text: string): Micros | null {
  const parts = FIELD_TIME.exec(text);
  return parts === null ? null : fromParts(parts);
}

/** The instant of a Firestore Timestamp's two numbers, nanoseconds floored; null when out of range. */
export function fromSecondsAndNanos(seconds: number, nanoseconds: number): Micros | null {
  return inRange(BigInt(seconds) * 1_000_000n + BigInt(Math.floor(nanoseconds / 1000)));
}

function floorToMillis(micros: Micros): number {
  // BigInt division cuts towards zero; before 1970 the floor lies one further down.
  const remainder = ((micros % 1000n) + 1000n) % 1000n;
  return Number((micros - remainder) / 1000n);
}

/** UTC text with exactly six decimals, e.g. "2024-08-26T15:33:27.642846Z". */
export function formatInstant(micros: Micros): string {
  const millis = floorToMillis(micros);
  const lastThree = String(micros - BigInt(millis) * 1000n).padStart(3, "0");
  return `${new Date(millis).toISOString().slice(0, 23)}${lastThree}Z`;
}

/** The UTC day of an instant, "YYYY-MM-DD". */
export function utcDay(micros: Micros): string {
  return formatInstant(micros).slice(0, 10);
}

/** Hour 0-23 and day of the week (1 = Sunday to 7) of an instant, both UTC. */
export function utcClock(micros: Micros): { hour: number; dayOfWeek: number } {
  const date = new Date(floorToMillis(micros));
  return { hour: date.getUTCHours(), dayOfWeek: date.getUTCDay() + 1 };
}

/** Whole days from one UTC day to another; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / MILLIS_PER_DAY;
}

/** Whole years at a UTC day; born on Feb 29 means Mar 1 in common years; NULL before birth. */
export function wholeYears(dateOfBirth: string | null, day: string | null): number | null {
  if (dateOfBirth === null || day === null || daysBetween(dateOfBirth, day) < 0) return null;
  const years = Number(day.slice(0, 4)) - Number(dateOfBirth.slice(0, 4));
  const monthAndDay = (date: string): number => Number(date.slice(5, 7)) * 100 + Number(date.slice(8, 10));
  return monthAndDay(day) < monthAndDay(dateOfBirth) ? years - 1 : years;
}

/** The age group of an age in whole years; NULL stays NULL. */
export function ageGroup(age: number | null): string | null {
  if (age === null) return null;
  if (age < 18) return "Under 18";
  if (age < 25) return "18-24";
  if (age < 35) return "25-34";
  if (age < 45) return "35-44";
  if (age < 55) return "45-54";
  return "55+";
}
