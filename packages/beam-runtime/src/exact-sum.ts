/**
 * Exact sums of doubles (Shewchuk's non-overlapping partials): the result is the true sum, rounded once, whatever the
 * order and the grouping of the summands. Source: J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic, 1997.
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

/** The double nearest to the exact sum, ties to even. */
export function roundExact(sum: ExactSum): number {
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
