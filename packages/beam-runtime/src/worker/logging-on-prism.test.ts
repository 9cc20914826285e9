import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
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

/** A cache folder whose Prism keeps what it writes to stderr in a file. */
async function prismThatKeepsItsLog(file: string): Promise<string> {
  const prism = await findPrism();
  const version = join(folder, basename(dirname(prism)));
  mkdirSync(version);
  writeFileSync(join(version, "prism"), `#!/bin/sh\nexec '${prism}' "$@" 2> '${file}'\n`, { mode: 0o755 });
  return folder;
}

test.skipIf(spawnSync("go", ["version"]).error !== undefined)(
  "Prism logs what a step warns of, and with --log_level=warn nothing below (needs Go to build Prism)",
  async () => {
    const file = join(folder, "prism.log");
    const runner = new PrismRunner({ cacheFolder: await prismThatKeepsItsLog(file) });
    const { outputs } = await collect((root) => ({ words: root.apply(createFrom(["w"])).map(warning) }), runner);
    expect(outputs["words"]).toEqual(["w"]);
    const log = readFileSync(file, "utf8");
    expect(log).toContain("[SDK] a warning of w");
    expect(log).not.toContain("an aside of w");
  },
  900_000,
);
