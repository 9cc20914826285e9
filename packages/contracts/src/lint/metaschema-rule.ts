import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ErrorObject, ValidateFunction } from "ajv";
import Ajv2020 from "ajv/dist/2020";
import { pointerBelow } from "../compatibility/schema";
import type { ContractFolder, ContractSchema } from "../generate/schema-file";
import type { ContractFault } from "./contract-fault";

/** The validator of the package's metaschema. */
export function compileMetaschema(packageRoot: string): ValidateFunction {
  const metaschema = JSON.parse(readFileSync(join(packageRoot, "schemas/table.metaschema.json"), "utf8")) as object;
  return new Ajv2020({ allErrors: true, verbose: true }).compile(metaschema);
}

/** What a schema.json says that no contract may say, or leaves out that every contract says. */
export function metaschemaFaults(validate: ValidateFunction, contract: ContractFolder): readonly ContractFault[] {
  const errors = validate(contract.schema) ? [] : (validate.errors ?? []);
  const file = `${contract.path}/schema.json`;
  return [
    ...errors.filter(isOwnFault).map((error) => ({ file, ...faultOf(error) })),
    ...placeholders(contract.schema, "").map((pointer) => ({
      file,
      pointer,
      message: "is still the placeholder of a new contract: put your own words there",
    })),
  ];
}

/** Whether the rules beyond the metaschema can read it. */
export function isShaped(schema: ContractSchema): boolean {
  const { properties, warehouse, changelog } = schema;
  const block = warehouse ?? changelog;
  return (
    isObject(properties) &&
    Object.values(properties).every(isObject) &&
    isObject(block) &&
    (warehouse === undefined || Array.isArray(warehouse.key)) &&
    (changelog === undefined || (typeof changelog.path === "string" && isObject(changelog.missing)))
  );
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Faults of branches only say why the branch did not match; the fault of the whole is what tells. */
function isOwnFault({ keyword, schemaPath, propertyName }: ErrorObject): boolean {
  return keyword !== "if" && propertyName === undefined && !/\/(oneOf|anyOf)\/\d/.test(schemaPath);
}

function faultOf({ keyword, params, instancePath, message, data }: ErrorObject): Omit<ContractFault, "file"> {
  switch (keyword) {
    case "additionalProperties":
      return {
        pointer: pointerBelow(instancePath, String(params["additionalProperty"])),
        message: "is no keyword that a contract may say here: see its spelling, or leave it out",
      };
    case "required":
      return {
        pointer: pointerBelow(instancePath, String(params["missingProperty"])),
        message: `is missing: ${CURES[String(params["missingProperty"])] ?? "write it"}`,
      };
    case "dependentRequired":
      return {
        pointer: pointerBelow(instancePath, String(params["property"])),
        message: `needs ${params["missingProperty"]} beside it: a table without one has nothing that it could hold for`,
      };
    case "propertyNames":
      return {
        pointer: pointerBelow(instancePath, String(params["propertyName"])),
        message: "is no name for it: write lower-case words joined by _ (a pointer in missing begins with /)",
      };
    case "const":
      return { pointer: instancePath, message: `has to be ${JSON.stringify(params["allowedValue"])}` };
    case "enum":
      return { pointer: instancePath, message: `has to be one of ${JSON.stringify(params["allowedValues"])}` };
    case "oneOf":
      return {
        pointer: instancePath,
        message: `${JSON.stringify(data)} is no type here: write one type, in a table beside "null" at most`,
      };
    case "not":
      return {
        pointer: instancePath,
        message:
          "says what does not go together: items and uniqueItems belong to an array, from and query to a view, partition and cluster to a table",
      };
    default:
      return { pointer: instancePath, message: message ?? `breaks ${keyword}` };
  }
}

const CURES: Readonly<Record<string, string>> = {
  description: "say what it holds, in a table also what NULL means",
  classification: "choose direct_identifier, health or internal",
  items: "say what the elements of the array are",
  warehouse: "say dataset, kind, write and key of the table",
};

/** Pointers of texts in angle brackets, as a new contract has them. */
function placeholders(node: unknown, pointer: string): readonly string[] {
  if (typeof node === "string") return /<[A-Z][^<>]*\.>/.test(node) ? [pointer] : [];
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([name, child]) => placeholders(child, pointerBelow(pointer, name)));
}
