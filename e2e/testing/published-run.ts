import { randomUUID } from "node:crypto";
import { type RunArguments, type RunOutcome, runMedallion, runOptions, systemClock } from "@junoplus/cli";
import { expect } from "vitest";
import { silentProgress } from "./silent-progress";

/** A run as of an instant (canonical) that must publish, no blocking check failing. */
export async function publishedRun(
  asOf: string,
  given: RunArguments,
  warn: (text: string) => void = silentProgress.warn,
): Promise<RunOutcome> {
  const options = runOptions({ ...given, asOf }, asOf);
  const outcome = await runMedallion(options, systemClock(randomUUID), { ...silentProgress, warn });
  expect(outcome.checks.filter(({ blocking, status }) => blocking && status === "FAIL")).toEqual([]);
  expect(outcome.published).toBe(true);
  return outcome;
}
