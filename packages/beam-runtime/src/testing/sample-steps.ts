import { createHash } from "node:crypto";
import { requireForSerialization } from "apache-beam/serialization";
import { addExact, EMPTY_SUM, type ExactSum, mergeExact, roundExact } from "../exact-sum";
import { canonicalJson } from "../json-coder";
import type { RowColumn } from "../row-values";
import type {
  CombineFn,
  Counter,
  DoFn,
  Instant,
  IntervalWindow,
  Metric,
  ParDoLookupParam,
  Window,
  WindowedValue,
} from "../sdk";

// Worker functions of this package's own tests.

/** A word and a number. */
export interface Sample {
  readonly word: string;
  readonly amount: number;
}

export function wordOf({ word }: Sample): string {
  return word;
}

export function amountOf({ amount }: Sample): number {
  return amount;
}

export function byAmount(a: Sample, b: Sample): number {
  return a.amount - b.amount;
}

export function sampled(amount: number): Sample {
  return { word: "w", amount };
}

export function scaled(amount: number, { factor }: { factor: number }): number {
  return amount * factor;
}

/** The letters of a word; counts the words that have none. */
export function* lettersOf(word: string, { empty }: { empty: Counter }): Generator<string> {
  if (word === "") empty.increment();
  yield* word;
}

export function identity<T>(element: T): T {
  return element;
}

export function firstLetter(word: string): string {
  return word.slice(0, 1);
}

/** Key and number of values. */
export function sizeOf<K>({ key, value }: { key: K; value: Iterable<unknown> }): { key: K; size: number } {
  return { key, size: [...value].length };
}

export function keyOf({ key }: { key: string }): string {
  return key;
}

/** A group's size as the key of the next grouping. */
export function bySize<K>({ key, value }: { key: K; value: Iterable<unknown> }): { key: number; value: K } {
  return { key: [...value].length, value: key };
}

/** Sums exactly, counts, and remembers the words: each accumulator is changed in place, as an accumulator may be. */
export const summary: CombineFn<Sample, { sum: ExactSum; words: string[] }, { sum: number; words: readonly string[] }> =
  {
    createAccumulator: () => ({ sum: EMPTY_SUM, words: [] }),
    addInput(accumulator: { sum: ExactSum; words: string[] }, { word, amount }: Sample) {
      accumulator.sum = addExact(accumulator.sum, amount);
      accumulator.words.push(word);
      return accumulator;
    },
    mergeAccumulators(accumulators) {
      const merged: { sum: ExactSum; words: string[] } = { sum: EMPTY_SUM, words: [] };
      for (const { sum, words } of accumulators) {
        merged.sum = mergeExact(merged.sum, sum);
        merged.words.push(...words);
      }
      return merged;
    },
    extractOutput: ({ sum, words }: { sum: ExactSum; words: string[] }) => ({
      sum: roundExact(sum),
      words: words.toSorted(),
    }),
  };

/** An even number's tag is `even`. */
export function byParity(amount: number): { even: number } | { odd: number } {
  return amount % 2 === 0 ? { even: amount } : { odd: amount };
}

export function withSingle<T, S>(element: T, { side }: { side: ParDoLookupParam<S> }): { element: T; side: S } {
  return { element, side: side.lookup() };
}

export function withAll<T, S>(
  element: T,
  { side }: { side: ParDoLookupParam<Iterable<S>> },
): { element: T; side: readonly S[] } {
  return { element, side: [...side.lookup()] };
}

type All = ParDoLookupParam<Iterable<unknown>>;

export function withBoth(
  element: unknown,
  { side, other }: { side: All; other?: All },
): { element: unknown; side: readonly unknown[]; other: readonly unknown[] } {
  return { element, side: [...side.lookup()], other: other === undefined ? [] : [...other.lookup()] };
}

/** Adds the number to a counter. */
export function counted(amount: number, { total }: { total: Counter }): number {
  total.update(amount);
  return amount;
}

/** Adds the number to a distribution. */
export function measured(amount: number, { sizes }: { sizes: Metric<number> }): number {
  sizes.update(amount);
  return amount;
}

/** A number of milliseconds is its own time. */
export function ownTime(milliseconds: number, before: Instant): Instant {
  return before.sub(before).add(milliseconds);
}

export function underOneKey<T>(value: T): { key: string; value: T } {
  return { key: "k", value };
}

/** A group and the milliseconds at which its window starts. */
export function withWindow<K, V>(
  { key, value }: { key: K; value: V },
  { window }: { window: ParDoLookupParam<Window> },
): { key: K; value: V; from: number } {
  const { start } = window.lookup() as IntervalWindow;
  return { key, value, from: Number(start.toString()) };
}

/** Keeps the thread busy for the milliseconds that are its key, and counts. */
export function busy({ key }: { key: string }, { done }: { done: Counter }): string {
  const until = Date.now() + 3;
  while (Date.now() < until);
  done.increment();
  return key;
}

