import { timestampFromIso } from "@junoplus/contracts";
import { runProgram } from "./program";

async function main(): Promise<void> {
  process.exitCode = await runProgram({
    args: process.argv.slice(2),
    directory: process.cwd(),
    now: timestampFromIso(new Date().toISOString()) as string,
    output: process,
  });
}

void main();
