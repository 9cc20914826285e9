import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireForSerialization } from "apache-beam/serialization";
import { type Counters, DirectRunner } from "../direct-runner";
import type { Distribution } from "../job-metrics";
import { type PCollection, type Root, type Runner, withName } from "../sdk";
import { writeShards } from "../write-shards";

/** What a pipeline gave: the elements of each output in the order in which they came, and what its steps counted. */
export interface Collected {
  readonly outputs: Readonly<Record<string, readonly unknown[]>>;
  readonly counters: Counters;
  readonly distributions: Readonly<Record<string, Distribution>>;
}

/**
 * Runs a pipeline, on the direct runner unless told another, and reads its outputs back. They take the way that rows of a
 * run take, as lines of JSON in shard files, so an element is what JSON can say of it; an output without elements is an
 * empty list.
 */
export async function collect(
  build: (root: Root) => Readonly<Record<string, PCollection<unknown>>>,
  runner: Runner = new DirectRunner(),
): Promise<Collected> {
  const folder = mkdtempSync(join(tmpdir(), "collect-"));
  try {
    let names: readonly string[] = [];
    const result = await runner.run((root) => {
      const outputs = build(root);
      names = Object.keys(outputs);
      for (const [name, output] of Object.entries(outputs)) {
        output.map(withName(`jsonOf(${name})`, jsonOf)).apply(writeShards(folder, name));
      }
    });
    return {
      outputs: Object.fromEntries(names.map((name) => [name, readShards(join(folder, name))])),
      counters: await result.counters(),
      // Each is of this type, whatever the SDK's type says.
      distributions: (await result.distributions()) as Record<string, unknown> as Record<string, Distribution>,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Worker function: an element as JSON text. */
export function jsonOf(element: unknown): string {
  return JSON.stringify(element);
}

function readShards(folder: string): readonly unknown[] {
  let shards: readonly string[] = [];
  try {
    shards = readdirSync(folder);
  } catch (error) {
    // Nothing to write makes no folder.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return shards.flatMap((shard) => {
    const lines = readFileSync(join(folder, shard), "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line): unknown => JSON.parse(line));
  });
}

requireForSerialization("@junoplus/beam-runtime/testing/run-and-collect", exports);
