import type { Value } from "./warehouse";

/** A result that rows cannot carry: which column, and what to write instead. */
export class UnreadableResultError extends Error {
  override readonly name = "UnreadableResultError" as const;
}

/** Refuses two columns of one name: a row would keep one of them. */
export function distinctNames(names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new UnreadableResultError(`two columns are named ${twice}: name one of them otherwise`);
  }
}

/** Refuses NaN and infinities, which JSON cannot say. */
export function finiteNumber(value: number, column: string): number {
  if (Number.isFinite(value)) return value;
  throw new UnreadableResultError(`${column}: is not a finite number: guard the division with NULLIF(divisor, 0)`);
}

/** Refuses integers beyond 2^53. */
export function safeInteger(value: bigint | string, column: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new UnreadableResultError(`${column}: an integer beyond 2^53 would be rounded: CAST it to STRING`);
}

/** An element of an array. */
export function elementText(value: Value, column: string): string {
  if (typeof value === "string") return value;
  throw new UnreadableResultError(`${column}: arrays hold texts, dates or timestamps, and no NULL`);
}

/** Refuses a type that no contract has. */
export function unreadableType(column: string): UnreadableResultError {
  return new UnreadableResultError(`${column}: its type has no form in a row: CAST it to STRING, INT64 or FLOAT64`);
}

const DAY = 86_400_000_000n;
const FIRST_DAY = -719_162;
const LAST_DAY = 2_932_896;

/** Canonical text of an instant in microseconds since 1970. */
export function timestampText(micros: bigint, column: string): string {
  const rest = ((micros % DAY) + DAY) % DAY;
  const ofDay = Number(rest);
  const seconds = Math.floor(ofDay / 1_000_000);
  const time = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(twoDigits).join(":");
  const fraction = String(ofDay % 1_000_000).padStart(6, "0");
  return `${dayText(Number((micros - rest) / DAY), column)}T${time}.${fraction}Z`;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

/** Texts of days met before: a table has millions of instants on a few thousand days. */
const dayTexts = new Map<number, string>();

/** A day counted from 1970 as `YYYY-MM-DD`. */
export function dayText(day: number, column: string): string {
  const known = dayTexts.get(day);
  if (known !== undefined) return known;
  if (day < FIRST_DAY || day > LAST_DAY) throw new UnreadableResultError(`${column}: beyond the years 1 to 9999`);
  const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
  if (dayTexts.size < 50_000) dayTexts.set(day, text);
  return text;
}
