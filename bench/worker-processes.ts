import { busyMilliseconds } from "@junoplus/beam-runtime/testing/measure-runner";
import { median } from "./median";
import { say } from "./say";

/** Four processes are at least so many times as fast as one, on two processors. */
const BOUND = 1.6;
const ELEMENTS = 40_000;
const ROUNDS = 1_000;

/** One worker process on Prism beside four, for work that keeps processors busy, start-up in it; whether the bound holds. */
export async function benchWorkerProcesses(rounds: number): Promise<boolean> {
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const one = await busyMilliseconds(1, ELEMENTS, ROUNDS);
    const four = await busyMilliseconds(4, ELEMENTS, ROUNDS);
    ratios.push(one / four);
    say(`one worker process ${(one / 1000).toFixed(1)} s, four ${(four / 1000).toFixed(1)} s`);
  }
  const ratio = median(ratios);
  say(`four worker processes are ${ratio.toFixed(2)} times as fast as one (bound ${BOUND})`);
  return ratio >= BOUND;
}
