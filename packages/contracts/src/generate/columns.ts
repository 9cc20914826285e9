import type { Column, ColumnType } from "../contract";
import type { ContractFolder, PropertySchema } from "./schema-file";

const TYPES: Readonly<Record<string, ColumnType>> = {
  string: "STRING",
  "string:date": "DATE",
  "string:date-time": "TIMESTAMP",
  integer: "INT64",
  number: "FLOAT64",
  boolean: "BOOL",
};

/** The warehouse columns of a table's contract. Throws with table and column where the schema has no column type: nothing is guessed. */
export function columnsOf(contract: ContractFolder): readonly Column[] {
  return Object.entries(contract.schema.properties).map(([name, property]) => {
    try {
      return columnOf(name, property);
    } catch (error) {
      throw new Error(`${contract.path}/schema.json, column ${name}: ${(error as Error).message}`);
    }
  });
}

/** One column. Throws with what its schema lacks. */
export function columnOf(name: string, property: PropertySchema): Column {
  const { description, classification, role, asOf, minimum, maximum, sql } = property;
  if (description === undefined) throw new Error("has no description; say what it holds and what NULL means");
  if (classification === undefined) {
    throw new Error("has no classification; choose direct_identifier, health or internal");
  }
  const repeated = property.type === "array";
  const element = repeated ? property.items : property;
  if (element === undefined) throw new Error("is an array without items; name the type of its elements");
  const { type, nullable } = single(element);
  if (repeated && nullable) throw new Error("has NULL elements; a repeated column cannot hold them");
  const allowed = element.enum?.filter((value) => value !== null);
  return {
    name,
    type,
    mode: repeated ? "REPEATED" : nullable ? "NULLABLE" : "REQUIRED",
    description,
    classification,
    ...(role !== undefined && { role }),
    ...(asOf !== undefined && { asOf }),
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(allowed !== undefined && { allowed }),
    ...(sql !== undefined && { sql }),
  };
}

function single(property: PropertySchema): { type: ColumnType; nullable: boolean } {
  const types = typeof property.type === "string" ? [property.type] : (property.type ?? []);
  const [only, ...others] = types.filter((type) => type !== "null");
  const key = property.format === undefined ? only : `${only}:${property.format}`;
  const type = TYPES[key ?? ""];
  if (type === undefined || others.length > 0) {
    throw new Error(`type ${JSON.stringify(property.type)} with format ${property.format ?? "none"} is no column type`);
  }
  return { type, nullable: types.includes("null") };
}
