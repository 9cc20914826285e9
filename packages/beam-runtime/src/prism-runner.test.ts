import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { findPrism } from "./prism-binary";
import { PrismRunner } from "./prism-runner";
import { type ConformanceCase, conformanceCases } from "./testing/conformance-cases";
import { collect } from "./testing/run-and-collect";
import { portableRunnerNames } from "./testing/runners";

test("without Go there is no Prism, and the error says so", async () => {
  const path = process.env["PATH"];
  const folder = mkdtempSync(join(tmpdir(), "no-prism-"));
  process.env["PATH"] = folder;
  try {
    await expect(findPrism(folder)).rejects.toThrow(/^Prism is built with Go, which cannot be started .*: install Go/);
  } finally {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true });
  }
});

describe.runIf(portableRunnerNames().includes("prism"))("on Prism (needs Go to build it)", () => {
  beforeAll(() => findPrism(), 900_000);

  test("progress is reported while the job runs", async () => {
    const seen: number[] = [];
    const runner = new PrismRunner({ progressMs: 50, onProgress: ({ done = 0 }) => seen.push(done) });
    const { build } = conformanceCases["a millisecond for each element"] as ConformanceCase;
    await collect(build, runner);
    expect(seen.length).toBeGreaterThan(0);
  });
});
