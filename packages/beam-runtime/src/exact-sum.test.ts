import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addExact, canonicalExact, EMPTY_SUM, type ExactSum, mergeExact, roundExact } from "./exact-sum";

const MAX = Number.MAX_VALUE;
const SMALLEST = Number.MIN_VALUE;

const view = new DataView(new ArrayBuffer(8));

/** Doubles that are not negative are in the order of their bits, read as a whole number. */
function bitsOf(value: number): bigint {
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

function fromBits(bits: bigint): number {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

/** A double times 2^1074, which is a whole number; infinity counts as 2^1024, the double that would follow the largest. */
function scaled(value: number): bigint {
  const [exponent, fraction] = [bitsOf(Math.abs(value)) / 2n ** 52n, bitsOf(Math.abs(value)) % 2n ** 52n];
  const magnitude = exponent === 0n ? fraction : (2n ** 52n + fraction) * 2n ** (exponent - 1n);
  return value < 0 ? -magnitude : magnitude;
}

/** By search: the double that is nearest to the true sum, and of two that are as near the one whose last bit is 0. */
function nearest(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + scaled(value), 0n);
  const size = sum < 0n ? -sum : sum;
  let [low, high] = [0n, bitsOf(MAX)];
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    if (scaled(fromBits(middle)) <= size) low = middle;
    else high = middle - 1n;
  }
  const [toLower, toHigher] = [size - scaled(fromBits(low)), scaled(fromBits(low + 1n)) - size];
  const magnitude = toLower < toHigher || (toLower === toHigher && low % 2n === 0n) ? low : low + 1n;
  return sum < 0n ? -fromBits(magnitude) : fromBits(magnitude);
}

const sumOf = (values: readonly number[]): ExactSum => values.reduce(addExact, EMPTY_SUM);

const anyDouble = fc.double({ noNaN: true, noDefaultInfinity: true });
const power = fc.tuple(fc.integer({ min: -1074, max: 1023 }), fc.constantFrom(1, -1)).map(([e, sign]) => sign * 2 ** e);
const closePower = fc
  .tuple(fc.integer({ min: -110, max: 2 }), fc.constantFrom(1, -1))
  .map(([e, sign]) => sign * 2 ** e);
const subnormal = fc.integer({ min: -(2 ** 31), max: 2 ** 31 }).map((count) => count * SMALLEST);
const huge = fc.constantFrom(
  MAX,
  -MAX,
  1e308,
  -1e308,
  2 ** 1023,
  -(2 ** 1023),
  2 ** 970,
  -(2 ** 970),
  2 ** 969,
  SMALLEST,
);
const decimal = fc.integer({ min: -1000, max: 1000 }).map((tenths) => tenths / 10);

/** Summands of every kind, of one kind so that they meet, and with others that cancel most of them. */
const summands = fc
  .oneof(...[anyDouble, power, closePower, subnormal, huge, decimal].map((kind) => fc.array(kind, { maxLength: 30 })))
  .chain((values) =>
    fc
      .tuple(fc.subarray(values), fc.array(anyDouble, { maxLength: 2 }))
      .map(([cancelled, more]) => [...values, ...more, ...cancelled.map((value) => -value)]),
  )
  .chain((values) => fc.shuffledSubarray(values, { minLength: values.length }));

test("a sum is the double nearest to the true sum, ties to even", () => {
  fc.assert(
    fc.property(summands, (values) => {
      expect(roundExact(sumOf(values))).toBe(nearest(values));
    }),
    { numRuns: 3000 },
  );
});

test("a sum is the same in any order and merged by any tree, after travelling as JSON", () => {
  const anyTree = summands.chain((values) =>
    fc.record({
      values: fc.constant(values),
      shuffled: fc.shuffledSubarray(values, { minLength: values.length }),
      choices: fc.infiniteStream(fc.nat()),
    }),
  );
  fc.assert(
    fc.property(anyTree, ({ values, shuffled, choices }) => {
      expect(roundExact(mergedAnyhow(shuffled, choices))).toBe(roundExact(sumOf(values)));
    }),
    { numRuns: 1000 },
  );
});

/** Cuts the values into bundles, and merges any two sums until one is left. */
function mergedAnyhow(values: readonly number[], choices: fc.Stream<number>): ExactSum {
  const choose = (bound: number): number => (choices.next().value as number) % bound;
  const bundles: number[][] = Array.from({ length: 1 + choose(5) }, () => []);
  for (const value of values) bundles[choose(bundles.length)]?.push(value);
  const sums = bundles.map((bundle) => JSON.parse(JSON.stringify(sumOf(bundle))) as ExactSum);
  while (sums.length > 1) {
    const [one = EMPTY_SUM] = sums.splice(choose(sums.length), 1);
    const [other = EMPTY_SUM] = sums.splice(choose(sums.length), 1);
    sums.push(mergeExact(one, other));
  }
  return sums[0] ?? EMPTY_SUM;
}

