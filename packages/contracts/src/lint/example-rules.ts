import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "../contract";
import { compileDecoder } from "../decode";
import { faultsOf } from "../faults";
import type { ContractFolder } from "../generate/schema-file";
import { compiledValidator } from "../generate/validators";
import type { ContractFault } from "./contract-fault";
import { endings, namedFault } from "./fault-names";

/** Of these so many at least: one says what is meant, the others where it ends. */
const LEAST = { valid: 1, invalid: 3 } as const;

/** What is wrong with the examples beside a contract: their names, and whether they are what their names say. */
export function exampleFaults(packageRoot: string, contract: ContractFolder): readonly ContractFault[] {
  const folder = `${contract.path}/examples`;
  const names = existsSync(join(packageRoot, folder)) ? readdirSync(join(packageRoot, folder)).sort() : [];
  const faultsIn = exampleReader(contract);
  const few = Object.entries(LEAST)
    .filter(([verdict, least]) => names.filter((name) => name.endsWith(`.${verdict}.json`)).length < least)
    .map(([verdict, least]) => ({
      file: folder,
      pointer: "",
      message: `has fewer than ${least} of <case>.${verdict}.json: add what is missing`,
    }));
  const told = names.flatMap((name) => {
    const file = `${folder}/${name}`;
    const [, said, verdict] = /^([a-z0-9-]+)\.(valid|invalid)\.json$/.exec(name) ?? [];
    if (said === undefined) {
      return [{ file, pointer: "", message: "is no example: name it <case>.valid.json or <fault>.invalid.json" }];
    }
    let raw: unknown;
    try {
      raw = JSON.parse(readFileSync(join(packageRoot, file), "utf8"));
    } catch (error) {
      return [{ file, pointer: "", message: `cannot be read: ${(error as Error).message}` }];
    }
    const { document, faults } = faultsIn(raw);
    return (verdict === "valid" ? validFaults(faults) : invalidFaults(said, document, faults)).map((fault) => ({
      file,
      ...fault,
    }));
  });
  return [...few, ...told];
}

/** Reads an example as the pipeline reads a document or a row: decoded in a change log, as it is in a table. */
export function exampleReader({ schema }: ContractFolder): (raw: unknown) => {
  readonly document: unknown;
  readonly faults: readonly Fault[];
} {
  const { changelog } = schema;
  const validate = compiledValidator(schema);
  const decode = changelog === undefined ? (raw: unknown) => raw : compileDecoder(schema);
  return (raw) => {
    const document = decode(raw);
    return { document, faults: faultsOf(validate, document, changelog?.missing ?? {}) };
  };
}

type Told = Omit<ContractFault, "file">;

function validFaults(faults: readonly Fault[]): readonly Told[] {
  return faults.map(({ pointer, message }) => ({
    pointer,
    message: `${message}: mend the example, or rename it to .invalid.json`,
  }));
}

function invalidFaults(said: string, document: unknown, faults: readonly Fault[]): readonly Told[] {
  const [fault, ...others] = faults;
  if (fault === undefined) {
    return [{ pointer: "", message: "keeps the contract: give it the fault that its name says, or rename it" }];
  }
  if (others.length > 0) {
    const all = faults.map(({ pointer, message }) => `${pointer} ${message}`).join("; ");
    return [{ pointer: "", message: `has ${faults.length} faults, but an example shows one: ${all}` }];
  }
  const named = namedFault(said, document, fault);
  return named === "yes"
    ? []
    : [
        {
          pointer: fault.pointer,
          message:
            named === "unknown ending"
              ? `${fault.message}: end the name with its fault, one of ${endings().join(", ")}`
              : `${fault.message}: the name says something else; name it <field>-<fault>.invalid.json`,
        },
      ];
}
