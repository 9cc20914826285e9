/**
 * The exact sum of doubles, rounded once (as Python's math.fsum): adding one by one rounds at every step, and then the
 * order of the rows decides whether a threshold such as 0.7 is reached.
 */
export function exactSum(values: readonly number[]): number {
  // Every double is whole * 2^-shift. All are brought to the greatest shift and added as integers.
  const parts = values.map((value) => {
    let whole = value;
    let shift = 0;
    while (!Number.isInteger(whole)) {
      whole *= 2;
      shift += 1;
    }
    return { whole: BigInt(whole), shift };
  });
  const shift = Math.max(0, ...parts.map((part) => part.shift));
  let sum = 0n;
  for (const part of parts) sum += part.whole << BigInt(shift - part.shift);
  // Number(bigint) rounds to the nearest double, ties to even; dividing by a power of two is exact.
  return Number(sum) / 2 ** shift;
}

/** The values that are known. */
export function known<Value>(values: readonly (Value | null)[]): Value[] {
  return values.filter((value) => value !== null);
}

/** The average of the known values: one exact sum, one division; NULL when none is known. */
export function average(values: readonly (number | null)[]): number | null {
  const present = known(values);
  return present.length === 0 ? null : exactSum(present) / present.length;
}

/** The sum of the known values; NULL when none is known. */
export function total(values: readonly (number | null)[]): number | null {
  const present = known(values);
  return present.length === 0 ? null : exactSum(present);
}

/** The greatest known value; NULL when none is known. */
export function greatest(values: readonly (number | null)[]): number | null {
  const present = known(values);
  return present.length === 0 ? null : present.reduce((a, b) => Math.max(a, b));
}

/** How many values are TRUE; unknown ones are not. */
export function countTrue(values: readonly (boolean | null)[]): number {
  return values.filter((value) => value === true).length;
}

/** The share of TRUE among the known values; NULL when none is known. */
export function rate(values: readonly (boolean | null)[]): number | null {
  const denominator = known(values).length;
  return denominator === 0 ? null : countTrue(values) / denominator;
}
