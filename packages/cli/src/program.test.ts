import { expect, test } from "vitest";
import { runProgram } from "./program";

async function call(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const text = { out: "", err: "" };
  const code = await runProgram({
    args,
    directory: "/nowhere",
    now: "2026-01-01T00:00:00.000000Z",
    output: {
      stdout: { write: (part) => (text.out += part) },
      stderr: { write: (part) => (text.err += part) },
    },
  });
  return { code, ...text };
}

test("help names every command and the exit codes", async () => {
  const { code, out, err } = await call("--help");
  expect(code).toBe(0);
  expect(err).toBe("");
  expect(out).toMatchInlineSnapshot(`
    "Usage: medallion [options] [command]

    Firestore change logs in, trustworthy silver and gold tables out.

    Options:
      -h, --help           display help for command

    Commands:
      run [options]        read change logs, build and check every table, publish
                           all or none
      demo                 run the shipped sample into ./medallion.duckdb and write
                           ./medallion-report.html
      check [options]      hold the published tables against their contracts
      report [options]     write one HTML page about a run
      rejected             what a run rejected, and why; never shows health values
      reconcile [options]  compare the live documents of Firestore with the silver
                           tables; changes neither
      contracts            begin and check contracts, and what a change does to
                           their readers
      help [command]       display help for command

    Exit codes: 0 done, 1 a check failed or the run broke, 2 bad arguments.
    "
  `);
});

test.each([
  [["fly"], "unknown command 'fly'"],
  [["rum"], "Did you mean run?"],
  [["run", "--sourc", "x"], "Did you mean --source?"],
  [["check", "--format", "xml"], "Allowed choices are text, json"],
  [["check", "--warehouse", "mysql:x"], "--warehouse mysql:x: is no known store"],
  [["rejected", "list", "--limit", "many"], "--limit many: write a whole number above 0"],
  [["rejected", "show"], "missing required argument 'id'"],
  [["run"], "--source is missing"],
  [["reconcile"], "--firestore is missing"],
])("%j is refused with exit code 2 and without a stack", async (args, words) => {
  const { code, out, err } = await call(...args);
  expect(code).toBe(2);
  expect(err).toContain(words);
  expect(err).not.toMatch(/\n\s+at /);
  expect(out).toBe("");
});
