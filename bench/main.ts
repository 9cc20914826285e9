import { parseArgs } from "node:util";
import { benchCoders } from "./coders";
import { benchGrowth } from "./growth";
import { changelog, measure } from "./measure";
import { median } from "./median";
import { benchRuntime } from "./runtime";
import { say } from "./say";
import type { Measurement, StepName } from "./step";
import { benchWorkerProcesses } from "./worker-processes";

/** Bounds that the project promises; a run beyond them ends with exit code 1. */
const BOUNDS = { sessionsToFloor: 3, allToFloor: 6, peakBytes: 3e9 } as const;

/** Steps in turn, round after round, so that a machine that slows down slows all of them. */
async function rounds(
  names: readonly StepName[],
  directory: string,
  count: number,
): Promise<ReadonlyMap<StepName, readonly Measurement[]>> {
  const results = new Map<StepName, Measurement[]>(names.map((name) => [name, []]));
  for (let round = 0; round < count; round++) {
    for (const name of names) {
      const measurement = await measure(name, directory);
      results.get(name)?.push(measurement);
      if (round === 0) say(`${name}: ${measurement.detail}`);
    }
  }
  return results;
}

const NAMES: readonly StepName[] = [
  "floor-sessions",
  "tight-floor-sessions",
  "duckdb-sessions",
  "medallion-sessions",
  "floor-all",
  "tight-floor-all",
  "medallion-all",
  "replay-all",
];

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { changes: { type: "string", default: "500000" }, rounds: { type: "string", default: "3" } },
  });
  const changes = Number(values.changes);
  const [section] = positionals;
  if (section !== undefined && section !== "runtime" && section !== "growth") {
    process.stderr.write(`bench: there is no section ${section}: give none, "runtime" or "growth"\n`);
    process.exitCode = 2;
    return;
  }
  if (section === "growth") {
    process.exitCode = (await benchGrowth(await changelog(changes), changes)) ? 0 : 1;
    return;
  }
  if (section === "runtime") {
    await benchRuntime(Number(values.rounds));
    await benchCoders(5 * Number(values.rounds), await changelog(changes));
    process.exitCode = (await benchWorkerProcesses(Number(values.rounds))) ? 0 : 1;
    return;
  }
  const results = await rounds(NAMES, await changelog(changes), Number(values.rounds));
  const seconds = (name: StepName): number => median((results.get(name) ?? []).map((m) => m.milliseconds)) / 1000;
  const cpuSeconds = (name: StepName): number => median((results.get(name) ?? []).map((m) => m.cpuMilliseconds)) / 1000;
  const peak = (name: StepName): number => Math.max(...(results.get(name) ?? []).map((m) => m.peakBytes));
  // Ratios of one round, so that both sides ran under the same load; of these the median.
  const ratio = (a: StepName, b: StepName): number => {
    const below = results.get(b) ?? [];
    return median((results.get(a) ?? []).map((m, i) => m.milliseconds / (below[i]?.milliseconds ?? Number.NaN)));
  };
  say("");
  for (const name of NAMES) {
    say(
      `${name.padEnd(22)} ${seconds(name).toFixed(2).padStart(6)} s  processor ${cpuSeconds(name).toFixed(2).padStart(6)} s  peak ${(peak(name) / 1e6).toFixed(0)} MB`,
    );
  }
  const sessions = ratio("medallion-sessions", "floor-sessions");
  const all = ratio("medallion-all", "floor-all");
  const peakAll = peak("medallion-all");
  say("");
  say(`therapy sessions to the floor: ${sessions.toFixed(2)} (bound ${BOUNDS.sessionsToFloor})`);
  say(`therapy sessions to the tight floor: ${ratio("medallion-sessions", "tight-floor-sessions").toFixed(2)}`);
  say(`therapy sessions to DuckDB SQL: ${ratio("medallion-sessions", "duckdb-sessions").toFixed(2)}`);
  say(`whole medallion to the floor: ${all.toFixed(2)} (bound ${BOUNDS.allToFloor})`);
  say(`whole medallion to the tight floor: ${ratio("medallion-all", "tight-floor-all").toFixed(2)}`);
  say(`replay of a proposal to the floor: ${ratio("replay-all", "floor-all").toFixed(2)}`);
  say(`replay of a proposal to the tight floor: ${ratio("replay-all", "tight-floor-all").toFixed(2)}`);
  say(`peak memory of the whole medallion: ${(peakAll / 1e6).toFixed(0)} MB (bound ${BOUNDS.peakBytes / 1e6})`);

  const large = changes * 4;
  const before = await measure("medallion-all", await changelog(changes));
  const after = await measure("medallion-all", await changelog(large));
  const exponent = Math.log(after.milliseconds / before.milliseconds) / Math.log(large / changes);
  say(
    `${changes} to ${large} changes: ${(before.milliseconds / 1000).toFixed(1)} s to ${(after.milliseconds / 1000).toFixed(1)} s, ` +
      `exponent ${exponent.toFixed(2)}, peak ${(after.peakBytes / 1e6).toFixed(0)} MB`,
  );
  const kept = sessions <= BOUNDS.sessionsToFloor && all <= BOUNDS.allToFloor && peakAll <= BOUNDS.peakBytes;
  say(kept ? "all bounds hold" : "a bound is broken");
  process.exitCode = kept ? 0 : 1;
}

void main();
