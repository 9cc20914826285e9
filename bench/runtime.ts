import { Console } from "node:console";
import { MEASURED_RUNNERS, MEASURED_STEPS, millisecondsOf } from "@junoplus/beam-runtime/testing/measure-runner";
import { say } from "./say";

const SIZES = [20_000, 120_000] as const;

/** Milliseconds of each step, runner and size, the best of all rounds. */
async function bestTimes(rounds: number): Promise<ReadonlyMap<string, number>> {
  const best = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    // In turn, so that a machine that slows down slows all of them.
    for (const [step, build] of Object.entries(MEASURED_STEPS)) {
      for (const [name, runner] of Object.entries(MEASURED_RUNNERS)) {
        for (const size of SIZES) {
          const key = `${step} ${name} ${size}`;
          const milliseconds = await millisecondsOf(build, runner(), size);
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
  const [small, large] = SIZES;
  const names = Object.keys(MEASURED_RUNNERS);
  const slope = (step: string, name: string): number => {
    const more =
      (best.get(`${step} ${name} ${large}`) ?? Number.NaN) - (best.get(`${step} ${name} ${small}`) ?? Number.NaN);
    return (more * 1e6) / (large - small);
  };
  say(
    `nanoseconds for an element more, ${small} to ${large} under 10,000 keys, best of ${rounds}; steps without the source`,
  );
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
