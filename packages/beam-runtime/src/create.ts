import { requireForSerialization } from "apache-beam/serialization";
import { impulse, type PCollection, type PTransform, type Root, withName } from "./sdk";

/**
 * A collection of given values, in time linear in their number (the SDK's own is quadratic). Values are carried as JSON, so
 * they are what JSON can say; big inputs are read from files instead.
 */
export function createFrom<T>(values: readonly T[]): PTransform<Root, PCollection<T>> {
  const json = JSON.stringify(values);
  return withName("createFrom", (root: Root) =>
    root.apply(impulse()).flatMap(withName("parseValues", parseValues<T>), { json }),
  );
}

/** Worker function of `createFrom`. */
export function parseValues<T>(_impulse: Uint8Array, { json }: { json: string }): readonly T[] {
  return JSON.parse(json) as readonly T[];
}

requireForSerialization("@junoplus/beam-runtime/create", exports);
