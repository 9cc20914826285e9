import { contractOf, things } from "./contracts";
import { shard } from "./shards";

/** A second table that is replaced with the first. */
export const others = contractOf({ table: "other_things", dataset: "gold", layer: "gold", columns: things.columns });

/** Three shards of so many rows each, all of which carry their generation as value. The first is what a history gets. */
export function generationShards(folder: string, generation: number, rows: number): readonly string[] {
  return ["a", "b", "c"].map((part) => {
    const all = Array.from({ length: rows }, (_, at) => ({ id: `${generation}-${part}-${at}`, value: generation }));
    return shard(folder, all);
  });
}
