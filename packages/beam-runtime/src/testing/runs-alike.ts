import { isDeepStrictEqual } from "node:util";
import { DirectRunner } from "../direct-runner";
import type { Distribution } from "../job-metrics";
import { canonicalJson } from "../json-coder";
import { PrismRunner } from "../prism-runner";
import type { PCollection, Root } from "../sdk";
import { collect } from "./run-and-collect";
import type { Runners } from "./runners";

export type Build = (root: Root) => Readonly<Record<string, PCollection<unknown>>>;

/** What of a run must be the same on every runner: outputs as sorted JSON text, and what the steps counted. */
export interface Comparable {
  readonly outputs: Readonly<Record<string, readonly string[]>>;
  readonly counters: Readonly<Record<string, number>>;
  readonly distributions: Readonly<Record<string, Distribution>>;
}

/** One pipeline gave different results on two runners. */
export class RunnersDifferError extends Error {
  override readonly name = "RunnersDifferError" as const;
}

/** Elements of one output in the order of their text: a collection has none of its own. */
export function sortedTexts(elements: readonly unknown[]): readonly string[] {
  return elements.map(canonicalJson).sort();
}

/** Runs a pipeline, and gives what must be the same wherever it runs. */
export async function comparableRun(build: Build, runner: ReturnType<Runners[string]>): Promise<Comparable> {
  const { outputs, counters, distributions } = await collect(build, runner);
  return {
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, elements]) => [name, sortedTexts(elements)])),
    // Without those of the collecting.
    counters: Object.fromEntries(Object.entries(counters).filter(([name]) => !name.startsWith("written/"))),
    distributions,
  };
}

/**
 * Runs one pipeline on every runner, one after the other (default: direct and Prism), and gives what all of them gave.
 * @throws RunnersDifferError which names the first difference between two of them
 */
export async function runsAlike(
  build: Build,
  { runners = { direct: () => new DirectRunner(), prism: () => new PrismRunner() } }: { runners?: Runners } = {},
): Promise<Comparable> {
  let first: { readonly name: string; readonly result: Comparable } | undefined;
  for (const [name, make] of Object.entries(runners)) {
    const result = await comparableRun(build, make());
    first ??= { name, result };
    const difference = differenceOf(first.result, result);
    if (difference !== undefined) throw new RunnersDifferError(`${first.name} and ${name} differ: ${difference}`);
  }
  if (first === undefined) throw new RangeError("runsAlike: no runner is given");
  return first.result;
}

function differenceOf(one: Comparable, other: Comparable): string | undefined {
  for (const name of new Set([...Object.keys(one.outputs), ...Object.keys(other.outputs)])) {
    const [a = [], b = []] = [one.outputs[name], other.outputs[name]];
    if (isDeepStrictEqual(a, b)) continue;
    const at = a.findIndex((text, index) => text !== b[index]);
    const index = at === -1 ? a.length : at;
    return `output ${name} has ${a.length} and ${b.length} elements; in order, number ${index} is ${a[index]} and ${b[index]}`;
  }
  for (const kind of ["counters", "distributions"] as const) {
    if (!isDeepStrictEqual(one[kind], other[kind])) {
      return `${kind} are ${JSON.stringify(one[kind])} and ${JSON.stringify(other[kind])}`;
    }
  }
  return undefined;
}
