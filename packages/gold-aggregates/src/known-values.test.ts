import { expect, test } from "vitest";
import {
  addInteger,
  addNumber,
  averageOf,
  mergeIntegers,
  mergeNumbers,
  noIntegers,
  noNumbers,
  sumOf,
} from "./known-values";

function integers(...values: readonly (number | boolean | null)[]) {
  const known = noIntegers();
  for (const value of values) addInteger(known, value);
  return known;
}

function numbers(...values: readonly (number | null)[]) {
  const known = noNumbers();
  for (const value of values) addNumber(known, value);
  return known;
}

test("nothing known has neither sum nor average", () => {
  expect(
    [integers(), integers(null), numbers(), numbers(null)].flatMap((known) => [sumOf(known), averageOf(known)]),
  ).toEqual(Array(8).fill(null));
});

test("zero is known", () => {
  expect([integers(0), numbers(0)].flatMap((known) => [sumOf(known), averageOf(known)])).toEqual([0, 0, 0, 0]);
});

test("what is unknown is no part of the average", () => {
  expect([averageOf(integers(1, null, 4)), averageOf(numbers(1, null, 4))]).toEqual([2.5, 2.5]);
});

test("the average of booleans is the share of TRUE among the known", () => {
  expect(averageOf(integers(true, false, null, false, true, false))).toBe(0.4);
});

test("a sum of any numbers is exact, so that one division gives the average", () => {
  expect(sumOf(numbers(2 ** 53, 1, 1))).toBe(2 ** 53 + 2);
  expect(averageOf(numbers(0.1, 0.2, 0.3, 0.4))).toBe(0.25);
  expect(averageOf(numbers(...Array(10).fill(0.7)))).toBe(0.7);
});

test("merging counts all in, and leaves the other as it was", () => {
  const [few, more] = [integers(1, 2), integers(6)];
  mergeIntegers(few, more);
  expect([few, more]).toEqual([integers(1, 2, 6), integers(6)]);
  const [some, others] = [numbers(2 ** 53), numbers(1, 1)];
  mergeNumbers(some, others);
  expect([sumOf(some), some.known, others]).toEqual([2 ** 53 + 2, 3, numbers(1, 1)]);
});
