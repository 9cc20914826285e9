import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import { describe, expect, test } from "vitest";
import { frozenPath } from "./generate/freeze";
import { render } from "./generate/render";
import { type ContractFolder, type ContractSchema, readContracts } from "./generate/schema-file";
import { generatedSources } from "./generate/write-generated";
import { changelogContracts, tableContracts } from "./generated";
import { exampleReader } from "./lint/example-rules";
import { lintContracts } from "./lint/lint";

const packageRoot = join(__dirname, "..");
const contracts = readContracts(packageRoot);
const tables = contracts.filter(({ schema }) => schema.warehouse !== undefined);

function named(folders: readonly ContractFolder[]): [string, ContractFolder][] {
  return folders.map((folder) => [folder.path, folder]);
}

function read(path: string): string {
  return readFileSync(join(packageRoot, path), "utf8");
}

function list(path: string): readonly string[] {
  return existsSync(join(packageRoot, path)) ? readdirSync(join(packageRoot, path)).sort() : [];
}

describe("generated files", () => {
  test("they are what the schemas give; after a change run `npm run generate`", async () => {
    const rendered = await render(packageRoot);
    const differing = [...rendered]
      .filter(([path, text]) => !existsSync(join(packageRoot, path)) || read(path) !== text)
      .map(([path]) => path);
    expect(differing, "Run `npm run generate` and commit what it writes. These files differ").toEqual([]);
  });

  test("none is left over from a contract that is gone", async () => {
    const rendered = await render(packageRoot);
    const generated = generatedSources(packageRoot);
    expect(generated.filter((path) => !rendered.has(path))).toEqual([]);
  });

  test("they hold every contract once", () => {
    const titles = [...tableContracts, ...changelogContracts].map(({ table }) => table).sort();
    expect(titles).toEqual(contracts.map(({ schema }) => schema.title).sort());
  });
});

test("every contract is as `medallion contracts lint` wants it", () => {
  expect(lintContracts(packageRoot)).toEqual([]);
});

describe("metaschema", () => {
  const ajv = new Ajv2020({ allErrors: true });
  const validate = ajv.compile(JSON.parse(read("schemas/table.metaschema.json")) as object);
  const faultsOf = (schema: unknown): readonly string[] =>
    validate(schema) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);

  test.each(named(contracts))("%s fails with a misspelled keyword, wherever it stands", (_path, { schema }) => {
    const accepted = keywordsOf(schema).filter((pointer) => faultsOf(misspelled(schema, pointer)).length === 0);
    expect(keywordsOf(schema).length).toBeGreaterThan(10);
    expect(accepted.map((pointer) => pointer.join("/"))).toEqual([]);
  });

  const [table, changelog] = ["schemas/silver/user_profiles", "schemas/bronze/medications"].map((path) => {
    const contract = contracts.find((candidate) => candidate.path === path);
    if (contract === undefined) throw new Error(`${path} is gone; choose another contract here`);
    return contract.schema;
  }) as [ContractSchema, ContractSchema];

  test.each([
    ["neither block", { ...table, warehouse: undefined }],
    ["both blocks", { ...table, changelog: changelog.changelog }],
    ["no description", { ...table, description: " " }],
    ["another dialect", { ...table, $schema: "http://json-schema.org/draft-07/schema#" }],
    ["open rows", { ...table, additionalProperties: true }],
    ["an unlisted classification", withColumn(table, { classification: "public" })],
    ["an unlisted role", withColumn(table, { role: "label" })],
    ["an unlisted format", withColumn(table, { format: "uuid" })],
    ["an unlisted type", withColumn(table, { type: "object" })],
    ["a union of types", withColumn(table, { type: ["string", "integer"] })],
    ["an array without items", withColumn(table, { type: "array" })],
    ["a column without description", withColumn(table, { description: undefined })],
    ["a column without classification", withColumn(table, { classification: undefined })],
    ["a bound that is text", withColumn(table, { minimum: "0" })],
    ["an unlisted granularity", withWarehouse(table, { partition: { column: "signup_date", granularity: "HOUR" } })],
    ["an unlisted dataset", withWarehouse(table, { dataset: "platinum" })],
    ["an unlisted way to write", withWarehouse(table, { write: "merge" })],
    ["no key", withWarehouse(table, { key: [] })],
    ["five cluster columns", withWarehouse(table, { cluster: ["user_id", "email", "name", "age", "age_group"] })],
    ["a view over nothing", withWarehouse(table, { kind: "view", cluster: undefined })],
    ["a table that reads another", withWarehouse(table, { from: "silver_medications" })],
    ["an unlisted reason", { ...changelog, changelog: { ...changelog.changelog, missing: { "/name": "gone" } } }],
    ["a path that ends in a collection", { ...changelog, changelog: { ...changelog.changelog, path: "medications" } }],
  ])("a contract with %s fails", (_case, schema) => {
    expect(faultsOf(JSON.parse(JSON.stringify(schema)))).not.toEqual([]);
  });
});

