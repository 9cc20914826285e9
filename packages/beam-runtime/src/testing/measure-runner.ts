import "../sdk";
import { directRunner } from "apache-beam/runners/direct_runner";
import { createFrom } from "../create";
import { DirectRunner } from "../direct-runner";
import { combineBy, groupBy } from "../keyed";
import { PrismRunner } from "../prism-runner";
import { type PCollection, type Root, type Runner, withName } from "../sdk";
import { digested, identity, keyOf, lastFourDigits, numberOfValues, numbersBelow, sameKey } from "./sample-steps";

type Numbers = PCollection<string>;

interface MeasuredRunner {
  readonly create: () => Runner;
  /** Two numbers of elements, far enough apart for what the runner's start varies by. */
  readonly sizes: readonly [small: number, large: number];
}

/** The runners that a measurement sets side by side; the first is the SDK's own. */
export const MEASURED_RUNNERS: Readonly<Record<string, MeasuredRunner>> = {
  "SDK direct": { create: () => directRunner(), sizes: [50_000, 450_000] },
  direct: { create: () => new DirectRunner(), sizes: [50_000, 450_000] },
  Prism: { create: () => new PrismRunner(), sizes: [50_000, 2_050_000] },
};

/** What is measured, after a source of numbers as text; `source` is what is in each of the others. */
export const MEASURED_STEPS: Readonly<Record<string, (numbers: Numbers) => PCollection<unknown>>> = {
  source: (numbers) => numbers,
  ParDo: (numbers) => numbers.map(identity<string>),
  GroupByKey: (numbers) => numbers.apply(groupBy(lastFourDigits)),
  Combine: (numbers) => numbers.apply(combineBy(lastFourDigits, numberOfValues)),
};

/** Milliseconds for the source and a step, with that many elements. */
export async function millisecondsOf(
  step: (numbers: Numbers) => PCollection<unknown>,
  runner: Runner,
  size: number,
): Promise<number> {
  const start = performance.now();
  await runner.run((root: Root) => {
    return step(root.apply(createFrom([size])).flatMap(withName("source", numbersBelow)) as Numbers);
  });
  return performance.now() - start;
}

/**
 * Milliseconds on Prism, with so many worker processes, for elements that keep a processor busy: `rounds` digests each, a
 * microsecond or so a round. Elements are grouped first, as a runner gives no step to another process than the one that made
 * its elements; results are counted, as Prism waits busily for the end of a bundle that gives it nothing.
 */
export async function busyMilliseconds(processes: number, elements: number, rounds: number): Promise<number> {
  const start = performance.now();
  await new PrismRunner({ processes }).run((root: Root) => {
    return root
      .apply(createFrom([elements]))
      .flatMap(numbersBelow)
      .apply(groupBy(identity<string>))
      .map(keyOf)
      .map(digested, { rounds })
      .apply(combineBy(sameKey, numberOfValues));
  });
  return performance.now() - start;
}