test("adding and merging leave what they were given as it was", () => {
  const [a, b] = [Object.freeze([...sumOf([1, 1e-20])]), Object.freeze([...sumOf([1e20, 1e-40])])];
  expect(roundExact(mergeExact(a, b))).toBe(1e20 + 1);
  expect([a, b]).toEqual([sumOf([1, 1e-20]), sumOf([1e20, 1e-40])]);
  expect(addExact(a, 0)).toEqual(a);
});

test("a sum keeps the bits of the true sum and not its summands", () => {
  const finite = fc.double({ noNaN: true, min: -1e300, max: 1e300 });
  fc.assert(
    fc.property(fc.array(finite, { minLength: 2000, maxLength: 2000 }), (values) => {
      // From the smallest double to the largest there are 2,098 bits, and a partial has 53: 40, and more where bits are 0.
      expect(sumOf(values).length).toBeLessThan(100);
    }),
    { numRuns: 5, endOnFailure: true },
  );
});

test("nothing, and what cancels, sums up to 0", () => {
  expect(roundExact(EMPTY_SUM)).toBe(0);
  expect(sumOf([0.1, 0.2, -0.2, -0.1])).toEqual([]);
  expect(sumOf([0, -0])).toEqual([]);
});

test.each([
  ["decimals that plain addition gets wrong", [0.1, 0.2, 0.3], 0.6],
  ["a small number between two large ones", [1e100, 1, -1e100], 1],
  ["half a unit in the last place goes to even, down", [1, 2 ** -53], 1],
  ["half a unit in the last place goes to even, up", [1 + 2 ** -52, 2 ** -53], 1 + 2 ** -51],
  ["a little more than half goes up", [1, 2 ** -53, 2 ** -120], 1 + 2 ** -52],
  ["a little less than half goes down", [1 + 2 ** -52, 2 ** -53, -(2 ** -120)], 1 + 2 ** -52],
  ["the smallest doubles", [SMALLEST, SMALLEST, SMALLEST], 3 * SMALLEST],
])("%s", (_case, values, sum) => {
  expect(roundExact(sumOf(values))).toBe(sum);
});

describe("beyond the largest double", () => {
  test.each([
    ["a sum is infinite", [MAX, MAX], Infinity],
    ["a negative sum is negative infinity", [-MAX, -1e308], -Infinity],
    ["a sum comes back when the rest cancels it", [MAX, MAX, MAX, -MAX, -MAX], MAX],
    ["what was small stays", [1e308, 1e308, 0.25, -1e308, -1e308], 0.25],
    ["the last half unit is a tie, and infinity is even", [MAX, 2 ** 970], Infinity],
    ["a little less than the last half unit is the largest double", [MAX, 2 ** 970, -SMALLEST], MAX],
  ])("%s", (_case, values, sum) => {
    expect(roundExact(sumOf(values))).toBe(sum);
    expect(roundExact(sumOf(values.toReversed()))).toBe(sum);
    expect(nearest(values)).toBe(sum);
  });

  test("what had to stay side by side is put in order before it is rounded", () => {
    const values = [
      1.7976931246511239e308,
      -4.9896007738368e291,
      4.989600731972094e291,
      MAX,
      9.979201547673565e291,
      -9.010039944902584e226,
      -6.037676574471785e148,
      -1.797693124624964e308,
      -9.979201547673565e291,
      9.010039944902584e226,
      6.037676574471785e148,
      4.989599584223273e291,
      -4.9896007318268775e291,
      -1.7968153550113087e308,
    ];
    expect(roundExact(sumOf(values))).toBe(nearest(values));
  });
});

test("a sum has one canonical form, whatever came and went on the way to it, and the form is the sum", () => {
  const doubles = fc.array(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), { maxLength: 8 });
  fc.assert(
    fc.property(doubles, doubles, (values, passing) => {
      const plain = values.reduce(addExact, EMPTY_SUM);
      const taken = passing
        .map((value) => -value)
        .reduce(addExact, [...passing, ...values].reduce(addExact, EMPTY_SUM));
      expect(canonicalExact(taken)).toEqual(canonicalExact(plain));
      const back = mergeExact(
        canonicalExact(plain),
        plain.map((partial) => -partial),
      );
      expect(roundExact(back)).toBe(0);
    }),
    { numRuns: 500 },
  );
});
