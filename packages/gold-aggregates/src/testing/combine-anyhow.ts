import type { CombineFn } from "@junoplus/beam-runtime/sdk";
import fc from "fast-check";
import { shuffledArray } from "./arbitrary-rows";

const BUNDLES = 4;

/** Combines elements as they come, without a merge: what every other way must give too. */
export function combineAtOnce<Input, Accumulator, Output>(
  fn: CombineFn<Input, Accumulator, Output>,
  elements: readonly Input[],
): Output {
  return fn.extractOutput(addAll(fn, elements));
}

/**
 * Combines elements as some runner might: in any order, in any bundles, empty ones too, merged by any tree.
 * Accumulators travel as JSON, and those that are merged are frozen, so that changing them fails.
 */
export function combineAnyhow<Input, Accumulator, Output>(
  fn: CombineFn<Input, Accumulator, Output>,
  elements: readonly Input[],
): fc.Arbitrary<Output> {
  return fc
    .tuple(shuffledArray(elements), fc.array(fc.nat(), { minLength: elements.length, maxLength: elements.length }))
    .chain(([inputs, cuts]) =>
      fc.infiniteStream(fc.integer({ min: 0, max: 3 })).map((sizes) => {
        const bundles = bundlesOf(inputs, cuts).map((bundle) => travelled(addAll(fn, bundle)));
        return fn.extractOutput(mergeTree(fn, bundles, sizes));
      }),
    );
}

function addAll<Input, A, Output>(fn: CombineFn<Input, A, Output>, elements: readonly Input[]): A {
  return elements.reduce<A>((sum, element) => fn.addInput(sum, element), fn.createAccumulator());
}

function bundlesOf<T>(inputs: readonly T[], cuts: readonly number[]): T[][] {
  return Array.from({ length: BUNDLES }, (_, bundle) =>
    inputs.filter((_input, i) => (cuts[i] ?? 0) % BUNDLES === bundle),
  );
}

function mergeTree<Input, A, Output>(
  fn: CombineFn<Input, A, Output>,
  leaves: readonly A[],
  sizes: fc.Stream<number>,
): A {
  let level = leaves;
  for (const size of sizes) {
    const [merged, rest] = [level.slice(0, size), level.slice(size)];
    level = [...rest, travelled(fn.mergeAccumulators(merged))];
    if (rest.length === 0) break;
  }
  return fn.mergeAccumulators(level);
}

function travelled<A>(accumulator: A): A {
  return frozen(JSON.parse(JSON.stringify(accumulator)) as A);
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}
