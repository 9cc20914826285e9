import { type PropertySchema, readContracts } from "@junoplus/contracts/generate/schema-file";
import { contractsPackage } from "./contract-files";
import { downstreamOf, type FieldUse, fieldUses } from "./downstream/downstream";
import { OptionsError } from "./options-error";
import type { ExitCode, Output } from "./output";

export interface DownstreamOptions {
  readonly directory: string;
  /** Title of the contract. */
  readonly contract: string;
  /** The field, `/feedback/painLevelBefore`; "" is every field. */
  readonly pointer: string;
  readonly format: "text" | "json";
}

/** `medallion contracts downstream`: who reads a field, directly and by way of columns made of it. */
export function downstreamCommand(options: DownstreamOptions, output: Output): ExitCode {
  const { directory, contract, pointer, format } = options;
  checkField(directory, contract, pointer);
  const uses = downstreamOf(fieldUses(directory), contract, pointer);
  if (format === "json") output.stdout.write(`${JSON.stringify({ contract, pointer, uses }, null, 2)}\n`);
  else output.stdout.write(textOf(contract, pointer, uses));
  return 0;
}

function textOf(contract: string, pointer: string, uses: readonly FieldUse[]): string {
  const field = `${contract}${pointer === "" ? "" : ` ${pointer}`}`;
  if (uses.length === 0) return `${field}: nobody reads it\n`;
  const lines = uses.map(
    (use) =>
      `${use.contract} ${use.pointer || "(rows)"}: ${use.reader.kind} ${use.reader.name} (${use.file}:${use.line})`,
  );
  const readers = new Set(uses.map(({ reader }) => `${reader.kind} ${reader.name}`));
  return `${lines.join("\n")}\n${field}: ${readers.size} readers, ${uses.length} places\n`;
}

function checkField(directory: string, contract: string, pointer: string): void {
  const contracts = readContracts(contractsPackage(directory));
  const found = contracts.find(({ schema }) => schema.title === contract);
  if (found === undefined) {
    const known = contracts.map(({ schema }) => schema.title).join(", ");
    throw new OptionsError([`there is no contract ${contract}; there are ${known}`]);
  }
  let at: PropertySchema | undefined = found.schema;
  for (const name of pointer.split("/").slice(1)) at = name === "*" ? at?.items : at?.properties?.[name];
  if (at === undefined || (pointer !== "" && !pointer.startsWith("/"))) {
    throw new OptionsError([
      `${contract} has no field ${pointer}; write its names with a slash before each, and * for any entry of an array`,
    ]);
  }
}
