import { requireForSerialization } from "apache-beam/serialization";
import type { DoFn, Metric } from "../sdk";

// Worker functions of the conformance cases.

/** One element of a branch: when its bundle began, and when it was processed, in milliseconds. */
export interface Timed {
  readonly branch: number;
  readonly began: number;
  readonly at: number;
}

/** Says when its bundle began, and when it processed each element, for a millisecond. */
export class TimedBranch implements DoFn<unknown, Timed> {
  beamName: string;
  private began = 0;

  constructor(private readonly branch: number) {
    this.beamName = `TimedBranch(${branch})`;
  }

  startBundle(): void {
    this.began = Date.now();
  }

  *process(): Generator<Timed> {
    const until = performance.now() + 1;
    while (performance.now() < until);
    yield { branch: this.branch, began: this.began, at: Date.now() };
  }
}

export function branchOf({ branch }: Timed): string {
  return String(branch);
}

/** Passes a number on, and measures it. */
export function measured(amount: number, { sizes }: { sizes: Metric<number> }): number {
  sizes.update(amount);
  return amount;
}

export function remainder(number: string, { divisor }: { divisor: number }): string {
  return String(Number(number) % divisor);
}

export function numberOf(text: string): number {
  return Number(text);
}

export function textOf(number: number): string {
  return String(number);
}

export function sumOf({ value }: { value: { sum: number } }): number {
  return value.sum;
}

/** Says on stderr in which process it is, and never ends. */
export function endlessly(): never {
  process.stderr.write(`endless in process ${process.pid}\n`);
  for (;;);
}

/** Another text every time. */
export function moment(): string {
  return String(process.hrtime.bigint());
}

requireForSerialization("@junoplus/beam-runtime/testing/conformance-steps", exports);
