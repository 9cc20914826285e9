import type { ContractSchema } from "../generate/schema-file";

/** A contract's files: its schema, and its examples by name. */
export function contractTexts(
  folder: string,
  schema: ContractSchema,
  examples: Readonly<Record<string, object>>,
): ReadonlyMap<string, string> {
  const whole = { $schema: "https://json-schema.org/draft/2020-12/schema", ...schema };
  return new Map([
    [`${folder}/schema.json`, jsonText(whole)],
    ...Object.entries(examples).map(([name, example]): [string, string] => [
      `${folder}/examples/${name}.json`,
      jsonText(example),
    ]),
  ]);
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
