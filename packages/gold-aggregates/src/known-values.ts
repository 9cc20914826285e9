import { addExact, EMPTY_SUM, type ExactSum, mergeExact, roundExact } from "@junoplus/beam-runtime";

/** The known values of a column of small whole numbers, or of booleans as 0 and 1: their plain sum is exact. */
export interface KnownIntegers {
  sum: number;
  known: number;
}

/** The known values of a column without bounds or with fractions: the exact sum does not depend on their order. */
export interface KnownNumbers {
  sum: ExactSum;
  known: number;
}

/** No value of a column of small whole numbers or of booleans. */
export function noIntegers(): KnownIntegers {
  return { sum: 0, known: 0 };
}

/** No value of a column of any numbers. */
export function noNumbers(): KnownNumbers {
  return { sum: EMPTY_SUM, known: 0 };
}

/** Counts a value in; null is no value. */
export function addInteger(values: KnownIntegers, value: number | boolean | null): void {
  if (value === null) return;
  values.sum += Number(value);
  values.known += 1;
}

/** Counts a value in; null is no value. */
export function addNumber(values: KnownNumbers, value: number | null): void {
  if (value === null) return;
  values.sum = addExact(values.sum, value);
  values.known += 1;
}

/** Counts other values in, which stay as they are. */
export function mergeIntegers(values: KnownIntegers, other: KnownIntegers): void {
  values.sum += other.sum;
  values.known += other.known;
}

/** Counts other values in, which stay as they are. */
export function mergeNumbers(values: KnownNumbers, other: KnownNumbers): void {
  values.sum = mergeExact(values.sum, other.sum);
  values.known += other.known;
}

/** The sum of the known values, rounded once; null when there is none. */
export function sumOf({ sum, known }: KnownIntegers | KnownNumbers): number | null {
  if (known === 0) return null;
  return typeof sum === "number" ? sum : roundExact(sum);
}

/** The average of the known values, for booleans the share of TRUE: one sum, one division; null when there is none. */
export function averageOf(values: KnownIntegers | KnownNumbers): number | null {
  const sum = sumOf(values);
  return sum === null ? null : sum / values.known;
}
