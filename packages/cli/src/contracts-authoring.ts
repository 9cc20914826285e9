import { posix } from "node:path";
import { freeze } from "@junoplus/contracts/generate/freeze";
import { writeGenerated } from "@junoplus/contracts/generate/write-generated";
import { contractNames, lintContracts } from "@junoplus/contracts/lint/lint";
import { type NewContract, writeNewContract } from "@junoplus/contracts/scaffold/new-contract";
import { CONTRACTS_PACKAGE, contractsPackage } from "./contract-files";
import { OptionsError } from "./options-error";
import type { ExitCode, Output } from "./output";

/** `medallion contracts new`: the files of a contract to begin with on stdout, what to do next on stderr. */
export function newContract(options: NewContract & { readonly directory: string }, output: Output): ExitCode {
  const { name } = options;
  const files = writeNewContract(contractsPackage(options.directory), options);
  output.stdout.write(linesOf(files));
  output.stderr.write(
    `\nNext:\n${[
      "edit schema.json and the examples: your fields, your words for what stands in <angle brackets>",
      `medallion contracts lint ${name}`,
      "medallion contracts freeze",
      "medallion contracts generate",
      ...(name.startsWith("silver/") ? ["edit the module and its test where a column is more than its field"] : []),
      ...(name.startsWith("gold/") ? ["write the rows in gold-aggregates"] : []),
      "npm run build, then npm test",
    ]
      .map((step, i) => `  ${i + 1}. ${step}`)
      .join("\n")}\n`,
  );
  return 0;
}

/** `medallion contracts lint`: one line a fault on stdout; exit 1 when there is one. */
export function lintCommand(
  { directory, names }: { readonly directory: string; readonly names: readonly string[] },
  output: Output,
): ExitCode {
  const packageRoot = contractsPackage(directory);
  const there = contractNames(packageRoot);
  const unknown = names.filter((name) => !there.includes(name));
  if (unknown.length > 0) {
    throw new OptionsError(unknown.map((name) => `${name}: is no contract; choose from ${there.join(", ")}`));
  }
  const faults = lintContracts(packageRoot, names.length === 0 ? undefined : new Set(names));
  output.stdout.write(
    faults.map(({ file, pointer, message }) => `${inRepository(file)} ${pointer || "/"}: ${message}\n`).join(""),
  );
  const count = names.length === 0 ? there.length : names.length;
  output.stderr.write(`${count} ${count === 1 ? "contract" : "contracts"}, ${faults.length} faults\n`);
  return faults.length === 0 ? 0 : 1;
}

/** `medallion contracts freeze`: the copies that are new, on stdout. */
export function freezeCommand(directory: string, output: Output): ExitCode {
  output.stdout.write(linesOf(freeze(contractsPackage(directory))));
  return 0;
}

/** `medallion contracts generate`: the files that changed, on stdout. */
export async function generateCommand(directory: string, output: Output): Promise<ExitCode> {
  const { written, removed } = await writeGenerated(contractsPackage(directory));
  output.stdout.write(`${linesOf(written)}${removed.map((path) => `${inRepository(path)} removed\n`).join("")}`);
  return 0;
}

function linesOf(files: readonly string[]): string {
  return files.map((file) => `${inRepository(file)}\n`).join("");
}

function inRepository(file: string): string {
  return posix.join(CONTRACTS_PACKAGE, file);
}
