import { requireForSerialization } from "apache-beam/serialization";
import { canonicalJson } from "./json-coder";
import { combineBy, dropKey } from "./keyed";
import { type CombineFn, type PCollection, type PTransform, withName } from "./sdk";

/** Negative when `a` is earlier than `b`, positive when later, 0 when the order does not tell. */
export type Order<T> = (a: T, b: T) => number;

/**
 * The latest element of each key. Of elements that the order does not tell apart the one with the greatest canonical JSON
 * is taken, so that arrival, duplicates and bundling change nothing. Both functions must be exported by a registered module.
 */
export function latestPerKey<T>(
  keyOf: (element: T) => string,
  order: Order<T>,
): PTransform<PCollection<T>, PCollection<T>> {
  return withName("latestPerKey", (input: PCollection<T>) =>
    input.apply(combineBy(keyOf, new LatestBy(order))).map(withName("withoutKey", dropKey<T>)),
  );
}

/** The latest element so far, if there is any; elements may be null. */
type Latest<T> = readonly [] | readonly [T];

/** Combines to the latest element: only that one is held and sent on. */
export class LatestBy<T> implements CombineFn<T, Latest<T>, T> {
  constructor(private readonly order: Order<T>) {}

  createAccumulator(): Latest<T> {
    return [];
  }

  addInput(latest: Latest<T>, element: T): Latest<T> {
    return latest.length === 0 || this.isLater(element, latest[0]) ? [element] : latest;
  }

  mergeAccumulators(accumulators: Iterable<Latest<T>>): Latest<T> {
    let merged: Latest<T> = [];
    for (const [...elements] of accumulators) {
      for (const element of elements) merged = this.addInput(merged, element);
    }
    return merged;
  }

  extractOutput([latest]: Latest<T>): T {
    // A key has elements, or it would not be there.
    return latest as T;
  }

  private isLater(candidate: T, latest: T): boolean {
    const difference = this.order(candidate, latest);
    return difference === 0 ? canonicalJson(candidate) > canonicalJson(latest) : difference > 0;
  }
}

requireForSerialization("@junoplus/beam-runtime/latest-per-key", exports);
