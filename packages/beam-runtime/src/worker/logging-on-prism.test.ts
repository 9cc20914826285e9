import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFrom } from "../create";
import { findPrism } from "../prism-binary";
import { PrismRunner } from "../prism-runner";
import { collect } from "../testing/run-and-collect";
import { warning } from "../testing/sample-steps";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "prism-log-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A cache folder whose Prism takes one flag more, and keeps what it writes to stderr in a file. */
async function prismThatKeepsItsLog(file: string, flag: string): Promise<string> {
  const prism = await findPrism();
  const version = join(folder, basename(dirname(prism)));
  mkdirSync(version);
  writeFileSync(join(version, "prism"), `#!/bin/sh\nexec '${prism}' "$@" ${flag} 2> '${file}'\n`, { mode: 0o755 });
  return folder;
}

describe.skipIf(spawnSync("go", ["version"]).error !== undefined)("on Prism (needs Go to build it)", () => {
  /** What Prism logs of a step that warns, and says an aside. */
  async function logOf(flag: string): Promise<string> {
    const file = join(folder, "prism.log");
    const runner = new PrismRunner({ cacheFolder: await prismThatKeepsItsLog(file, flag) });
    const { outputs } = await collect((root) => ({ words: root.apply(createFrom(["w"])).map(warning) }), runner);
    expect(outputs["words"]).toEqual(["w"]);
    return readFileSync(file, "utf8");
  }

  test("with --log_level=warn Prism logs what a step warns of, and nothing below", async () => {
    const log = await logOf("--log_level=warn");
    expect(log).toContain("[SDK] a warning of w");
    expect(log).not.toContain("an aside of w");
  }, 900_000);

  test("with --log_level=debug it logs asides too, and the step that each comes from", async () => {
    const log = await logOf("--log_level=debug --log_kind=json");
    const ofStep = (message: string): unknown => {
      const line = log.split("\n").find((text) => text.includes(`[SDK] ${message}`));
      return (JSON.parse(line ?? "{}") as { sdk?: { transformID?: string } }).sdk?.transformID;
    };
    expect(ofStep("a warning of w")).toMatch(/transform/);
    expect(ofStep("an aside of w")).toBe(ofStep("a warning of w"));
  }, 900_000);
});
