import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PCollection, type Root, type Runner, withName } from "apache-beam";
import { requireForSerialization } from "apache-beam/serialization";
import { type Counters, DirectRunner } from "../direct-runner";
import { writeShards, writtenCounter } from "../write-shards";

/** What a pipeline came to: the elements of each output in the order of their JSON text, and the pipeline's own counters. */
export interface Collected {
  readonly outputs: Record<string, unknown[]>;
  readonly counters: Counters;
}

/**
 * Runs a pipeline and collects the outputs that `build` names; by default on the direct runner of this package. Elements come
 * back as JSON says them. A collection has no order, so each is sorted.
 */
export async function collect(
  build: (root: Root) => Record<string, PCollection<unknown>>,
  runner: Runner = new DirectRunner(),
): Promise<Collected> {
  const folder = mkdtempSync(join(tmpdir(), "run-and-collect-"));
  try {
    let names: string[] = [];
    const result = await runner.run((root) => {
      const outputs = Object.entries(build(root));
      names = outputs.map(([name]) => name);
      for (const [name, elements] of outputs) {
        elements.map(withName(`${name} as JSON`, asJson)).apply(writeShards(folder, shardsOf(name)));
      }
    });
    const collected = new Set(names.map((name) => writtenCounter(shardsOf(name))));
    const counters = Object.entries((await result.counters()) as Counters).filter(([name]) => !collected.has(name));
    return {
      outputs: Object.fromEntries(names.map((name) => [name, read(join(folder, shardsOf(name)))])),
      counters: Object.fromEntries(counters),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Worker function: an element as its line. */
export function asJson(element: unknown): string {
  return JSON.stringify(element ?? null);
}

function shardsOf(name: string): string {
  return `collected-${name}`;
}

function read(folder: string): unknown[] {
  if (!existsSync(folder)) return [];
  const lines = readdirSync(folder).flatMap((shard) => readFileSync(join(folder, shard), "utf8").split("\n").slice(0, -1));
  return lines.sort().map((line) => JSON.parse(line) as unknown);
}

requireForSerialization("@junoplus/beam-runtime/testing/run-and-collect", exports);