describe.each(named(tables))("%s", (_path, { schema }) => {
  test("each column refuses a value of another type, whatever the column is called", () => {
    const columns = Object.keys(schema.properties);
    const validator = tableContracts.find(({ table }) => table === schema.title);
    const row = Object.fromEntries(columns.map((column) => [column, { not: "a column type" }]));
    const refused = (validator?.faults(row) ?? []).filter(({ message }) => message.startsWith("must be "));
    expect(columns.filter((column) => !refused.some(({ pointer }) => pointer === `/${column}`))).toEqual([]);
  });
});

describe.each(named(contracts))("%s/versions", (path, contract) => {
  test("its version is frozen as it is; after a change raise the version in $id and run `npm run freeze`", () => {
    const frozen = frozenPath(contract);
    expect(existsSync(join(packageRoot, frozen)), `${frozen} is missing: run \`npm run freeze\``).toBe(true);
    expect(read(frozen), `${frozen} is frozen: raise the version in $id`).toBe(read(`${path}/schema.json`));
  });
});

describe.each(named(contracts))("%s/examples", (path, contract) => {
  const { title } = contract.schema;
  const changelog = changelogContracts.find(({ table }) => table === title);
  const table = tableContracts.find((candidate) => candidate.table === title);
  const asRead = exampleReader(contract);

  test.each(list(`${path}/examples`))("%s: the validator compiled ahead says what lint says", (name) => {
    const raw = JSON.parse(read(`${path}/examples/${name}`)) as object;
    const faults = (changelog ?? table)?.faults(changelog === undefined ? raw : changelog.decode(raw));
    expect(faults).toEqual(asRead(raw).faults);
  });
});

/** Where a schema has keywords: everywhere but below `properties` and `missing`, whose names are fields and pointers. */
function keywordsOf(node: unknown, pointer: readonly string[] = [], areNames = false): string[][] {
  if (Array.isArray(node)) return node.flatMap((item, i) => keywordsOf(item, [...pointer, String(i)]));
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([name, child]) => {
    const at = [...pointer, name];
    const below = keywordsOf(child, at, !areNames && (name === "properties" || name === "missing"));
    return areNames ? below : [at, ...below];
  });
}

function valueAt(document: unknown, pointer: string): unknown {
  const names = pointer.split("/").slice(1);
  return names.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], document);
}

function misspelled(schema: ContractSchema, pointer: readonly string[]): unknown {
  const copy = JSON.parse(JSON.stringify(schema)) as object;
  const parent = valueAt(copy, ["", ...pointer.slice(0, -1)].join("/")) as Record<string, unknown>;
  const keyword = pointer.at(-1) ?? "";
  parent[`${keyword.slice(0, -1)}${keyword.at(-1)}${keyword.at(-1)}`] = parent[keyword];
  delete parent[keyword];
  return copy;
}

function withColumn(schema: ContractSchema, changes: Record<string, unknown>): unknown {
  return { ...schema, properties: { ...schema.properties, name: { ...schema.properties["name"], ...changes } } };
}

function withWarehouse(schema: ContractSchema, changes: Record<string, unknown>): unknown {
  return { ...schema, warehouse: { ...schema.warehouse, ...changes } };
}
