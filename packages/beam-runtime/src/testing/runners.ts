import { spawnSync } from "node:child_process";
import { DirectRunner } from "../direct-runner";
import { type JobOptions, PortableRunner } from "../portable-runner";
import { findPrism } from "../prism-binary";
import { PrismRunner } from "../prism-runner";
import type { Runner } from "../sdk";
import { installPython, PythonJobService, runsOnPython } from "./python-job-service";

/** Makes a runner for one run; the direct runner takes nothing of it but progress. */
export type MakeRunner = (options?: JobOptions) => Runner;

/** Every runner here is a name to report, and how to make it. */
export type Runners = Readonly<Record<string, MakeRunner>>;

/** The portable runners that there are on this machine; under CI=true all of them have to be. */
export function portableRunnerNames(): readonly ("prism" | "python")[] {
  const withGo = process.env["CI"] === "true" || spawnSync("go", ["version"]).error === undefined;
  return [...(withGo ? (["prism"] as const) : []), ...(runsOnPython() ? (["python"] as const) : [])];
}

/** The direct runner, and the portable runners of this machine: built or installed where they are not yet. */
export async function startRunners(): Promise<{ readonly runners: Runners; stop(): void }> {
  const names = portableRunnerNames();
  for (const [name, cure] of [
    ["prism", "install Go"],
    ["python", "npx tsx packages/beam-runtime/src/testing/install-python.ts, or CI=true"],
  ] as const) {
    if (!names.includes(name)) process.stderr.write(`nothing is run on ${name} here: ${cure}\n`);
  }
  const runners: Record<string, MakeRunner> = { direct: (options) => new DirectRunner(options) };
  if (names.includes("prism")) {
    await findPrism();
    runners["prism"] = (options) => new PrismRunner(options);
  }
  if (!names.includes("python")) return { runners, stop: () => undefined };
  await installPython();
  const service = await PythonJobService.start();
  const { endpoint } = service;
  runners["python"] = (options) => new PortableRunner({ endpoint, ...options });
  return { runners, stop: () => service.stop() };
}
