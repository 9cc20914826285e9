import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { JobServiceError } from "./job-service";
import { PortableRunner } from "./portable-runner";
import { findPrism } from "./prism-binary";
import { PrismProcess } from "./prism-process";
import { everyTransform } from "./testing/conformance-cases";
import { portableRunnerNames } from "./testing/runners";
import { comparableRun } from "./testing/runs-alike";

const BIN = join(__dirname, "../bin");
const MODULES = ["run-and-collect", "sample-steps", "conformance-steps"].map(
  (name) => `@junoplus/beam-runtime/testing/${name}`,
);
const required = [...MODULES, "@junoplus/beam-runtime"].flatMap((name) => ["--require", name]);

test("where no job service is, a run says where, why and what to do", async () => {
  const run = comparableRun(everyTransform.build, new PortableRunner({ endpoint: "127.0.0.1:1" }));
  await expect(run).rejects.toThrow(JobServiceError);
  await expect(run).rejects.toThrow(/^no job service at 127\.0\.0\.1:1 \(.*ECONNREFUSED.*\): start one, or name/);
});

test("a signal that is aborted already submits nothing", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  const run = comparableRun(everyTransform.build, new PortableRunner({ endpoint: "127.0.0.1:1", signal }));
  await expect(run).rejects.toThrow("enough");
});

describe.runIf(portableRunnerNames().includes("prism"))("on a Prism that is there", () => {
  let prism: PrismProcess;

  beforeAll(async () => {
    prism = await PrismProcess.start(await findPrism());
  }, 900_000);

  afterAll(() => prism.stop());

  test("workers come from a pool that runs elsewhere", async () => {
    const args = [join(BIN, "beam-worker-pool.js"), ...required];
    const pool = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
    try {
      const [address] = (await once(pool.stdout, "data")) as [Buffer];
      const environment = { kind: "external", address: address.toString().trim() } as const;
      const runner = new PortableRunner({ endpoint: prism.endpoint, environment });
      expect(await comparableRun(everyTransform.build, runner)).toEqual(everyTransform.expected);
    } finally {
      pool.kill("SIGTERM");
      await once(pool, "exit");
    }
  });

  test("workers are a command that the runner starts", async () => {
    const folder = mkdtempSync(join(tmpdir(), "worker-command-"));
    // Prism hands no arguments on to the command, so the command is a script that has them.
    const command = join(folder, "worker.sh");
    const words = [process.execPath, join(BIN, "beam-worker.js"), ...required].map((word) => `'${word}'`);
    writeFileSync(command, `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`, { mode: 0o755 });
    try {
      const runner = new PortableRunner({ endpoint: prism.endpoint, environment: { kind: "process", command } });
      expect(await comparableRun(everyTransform.build, runner)).toEqual(everyTransform.expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
