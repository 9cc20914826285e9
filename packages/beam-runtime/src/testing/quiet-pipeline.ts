import { createFrom } from "../create";
import { combineBy } from "../keyed";
import { iterableSideInput } from "../sdk";
import { collect } from "./run-and-collect";
import { sampled, summary, withAll, wordOf } from "./sample-steps";

/** Runs a pipeline that groups, combines and reads a side input; says on stderr what came of it. */
async function runQuietly(): Promise<void> {
  const { outputs } = await collect((root) => {
    const numbers = root.apply(createFrom([1, 2]));
    const combined = numbers.map(sampled).apply(combineBy(wordOf, summary));
    return { pairs: numbers.map(withAll, { side: iterableSideInput(combined) }) };
  });
  process.stderr.write(`${JSON.stringify(outputs["pairs"])}\n`);
}

void runQuietly();