/** The numbers from 0 up to one less than the bound, as text. */
export function* numbersBelow(bound: number): Generator<string> {
  for (let number = 0; number < bound; number++) yield String(number);
}

/** That many samples under ten words, each with 400 bytes of its own. */
export function* valuesOf(bound: number): Generator<Sample & { ballast: readonly number[] }> {
  for (let amount = 0; amount < bound; amount++) {
    yield { word: String(amount % 10), amount, ballast: Array<number>(50).fill(amount) };
  }
}

export const numberOfValues: CombineFn<unknown, number, number> = {
  createAccumulator: () => 0,
  addInput: (count: number) => count + 1,
  mergeAccumulators: (counts) => [...counts].reduce((sum, count) => sum + count, 0),
  extractOutput: (count: number) => count,
};

/** What the failing steps throw. */
export const FAULT = new RangeError("this step fails");

export function failing(): never {
  throw FAULT;
}

/** Passes elements on until it meets the word `fail`. */
export function failingAtWord(word: string): string {
  if (word === "fail") throw FAULT;
  return word;
}

/** Fails before the first element. */
export class FailingStart implements DoFn<string, string> {
  beamName = "FailingStart";
  startBundle = failing;
  *process(word: string): Generator<string> {
    yield word;
  }
}

/** Fails after the last element. */
export class FailingFinish implements DoFn<string, string> {
  beamName = "FailingFinish";
  *process(word: string): Generator<string> {
    yield word;
  }
  finishBundle(): Iterable<WindowedValue<string>> {
    throw FAULT;
  }
}

export const failingCombine: CombineFn<string, null, null> = {
  createAccumulator: () => null,
  addInput: failing,
  mergeAccumulators: failing,
  extractOutput: failing,
};

/** One of 10,000 keys. */
export function lastFourDigits(number: string): string {
  return number.slice(-4);
}

/** Half of all numbers, the even ones, have one key. */
export function skewedKey(number: string): string {
  return Number(number) % 2 === 0 ? "even" : number;
}

/** Takes a millisecond for each element, and counts them. */
export function slowly(number: string, { done }: { done: Counter }): string {
  const until = performance.now() + 1;
  while (performance.now() < until);
  done.increment();
  return number;
}

/** What JSON has no word for. */
export function unspeakable(number: number): Readonly<Record<string, unknown>> {
  return {
    number,
    nan: Number.NaN,
    zero: -0,
    absent: undefined,
    whole: 2 ** 40 + 1,
    big: 2n ** 70n,
    bytes: new Uint8Array([1, 255]),
  };
}

/** A row of the columns below. */
export function numberedRow(number: string): Readonly<Record<string, unknown>> {
  const whole = Number(number);
  return {
    id: number,
    whole: whole % 2 === 0 ? 2n ** 60n + BigInt(whole) : whole,
    real: whole % 3 === 0 ? -0 : whole / 3,
    tags: whole % 5 === 0 ? [number, ""] : [],
    note: whole % 7 === 0 ? null : "é",
  };
}

export const NUMBERED_COLUMNS: readonly RowColumn[] = [
  { name: "id", type: "STRING", mode: "REQUIRED" },
  { name: "whole", type: "INT64", mode: "REQUIRED" },
  { name: "real", type: "FLOAT64", mode: "REQUIRED" },
  { name: "tags", type: "STRING", mode: "REPEATED" },
  { name: "note", type: "STRING", mode: "NULLABLE" },
];

export function lastDigit({ id }: { id: string }): string {
  return id.slice(-1);
}

/** A group's values as text, in order. */
export function canonicalValues({ value }: { value: Iterable<unknown> }): string {
  return [...value].map(canonicalJson).sort().join();
}

/** A side input's elements as text, in order. */
export function canonicalSide(_: unknown, { side }: { side: All }): string {
  return [...side.lookup()].map(canonicalJson).sort().join();
}

export function sameKey(): string {
  return "k";
}

/** Says its word to the console, as a warning and as an aside. */
export function warning(word: string): string {
  // biome-ignore lint/suspicious/noConsole: this is what the worker's log is for
  console.warn(`a warning of ${word}`);
  // biome-ignore lint/suspicious/noConsole: this is what the worker's log is for
  console.debug(`an aside of ${word}`);
  return word;
}

/** Ends its process at the word "kill", as the system would when memory is short. */
export function killedAtWord(word: string): string {
  if (word === "kill") process.kill(process.pid, "SIGKILL");
  return word;
}

/** Work for one processor: a digest over many rounds, and the process that did it. */
export function digested(
  text: string,
  { rounds }: { rounds: number },
): { text: string; digest: string; process: number } {
  let digest = text;
  for (let round = 0; round < rounds; round++) digest = createHash("sha256").update(digest).digest("base64");
  return { text, digest, process: process.pid };
}

requireForSerialization("@junoplus/beam-runtime/testing/sample-steps", exports);
