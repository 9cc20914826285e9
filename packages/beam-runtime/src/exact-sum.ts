/**
 * Exact sums of doubles (Shewchuk's non-overlapping partials): the result is the true sum, rounded once, whatever the
 * order and the grouping of the summands. Source: J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic, 1997.
 * Nothing overflows on the way: a sum is infinite only when the true sum is beyond the largest double.
 */
export type ExactSum = readonly number[];

/** The sum of nothing. */
export const EMPTY_SUM: ExactSum = [];

/** Adds one finite double exactly. */
export function addExact(sum: ExactSum, value: number): ExactSum {
  const partials: number[] = [];
  let x = value;
  for (const partial of sum) {
    const [large, small] = Math.abs(x) < Math.abs(partial) ? [partial, x] : [x, partial];
    const high = large + small;
    if (!Number.isFinite(high)) {
      // Together they are beyond the largest double, so both stay.
      partials.push(partial);
      continue;
    }
    const low = small - (high - large);
    if (low !== 0) partials.push(low);
    x = high;
  }
  if (x !== 0) partials.push(x);
  return partials;
}

/** Adds two exact sums. */
export function mergeExact(a: ExactSum, b: ExactSum): ExactSum {
  return b.reduce(addExact, a);
}

/** The double nearest to the exact sum, ties to even; infinite when it is beyond the largest double. */
export function roundExact(sum: ExactSum): number {
  const bound = sum.reduce((total, partial) => total + Math.abs(partial), 0);
  if (bound >= 2 ** 1023) return nearestDouble(sum.reduce((total, partial) => total + unitsOf(partial), 0n));
  // Partials that stayed side by side may overlap: adding them anew brings them into order.
  return roundPartials(mergeExact(EMPTY_SUM, sum));
}

/**
 * An exact sum as the one list of partials that all lists of the same sum come to, the greatest last: each is the double
 * nearest to what is left of the sum. A sum beyond the largest double stays as it is.
 */
export function canonicalExact(sum: ExactSum): ExactSum {
  const partials: number[] = [];
  let left = sum;
  for (let nearest = roundExact(left); nearest !== 0; nearest = roundExact(left)) {
    if (!Number.isFinite(nearest)) return sum;
    partials.unshift(nearest);
    left = addExact(left, -nearest);
  }
  return partials;
}

function roundPartials(sum: ExactSum): number {
  let index = sum.length - 1;
  let high = sum[index] ?? 0;
  let low = 0;
  while (index > 0) {
    const x = high;
    const y = sum[--index] ?? 0;
    high = x + y;
    low = y - (high - x);
    if (low !== 0) break;
  }
  const below = sum[index - 1];
  // Half an ulp left over, and more of the same sign below it: the tie goes that way and not to even.
  if (below !== undefined && ((low < 0 && below < 0) || (low > 0 && below > 0))) {
    const twice = low * 2;
    const rounded = high + twice;
    if (twice === rounded - high) high = rounded;
  }
  return high;
}

/** A double as a whole number of the smallest double, 2^-1074. */
function unitsOf(value: number): bigint {
  const [bits = 0n] = new BigUint64Array(new Float64Array([value]).buffer);
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  const units = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return value < 0 ? -units : units;
}

function nearestDouble(units: bigint): number {
  const bits = units.toString(2).length;
  const dropped = Math.max(bits - 64, 0);
  const kept = units >> BigInt(dropped);
  // What was dropped decides a tie, so it stays as the last bit.
  const sticky = kept << BigInt(dropped) === units ? 0n : 1n;
  return Number(kept | sticky) * 2 ** (dropped - 1074);
}
