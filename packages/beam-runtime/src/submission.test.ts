import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import "./sdk";
import { Pipeline } from "apache-beam/internal/pipeline";
import type { Pipeline as PipelineProto } from "apache-beam/proto/beam_runner_api";
import { Root } from "apache-beam/pvalue";
import { PortableRunner } from "apache-beam/runners/portable_runner/runner";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFrom } from "./create";
import { freePort } from "./free-port";
import { PrismRunner } from "./prism-runner";

const JOB_SERVICE = join(__dirname, "../dist/testing/job-service-without-artifacts.js");

let folder: string;
let started: ChildProcess[];
const path = process.env["PATH"];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "submission-"));
  started = [];
});

afterEach(() => {
  for (const child of started) child.kill("SIGKILL");
  process.env["PATH"] = path;
  rmSync(folder, { recursive: true });
});

function lines(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function description(): PipelineProto {
  const pipeline = new Pipeline();
  new Root(pipeline).apply(createFrom([1]));
  return pipeline.getProto() as unknown as PipelineProto;
}

/** A command on the search path, or in Prism's place, that is this script. */
function writeCommand(name: string, script: string): void {
  writeFileSync(name, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** A runner on Prism's place in a cache folder, which is the job service that wants no artifacts. */
function prismWithoutArtifacts(calls: string): PrismRunner {
  mkdirSync(join(folder, "v2.77.0"));
  writeCommand(join(folder, "v2.77.0/prism"), `CALLS='${calls}' exec '${process.execPath}' '${JOB_SERVICE}' "$@"`);
  return new PrismRunner({ cacheFolder: folder });
}

test("a job whose artifacts nobody wants is run", async () => {
  const calls = join(folder, "calls");
  await prismWithoutArtifacts(calls).run((root) => root.apply(createFrom([1])));
  expect(lines(calls)).toContain("run");
}, 60_000);

test("the SDK's submission of it waits for headers that do not come, and never runs it", async () => {
  const calls = join(folder, "calls");
  const port = await freePort();
  const env = { ...process.env, CALLS: calls };
  started.push(spawn(process.execPath, [JOB_SERVICE, "--job_port", String(port)], { env, stdio: "ignore" }));
  await until(() => lines(calls).includes("ready"));
  const pipeline = description();
  // Without an environment nothing is packed.
  if (pipeline.components !== undefined) pipeline.components.environments = {};
  const runner = new PortableRunner({ jobEndpoint: `localhost:${port}` });
  const ended = runner.runPipelineWithProto(pipeline, {}).then(
    () => "ended",
    () => "failed",
  );
  await until(() => lines(calls).includes("reverseArtifactRetrievalService"));
  const later = new Promise((resolve) => setTimeout(resolve, 2_000, "has not ended after 2 s"));
  expect(await Promise.race([ended, later])).toBe("has not ended after 2 s");
  expect(lines(calls)).not.toContain("run");
}, 60_000);

/** An npm that notes its arguments, packs this package, and has no other. */
function npmThatNotes(file: string): void {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeCommand(
    join(bin, "npm"),
    `echo "$@" >> '${file}'\nif [ "$2" = --pack-destination ]; then : > "$3/own.tgz"; echo own.tgz; else echo "No matching version found for $2" >&2; exit 1; fi`,
  );
  process.env["PATH"] = `${bin}${delimiter}${path}`;
}

test("a submission packs nothing", async () => {
  const packed = join(folder, "packed");
  npmThatNotes(packed);
  await prismWithoutArtifacts(join(folder, "calls")).run((root) => root.apply(createFrom([1])));
  expect(lines(packed)).toEqual([]);
}, 60_000);

test("outside of LOOPBACK the SDK packs a version of itself that was never published", async () => {
  const packed = join(folder, "packed");
  npmThatNotes(packed);
  const submitted = new PortableRunner({ jobEndpoint: "localhost:1" }).runPipelineWithProto(description(), {});
  await expect(submitted).rejects.toThrow("No matching version found for apache-beam@2_49_rc");
  expect(lines(packed).map((line) => line.replace(/ --pack-destination .*/, ""))).toEqual([
    "pack",
    "pack apache-beam@2_49_rc",
  ]);
}, 60_000);
