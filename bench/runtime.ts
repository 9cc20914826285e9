import { Console } from "node:console";
import { MEASURED_RUNNERS, MEASURED_STEPS, millisecondsOf } from "@junoplus/beam-runtime/testing/measure-runner";
import { say } from "./say";

/** Milliseconds of each step, runner and size, the best of all rounds. */
async function bestTimes(rounds: number): Promise<ReadonlyMap<string, number>> {
  const best = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    // In turn, so that a machine that slows down slows all of them.
    for (const [step, build] of Object.entries(MEASURED_STEPS)) {
      for (const [name, runner] of Object.entries(MEASURED_RUNNERS)) {
        for (const size of runner.sizes) {
          const key = `${step} ${name} ${size}`;
          const milliseconds = await millisecondsOf(build, runner.create(), size);
          best.set(key, Math.min(best.get(key) ?? Number.POSITIVE_INFINITY, milliseconds));
        }
      }
    }
  }
  return best;
}

/** Runners side by side, as a table on stdout: what one element more costs, so that start-up is not in it. */
export async function benchRuntime(rounds: number): Promise<void> {
  // The SDK's direct runner writes a line to the console for every run.
  globalThis.console = new Console(process.stderr);
  const best = await bestTimes(rounds);
  const names = Object.keys(MEASURED_RUNNERS);
  const slope = (step: string, name: string): number => {
    const [small, large] = MEASURED_RUNNERS[name]?.sizes ?? [Number.NaN, Number.NaN];
    const of = (size: number): number => best.get(`${step} ${name} ${size}`) ?? Number.NaN;
    return ((of(large) - of(small)) * 1e6) / (large - small);
  };
  say(`nanoseconds for an element more, under 10,000 keys, best of ${rounds}; steps without the source`);
  say(row("", [...names, ...names.slice(1).map((name) => `${name}/SDK`)]));
  for (const step of Object.keys(MEASURED_STEPS)) {
    const own = names.map((name) => slope(step, name) - (step === "source" ? 0 : slope("source", name)));
    const ratios = own.slice(1).map((value) => (value / (own[0] ?? Number.NaN)).toFixed(2));
    say(row(step, [...own.map((value) => value.toFixed(0)), ...ratios]));
  }
}

function row(head: string, cells: readonly string[]): string {
  return head.padEnd(12) + cells.map((cell) => cell.padStart(13)).join("");
}
