import { contractOf, things } from "./contracts";
import { shard } from "./shards";

/** A second table that is replaced with the first. */
export const others = contractOf({ table: "other_things", dataset: "gold", layer: "gold", columns: things.columns });

/** Rows in the first shard of a generation: what a run adds to a history. */
export const ROWS_A_SHARD = 20_000;

/** Shards whose rows all carry their generation as value. */
export function generationShards(folder: string, generation: number): readonly string[] {
  return ["a", "b", "c"].map((part) => {
    const rows = Array.from({ length: ROWS_A_SHARD }, (_, at) => ({
      id: `${generation}-${part}-${at}`,
      value: generation,
    }));
    return shard(folder, rows);
  });
}
