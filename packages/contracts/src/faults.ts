import type { ErrorObject } from "ajv";
import type { Fault, RejectReason } from "./contract";
import { escapePointer } from "./json-pointer";

/** A validator compiled ahead by ajv: true when the value keeps the contract, else `errors` says what does not. */
export interface CompiledValidator {
  (value: unknown): boolean;
  errors?: null | ErrorObject[];
}

/** Faults that only say that another one happened. */
const CONTAINERS: ReadonlySet<string> = new Set(["if", "anyOf", "oneOf", "allOf"]);
/** Faults that mean "there is none": absent, or blank. */
const ABSENCE: ReadonlySet<string> = new Set(["required", "pattern", "minLength"]);

/**
 * Everything that is wrong with a value, in ajv's order. `missing` maps the pointer of a field (`*` for an array index) to
 * the reason that its absence has; any other fault breaks the contract.
 */
export function faultsOf(
  validate: CompiledValidator,
  value: unknown,
  missing: Readonly<Record<string, RejectReason>>,
): readonly Fault[] {
  if (validate(value)) return NONE;
  const faults: Fault[] = [];
  for (const error of validate.errors ?? []) {
    if (!CONTAINERS.has(error.keyword)) faults.push(toFault(error, missing));
  }
  return faults;
}

const NONE: readonly Fault[] = [];

function toFault(error: ErrorObject, missing: Readonly<Record<string, RejectReason>>): Fault {
  const absent = error.keyword === "required";
  const unknown = error.keyword === "additionalProperties";
  const child = absent ? error.params["missingProperty"] : unknown ? error.params["additionalProperty"] : undefined;
  const pointer = child === undefined ? error.instancePath : `${error.instancePath}/${escapePointer(String(child))}`;
  const pattern = pointer.replace(/\/\d+(?=\/|$)/g, "/*");
  const reason = (ABSENCE.has(error.keyword) && missing[pattern]) || "breaks_contract";
  const words = absent ? "is missing" : unknown ? "is not in the contract" : message(error);
  return { pointer, message: words, rule: error.keyword, reason };
}

/** ajv's own words name the rule and never the value. */
function message(error: ErrorObject): string {
  if (error.keyword === "format") return `must be a ${String(error.params["format"])}`;
  return error.message ?? `breaks ${error.keyword}`;
}
