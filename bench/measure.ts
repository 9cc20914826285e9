import { fork } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeChangelog } from "@junoplus/bronze-ingest/testing/changelog-generator";
import { say } from "./say";
import type { Measurement, StepName } from "./step";

/** Where generated logs and the tables of measured steps lie. */
export const CACHE = join(__dirname, "../.cache/bench");

/** A generated change log, made once and kept. */
export async function changelog(changes: number): Promise<string> {
  const directory = join(CACHE, `changelog-${changes}`);
  if (existsSync(directory)) return directory;
  say(`generating ${changes} changes`);
  const partial = `${directory}.part`;
  rmSync(partial, { recursive: true, force: true });
  await writeChangelog(partial, { changes, seed: 1 });
  renameSync(partial, directory);
  return directory;
}

/** Runs a step in a process of its own. */
export function measure(name: StepName, directory: string): Promise<Measurement> {
  mkdirSync(join(CACHE, "scratch"), { recursive: true });
  const child = fork(join(__dirname, "step.ts"), [name, directory, join(CACHE, "scratch")], {
    execArgv: ["--import", "tsx", "--max-semi-space-size=64"],
  });
  return new Promise((resolve, reject) => {
    let measurement: Measurement | undefined;
    child.on("message", (message) => {
      measurement = message as Measurement;
    });
    child.on("close", (code) => {
      if (measurement === undefined) reject(new Error(`${name} ended with ${code} and measured nothing`));
      else resolve(measurement);
    });
  });
}
