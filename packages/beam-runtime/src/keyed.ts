import "./sdk";
import { requireForSerialization } from "apache-beam/serialization";
import { combinePerKey as sdkCombinePerKey, groupByKey as sdkGroupByKey } from "apache-beam/transforms/internal";
import { type CombineFn, type PCollection, type PTransform, withName } from "./sdk";

/** One element with the key that it is grouped by. */
export interface Keyed<V> {
  readonly key: string;
  readonly value: V;
}

/** All elements with one key. On a distributed runner the values come in any order, and may be read once only. */
export type Grouped<V> = Keyed<Iterable<V>>;

/** Gives each element its key. The function must be exported by a registered module, as every worker function. */
export function keyBy<T>(keyOf: (element: T) => string): PTransform<PCollection<T>, PCollection<Keyed<T>>> {
  return withName("keyBy", (input: PCollection<T>) => input.map(withKey<T>, { keyOf }));
}

/** Groups elements by key, all values of a key in memory at once: for histories, not for sums. */
export function groupBy<T>(keyOf: (element: T) => string): PTransform<PCollection<T>, PCollection<Grouped<T>>> {
  return withName("groupBy", (input: PCollection<T>) => input.apply(keyBy(keyOf)).apply(sdkGroupByKey()));
}

/** Groups elements that have their key already, all values of a key in memory at once. */
export function groupKeyed<T>(): PTransform<PCollection<Keyed<T>>, PCollection<Grouped<T>>> {
  return withName("groupKeyed", (input: PCollection<Keyed<T>>) => input.apply(sdkGroupByKey()));
}

/** Combines elements by key; runners combine before they shuffle, so a key with most of the elements costs no more than others. */
export function combineBy<T, A, O>(
  keyOf: (element: T) => string,
  combineFn: CombineFn<T, A, O>,
): PTransform<PCollection<T>, PCollection<Keyed<O>>> {
  return withName("combineBy", (input: PCollection<T>) => input.apply(keyBy(keyOf)).apply(sdkCombinePerKey(combineFn)));
}

/** Worker function of `keyBy`. */
export function withKey<T>(value: T, { keyOf }: { keyOf: (element: T) => string }): Keyed<T> {
  return { key: keyOf(value), value };
}

/** Worker function: drops the key. */
export function dropKey<T>({ value }: Keyed<T>): T {
  return value;
}

requireForSerialization("@junoplus/beam-runtime/keyed", exports);
