import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Growth, grow, splitLog } from "./growing-log";
import { CACHE, measure } from "./measure";
import { say } from "./say";
import type { Measurement, Work } from "./step";

/** What a run that goes on from the last one, over a hundredth of the log, may read and write of what a whole run does. */
const BOUND_PERCENT = 5;

/**
 * A hundredth of a log that comes later, read by a run that goes on from the last one, as a share of a run over the whole log:
 * bytes read, of the log and of what the last run left, rows written, and time. False when what is read or written is beyond
 * the bound in any case; time has none, since a part of it is the same for any run.
 */
export async function benchGrowth(source: string, changes: number): Promise<boolean> {
  const beyond: string[] = [];
  for (const growth of ["few-users", "last-hundredth"] satisfies Growth[]) {
    const growing = join(CACHE, `growing-${changes}`);
    splitLog(source, growing, growth);
    const log = join(growing, "log");
    const whole = await measure("medallion-all", log);
    const leaving = await measure("medallion-leaving-state", log);
    grow(growing);
    const later = await measure("medallion-since-last", log);
    rmSync(growing, { recursive: true });
    const [did, all] = [workOf(later), workOf(leaving)];
    const read = percent(did.read + did.lookedUp, all.read);
    const written = percent(did.rowsWritten, all.rowsWritten);
    if (read >= BOUND_PERCENT) beyond.push(`${growth}: bytes read`);
    if (written >= BOUND_PERCENT) beyond.push(`${growth}: rows written`);
    say(`${growth} of ${changes} changes: ${did.changes} changes of ${did.users ?? "all"} users`);
    say(
      `  bytes read ${did.read} of the log, ${did.lookedUp} of what the last run left, of ${all.read}: ${read.toFixed(1)} %; ` +
        `rows written ${did.rowsWritten} of ${all.rowsWritten}: ${written.toFixed(1)} %`,
    );
    say(
      `  ${seconds(later)} s of ${seconds(whole)} s without a state: ${percent(later.milliseconds, whole.milliseconds).toFixed(1)} %, ` +
        `of ${seconds(leaving)} s with one: ${percent(later.milliseconds, leaving.milliseconds).toFixed(1)} % ` +
        `(processor ${percent(later.cpuMilliseconds, whole.cpuMilliseconds).toFixed(1)} and ${percent(later.cpuMilliseconds, leaving.cpuMilliseconds).toFixed(1)} %)`,
    );
  }
  say(`beyond the bound of ${BOUND_PERCENT} %: ${beyond.length === 0 ? "nothing" : beyond.join(", ")}`);
  return beyond.length === 0;
}

function workOf({ work }: Measurement): Work {
  if (work === null) throw new Error("a run that leaves no state tells nothing of its work");
  return work;
}

function percent(part: number, whole: number): number {
  return (part / whole) * 100;
}

function seconds({ milliseconds }: Measurement): string {
  return (milliseconds / 1000).toFixed(2);
}
