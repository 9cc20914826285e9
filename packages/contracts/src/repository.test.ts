import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import { describe, expect, test } from "vitest";
import type { Fault } from "./contract";
import { columnsOf } from "./generate/columns";
import { frozenPath } from "./generate/freeze";
import { render } from "./generate/render";
import { type ContractFolder, type ContractSchema, type PropertySchema, readContracts } from "./generate/schema-file";
import { changelogContracts, tableContracts } from "./generated";

const packageRoot = join(__dirname, "..");
const contracts = readContracts(packageRoot);
const tables = contracts.filter(({ schema }) => schema.warehouse !== undefined);
const changelogs = contracts.filter(({ schema }) => schema.changelog !== undefined);

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
    const generated = readdirSync(join(packageRoot, "src/generated"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(packageRoot.length + 1));
    expect(generated.filter((path) => !rendered.has(path))).toEqual([]);
  });

  test("they hold every contract once", () => {
    const titles = [...tableContracts, ...changelogContracts].map(({ table }) => table).sort();
    expect(titles).toEqual(contracts.map(({ schema }) => schema.title).sort());
  });
});

describe("metaschema", () => {
  const ajv = new Ajv2020({ allErrors: true });
  const validate = ajv.compile(JSON.parse(read("schemas/table.metaschema.json")) as object);
  const faultsOf = (schema: unknown): readonly string[] =>
    validate(schema) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);

  test.each(named(contracts))("%s says only what a contract may say", (_path, { schema }) => {
    expect(faultsOf(schema)).toEqual([]);
  });

  test.each(named(contracts))("%s fails with a misspelled keyword, wherever it stands", (_path, { schema }) => {
    const accepted = keywordsOf(schema).filter((pointer) => faultsOf(misspelled(schema, pointer)).length === 0);
    expect(keywordsOf(schema).length).toBeGreaterThan(20);
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

describe("names", () => {
  test("a title belongs to one contract", () => {
    const titles = contracts.map(({ schema }) => schema.title);
    expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
  });

  test.each(named(tables))(
    "%s: its title is its folder's name, with the layer before it or the major behind it",
    (_path, contract) => {
      const { layer, name, version, schema } = contract;
      expect([name, `${layer}_${name}`, `${name}_v${version.split(".")[0]}`]).toContain(schema.title);
    },
  );

  test.each(named(changelogs))("%s: its title is layer and folder", (_path, { layer, name, schema }) => {
    expect(schema.title).toBe(`${layer}_${name}`);
  });
});

describe.each(named(tables))("%s", (_path, contract) => {
  const { schema } = contract;
  const columns = Object.keys(schema.properties);
  const facts = schema.warehouse;
  if (facts === undefined) throw new Error("a table has a warehouse block");

  test("a row has every column: required is properties", () => {
    expect([...(schema.required ?? [])].sort()).toEqual([...columns].sort());
  });

  test("each column has one type of the warehouse", () => {
    expect(columnsOf(contract).map(({ name }) => name)).toEqual(columns);
  });

  test("each column refuses a value of another type, whatever the column is called", () => {
    const validator = tableContracts.find(({ table }) => table === schema.title);
    const row = Object.fromEntries(columns.map((column) => [column, { not: "a column type" }]));
    const refused = (validator?.faults(row) ?? []).filter(({ message }) => message.startsWith("must be "));
    expect(columns.filter((column) => !refused.some(({ pointer }) => pointer === `/${column}`))).toEqual([]);
  });

  test("each column is named in snake_case", () => {
    expect(columns.filter((column) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(column))).toEqual([]);
  });

  test("the columns of key, partition and cluster exist", () => {
    const { key, partition, cluster = [] } = facts;
    const used = [...key, ...cluster, partition?.column].filter((column) => column !== undefined);
    expect(used.filter((column) => !columns.includes(column))).toEqual([]);
  });

  test("its freshness is an instant of a table that exists", () => {
    if (facts.freshness === undefined) return;
    const { table = schema.title, column } = facts.freshness;
    const source = tables.find((other) => other.schema.title === table);
    expect(source === undefined ? [] : columnsOf(source)).toContainEqual(
      expect.objectContaining({ name: column, type: "TIMESTAMP" }),
    );
  });

  test("it is partitioned by a day or an instant", () => {
    const types = Object.fromEntries(columnsOf(contract).map(({ name, type }) => [name, type]));
    if (facts.partition !== undefined) expect(["DATE", "TIMESTAMP"]).toContain(types[facts.partition.column]);
  });

  test("its dataset is its layer", () => {
    expect(facts.dataset).toBe(contract.layer);
  });

  test("a view reads a table that exists, each column by an expression or all by one query", () => {
    if (facts.kind === "table") return;
    expect(tables.map((other) => other.schema.title)).toContain(facts.from);
    const without = columns.filter((column) => schema.properties[column]?.sql === undefined);
    expect(without).toEqual(facts.query === undefined ? [] : columns);
  });
});

test("direct identifiers go no further than silver", () => {
  const carried = tables
    .filter(({ layer }) => layer === "gold" || layer === "semantic" || layer === "quality")
    .flatMap((contract) => columnsOf(contract).map((column) => ({ ...column, table: contract.schema.title })))
    .filter(({ classification }) => classification === "direct_identifier");
  expect(carried.map(({ table, name }) => `${table}.${name}`)).toEqual([]);
});

test("either every column of a table has a role or none has, and its key has the role key", () => {
  for (const { schema } of tables) {
    const roles = Object.entries(schema.properties).filter(([, { role }]) => role !== undefined);
    if (roles.length === 0) continue;
    expect(roles.length, schema.title).toBe(Object.keys(schema.properties).length);
    const keys = roles.filter(([, { role }]) => role === "key").map(([name]) => name);
    expect(keys.sort(), schema.title).toEqual([...(schema.warehouse?.key ?? [])].sort());
  }
});

describe("change logs", () => {
  test("a prefix and a path belong to one change log, and no prefix begins another's files", () => {
    const declarations = changelogs.map(({ schema }) => schema.changelog);
    for (const values of [declarations.map((log) => log?.prefix), declarations.map((log) => log?.path)]) {
      expect(new Set(values).size).toBe(values.length);
    }
    const files = declarations.map((log) => `${log?.prefix}_raw_changelog`);
    expect(files.filter((file) => files.some((other) => other !== file && other.startsWith(file)))).toEqual([]);
  });

  test.each(named(changelogs))("%s: the wildcards of its path differ", (_path, { schema }) => {
    const wildcards = [...(schema.changelog?.path ?? "").matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(new Set(wildcards).size).toBe(wildcards.length);
  });

  test.each(named(changelogs))("%s: its entries are arrays of maps of the document", (_path, { schema }) => {
    for (const entry of schema.changelog?.entries ?? []) {
      expect(schema.properties[entry], entry).toMatchObject({ type: "array", items: { type: "object" } });
    }
  });

  test.each(named(changelogs))(
    "%s: what it gives a reason when missing are fields of the document",
    (_path, { schema }) => {
      const pointers = Object.keys(schema.changelog?.missing ?? {});
      expect(pointers.filter((pointer) => fieldAt(schema, pointer) === undefined)).toEqual([]);
    },
  );
});

describe.each(named(contracts))("%s/versions", (path, contract) => {
  test("its version is frozen as it is; after a change raise the version in $id and run `npm run freeze`", () => {
    const frozen = frozenPath(contract);
    expect(existsSync(join(packageRoot, frozen)), `${frozen} is missing: run \`npm run freeze\``).toBe(true);
    expect(read(frozen), `${frozen} is frozen: raise the version in $id`).toBe(read(`${path}/schema.json`));
  });

  test("each frozen version is named by the version in its $id", () => {
    for (const file of list(`${path}/versions`)) {
      expect(file).toMatch(/^\d+\.\d+\.\d+\.json$/);
      const { $id } = JSON.parse(read(`${path}/versions/${file}`)) as ContractSchema;
      expect(`${$id}.json`).toBe(`urn:junoplus:contract:${contract.layer}:${contract.name}:${file}`);
    }
  });

  test("no version is frozen that lies ahead of its schema", () => {
    const order = (version: string): number[] => version.split(".").map(Number);
    const ahead = list(`${path}/versions`)
      .map((file) => file.replace(/\.json$/, ""))
      .filter((version) => {
        const [a, b] = [order(version), order(contract.version)];
        const i = a.findIndex((part, at) => part !== b[at]);
        return i !== -1 && (a[i] ?? 0) > (b[i] ?? 0);
      });
    expect(ahead).toEqual([]);
  });
});

describe.each(named(contracts))("%s/examples", (path, { schema }) => {
  const names = list(`${path}/examples`);
  const faultsOfExample = (name: string): { document: unknown; faults: readonly Fault[] } => {
    const raw = JSON.parse(read(`${path}/examples/${name}`)) as object;
    const changelog = changelogContracts.find(({ table }) => table === schema.title);
    const table = tableContracts.find((candidate) => candidate.table === schema.title);
    const document = changelog === undefined ? raw : changelog.decode(raw);
    return { document, faults: (changelog ?? table)?.faults(document) ?? [] };
  };

  test("there are valid and invalid ones, and nothing else", () => {
    expect(names.filter((name) => !/^[a-z0-9-]+\.(valid|invalid)\.json$/.test(name))).toEqual([]);
    expect(names.filter((name) => name.endsWith(".valid.json")).length).toBeGreaterThanOrEqual(1);
    expect(names.filter((name) => name.endsWith(".invalid.json")).length).toBeGreaterThanOrEqual(3);
  });

  test.each(names.filter((name) => name.endsWith(".valid.json")))("%s keeps the contract", (name) => {
    expect(faultsOfExample(name).faults).toEqual([]);
  });

  test.each(names.filter((name) => name.endsWith(".invalid.json")))(
    "%s has the fault of its name, and no other",
    (name) => {
      const { document, faults } = faultsOfExample(name);
      const [fault] = faults;
      expect(faults.length, JSON.stringify(faults)).toBe(1);
      if (fault === undefined) return;
      const words = name.replace(".invalid.json", "").split("-");
      const rule = FAULT_NAMES.find(([suffix]) => suffix.test(name.replace(".invalid.json", "")));
      if (rule === undefined) expect.fail(`${name}: no fault is named so; see FAULT_NAMES`);
      const [suffix, message, isSuch] = rule;
      expect(fault.message).toMatch(message);
      expect(isSuch(valueAt(document, fault.pointer)), `${fault.pointer} is not what ${name} says`).toBe(true);
      const subject = words.join("-").replace(suffix, "").split("-");
      const column = fault.pointer
        .replace(/([a-z])([A-Z])/g, "$1_$2")
        .toLowerCase()
        .split(/[/_]/);
      const unsaid = subject.filter((word) => !column.some((part) => part.startsWith(word)));
      expect(unsaid, `${fault.pointer} is not the subject of ${name}`).toEqual([]);
    },
  );
});

const any = (): boolean => true;
const TYPE = /^must be (string|integer|number|boolean|array|object)/;

/** How an invalid example's name ends, the words of its fault, and what the value is. */
const FAULT_NAMES: readonly (readonly [RegExp, RegExp, (value: unknown) => boolean])[] = [
  [/-missing$/, /^is missing$/, (value) => value === undefined],
  [/-carried$/, /^is not in the contract$/, any],
  [/-null$/, TYPE, (value) => value === null],
  [/-text$/, TYPE, (value) => typeof value === "string"],
  [/-number$/, TYPE, (value) => typeof value === "number"],
  [/-object$/, TYPE, (value) => typeof value === "object" && value !== null],
  [/-fraction$/, /^must be integer/, (value) => typeof value === "number" && !Number.isInteger(value)],
  [/-above-one$/, /^must be <= 1$/, any],
  [/-above-three$/, /^must be <= 3$/, any],
  [/-above-five$/, /^must be <= 5$/, any],
  [/-above-ten$/, /^must be <= 10$/, any],
  [/-above-fifteen$/, /^must be <= 15$/, any],
  [/-below-fifteen$/, /^must be >= 15$/, any],
  [/-negative$/, /^must be >= 0$/, any],
  [/-zero$/, /^must be >= 1$/, (value) => value === 0],
  [/-as-percent$/, /^must be (<= 1|>= -1)$/, any],
  [/-unlisted$/, /^must (be equal to one of the allowed values|match pattern "\^\()/, any],
  [/-lower-case$/, /^must be equal to one of the allowed values$/, (value) => value === String(value).toLowerCase()],
  [/-upper-case$/, /^must match pattern/, (value) => value !== String(value).toLowerCase()],
  [/-empty$/, /^must NOT have fewer than 1 characters$/, (value) => value === ""],
  [/-blank$/, /^must match pattern "\\S"$/, (value) => String(value).trim() === "" && value !== ""],
  [/-twice$/, /^must NOT have duplicate items/, any],
  [/-incomplete$/, /^must match pattern/, any],
  [/-not-first-day$/, /^must match pattern "-01\$"$/, any],
  [/-without-zone$/, /^must be a date-time$/, (value) => !String(value).endsWith("Z")],
  [/-milliseconds$/, /^must be a date-time$/, (value) => /\.\d{3}Z$/.test(String(value))],
  [/-unreadable$/, /^must be a (firestore-timestamp|iso-instant)$/, any],
];

function valueAt(document: unknown, pointer: string): unknown {
  const names = pointer.split("/").slice(1);
  return names.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], document);
}

function fieldAt(schema: PropertySchema, pointer: string): PropertySchema | undefined {
  const names = pointer.split("/").slice(1);
  return names.reduce<PropertySchema | undefined>(
    (node, name) => (name === "*" ? node?.items : node?.properties?.[name]),
    schema,
  );
}

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
