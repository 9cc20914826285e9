import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Growth, grow, splitLog } from "./growing-log";
import { CACHE, measure } from "./measure";
import { say } from "./say";

/** What a run that goes on from the last one may cost of a whole run, where a hundredth of the users write a hundredth of the changes. */
const BOUND_PERCENT = 5;

/**
 * A hundredth of a log that comes later, read by a run that goes on from the last one, as a share of a run over the whole log
 * that leaves no state: what the operator would do instead. False when it is beyond the bound.
 */
export async function benchGrowth(source: string, changes: number): Promise<boolean> {
  const shares = new Map<Growth, number>();
  for (const growth of ["few-users", "last-hundredth"] satisfies Growth[]) {
    const growing = join(CACHE, `growing-${changes}`);
    splitLog(source, growing, growth);
    const log = join(growing, "log");
    const whole = await measure("medallion-all", log);
    const leaving = await measure("medallion-leaving-state", log);
    grow(growing);
    const later = await measure("medallion-since-last", log);
    rmSync(growing, { recursive: true });
    const share = (later.milliseconds / whole.milliseconds) * 100;
    shares.set(growth, share);
    const seconds = ({ milliseconds }: { readonly milliseconds: number }): string => (milliseconds / 1000).toFixed(2);
    say(
      `${growth} of ${changes} changes: ${seconds(later)} s; the whole log ${seconds(whole)} s, ${seconds(leaving)} s with a state left; ` +
        `${share.toFixed(1)} % (processor ${((later.cpuMilliseconds / whole.cpuMilliseconds) * 100).toFixed(1)} %)`,
    );
    say(`  work: ${later.detail}; with the whole log ${leaving.detail}`);
  }
  const share = shares.get("few-users") ?? Number.NaN;
  say(`changes of a hundredth of the users: ${share.toFixed(1)} % of a whole run (bound ${BOUND_PERCENT} %)`);
  return share < BOUND_PERCENT;
}
