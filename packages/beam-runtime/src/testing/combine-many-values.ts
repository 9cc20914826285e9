import { createFrom } from "../create";
import { combineBy } from "../keyed";
import { collect } from "./run-and-collect";
import { numberOfValues, valuesOf, wordOf } from "./sample-steps";

/** Combines 2,000,000 values of more than 400 bytes each; says on stderr what came of it. */
async function combineManyValues(): Promise<void> {
  const { outputs } = await collect((root) => ({
    counts: root
      .apply(createFrom(Array<number>(20).fill(100_000)))
      .flatMap(valuesOf)
      .apply(combineBy(wordOf, numberOfValues)),
  }));
  const counts = outputs["counts"] as { value: number }[];
  const values = counts.reduce((sum, { value }) => sum + value, 0);
  process.stderr.write(`${counts.length} keys, ${values} values\n`);
}

void combineManyValues();
