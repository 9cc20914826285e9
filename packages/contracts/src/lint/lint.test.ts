import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { lintContracts } from "./lint";

const REAL = join(__dirname, "../../schemas");

interface Editable {
  $id: string;
  title: string;
  required: string[];
  properties: Record<string, Record<string, unknown>>;
  warehouse: Record<string, unknown>;
  changelog: Record<string, unknown>;
}

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "contracts-lint-"));
  cpSync(REAL, join(root, "schemas"), { recursive: true });
});
afterEach(() => {
  rmSync(join(root, "schemas"), { recursive: true });
  cpSync(REAL, join(root, "schemas"), { recursive: true });
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

/** Faults of one contract after an edit under a new version, as "<pointer>: <message>". */
function faultsAfter(name: string, change: (schema: Editable) => void, version = "9.0.0"): readonly string[] {
  const path = join(root, "schemas", name, "schema.json");
  const schema = JSON.parse(readFileSync(path, "utf8")) as Editable;
  schema.$id = schema.$id.replace(/[^:]+$/, version);
  change(schema);
  writeFileSync(path, JSON.stringify(schema));
  return told(name);
}

function faultsOfExample(name: string, file: string, change: (example: Record<string, unknown>) => void) {
  const path = join(root, "schemas", name, "examples", file);
  const example = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  change(example);
  writeFileSync(path, JSON.stringify(example));
  return told(name);
}

function told(name: string): readonly string[] {
  return lintContracts(root, new Set([name])).map(
    ({ file, pointer, message }) => `${file.split("/").slice(3).join("/")} ${pointer}: ${message}`,
  );
}

const TABLE = "silver/user_profiles";
const LOG = "bronze/medications";

test("the contracts of the project have no fault", () => {
  expect(lintContracts(root)).toEqual([]);
});

describe("a table", () => {
  const column = (schema: Editable, name: string): Record<string, unknown> => {
    const found = schema.properties[name];
    if (found === undefined) throw new Error(`${name} is gone; choose another column here`);
    return found;
  };

  test.each<[string, (schema: Editable) => void, string]>([
    ["a misspelled keyword", (s) => (column(s, "age")["minimun"] = 0), "/properties/age/minimun: is no keyword"],
    ["no description", (s) => delete column(s, "age")["description"], "/properties/age/description: is missing: say"],
    ["no classification", (s) => delete column(s, "age")["classification"], "/properties/age/classification: is miss"],
    ["two types", (s) => (column(s, "age")["type"] = ["integer", "string"]), '/properties/age/type: ["integer","st'],
    ["a placeholder", (s) => (column(s, "age")["description"] = "<Say it.>"), "/properties/age/description: is still"],
    ["a camelCase column", (s) => (s.properties["userAge"] = column(s, "age")), "/properties/userAge: is no name"],
    ["a column not required", (s) => s.required.pop(), "/required: leaves out"],
    ["a required name that is no column", (s) => s.required.push("mood"), "/required: names mood"],
    ["a key that is no column", (s) => (s.warehouse["key"] = ["nobody"]), "/warehouse/key: names nobody"],
    ["a cluster that is no column", (s) => (s.warehouse["cluster"] = ["nobody"]), "/warehouse/cluster: names nobody"],
    [
      "a partition by text",
      (s) => (s.warehouse["partition"] = { column: "user_id", granularity: "DAY" }),
      "/warehouse/partition/column: user_id is neither",
    ],
    [
      "a partition filter without a partition",
      (s) => (s.warehouse["requirePartitionFilter"] = true),
      "/warehouse/requirePartitionFilter: needs partition beside it",
    ],
    [
      "an expiration without a partition",
      (s) => (s.warehouse["partitionExpirationDays"] = 30),
      "/warehouse/partitionExpirationDays: needs partition beside it",
    ],
    [
      "a partition filter that is not asked for",
      (s) => (s.warehouse["requirePartitionFilter"] = false),
      "/warehouse/requirePartitionFilter: has to be true",
    ],
    [
      "an expiration of no day",
      (s) => (s.warehouse["partitionExpirationDays"] = 0),
      "/warehouse/partitionExpirationDays: must be >= 1",
    ],
    [
      "an expiration of half a day",
      (s) => (s.warehouse["partitionExpirationDays"] = 1.5),
      "/warehouse/partitionExpirationDays: must be integer",
    ],
    ["another dataset", (s) => (s.warehouse["dataset"] = "gold"), "/warehouse/dataset: is gold"],
    [
      "freshness by a day",
      (s) => (s.warehouse["freshness"] = { column: "user_id" }),
      "/warehouse/freshness: silver_user_profiles.user_id is no date-time",
    ],
    ["a role in one column alone", (s) => (column(s, "age")["role"] = "feature"), "/properties/user_id: has no role"],
    ["a format without a column type", (s) => (column(s, "age")["format"] = "date"), "/properties/age: type"],
    ["a title that another contract has", (s) => (s.title = "silver_medications"), "/title: is the title of"],
    ["no properties", (s) => delete (s as Partial<Editable>).properties, "/properties: is missing"],
    ["both blocks", (s) => (s.changelog = {}), "/warehouse: is no keyword"],
  ])("%s is told, with its pointer", (_case, change, fault) => {
    expect(faultsAfter(TABLE, change).join("\n")).toContain(`schema.json ${fault}`);
  });

  test("rows of a table that each run writes whole cannot expire, nor rows that may have no day", () => {
    expect(
      faultsAfter("gold/daily_metrics", (s) => (s.warehouse["partitionExpirationDays"] = 30)).join("\n"),
    ).toContain("/warehouse/partitionExpirationDays: each run writes this table whole");
    const faults = faultsAfter("quality/data_freshness", (schema) => {
      column(schema, "checked_at")["type"] = ["string", "null"];
      schema.warehouse["partitionExpirationDays"] = 30;
    });
    expect(faults).toEqual([
      "schema.json /warehouse/partitionExpirationDays: checked_at may be NULL, and what has no day has no end: make it required",
    ]);
  });

  test("a table that runs add to may have both options", () => {
    const options = { requirePartitionFilter: true, partitionExpirationDays: 400 };
    expect(faultsAfter("quality/data_freshness", (s) => Object.assign(s.warehouse, options))).toEqual([]);
  });

  test("a direct identifier beyond silver is told", () => {
    const faults = faultsAfter("gold/daily_metrics", (schema) => {
      column(schema, "session_date")["classification"] = "direct_identifier";
    });
    expect(faults).toContain(
      "schema.json /properties/session_date/classification: a direct identifier goes no further than silver",
    );
  });

  test.each<[string, (schema: Editable) => void, string]>([
    ["keyword", (s) => (column(s, "age")["a/b~c"] = 0), "/properties/age/a~1b~0c: is no keyword"],
    ["column", (s) => (s.properties["a/b~c"] = column(s, "age")), "/properties/a~1b~0c: is no name"],
  ])("a slash or tilde in the name of a %s is escaped in the pointer", (_case, change, fault) => {
    expect(faultsAfter(TABLE, change).join("\n")).toContain(`schema.json ${fault}`);
  });

  test("every fault is told at once", () => {
    const faults = faultsAfter(TABLE, (schema) => {
      schema.warehouse["key"] = ["nobody"];
      delete column(schema, "age")["description"];
      delete column(schema, "email")["classification"];
    });
    expect(faults).toHaveLength(3);
  });
});

describe("a change log", () => {
  test.each<[string, (schema: Editable) => void, string]>([
    ["another title", (s) => (s.title = "medications"), "/title: write bronze_medications"],
    ["the prefix of another", (s) => (s.changelog["prefix"] = "user_health_data"), "/changelog/prefix: files of"],
    ["the path of another", (s) => (s.changelog["path"] = "user_profiles/{profileId}"), "/changelog/path: is the path"],
    ["a wildcard twice", (s) => (s.changelog["path"] = "users/{id}/things/{id}"), "/changelog/path: {id} stands"],
    ["entries that are no array", (s) => (s.changelog["entries"] = ["name"]), "/changelog/entries: name is no array"],
    [
      "a reason for a field that is not there",
      (s) => (s.changelog["missing"] = { "/medications/*/nothing": "no_date" }),
      "/changelog/missing: /medications/*/nothing is no field",
    ],
  ])("%s is told, with its pointer", (_case, change, fault) => {
    expect(faultsAfter(LOG, change).join("\n")).toContain(`schema.json ${fault}`);
  });
});

describe("versions", () => {
  test("a change under a frozen version is told", () => {
    expect(faultsAfter(LOG, () => undefined, "1.0.0")).toEqual([
      "schema.json /$id: 1.0.0 is frozen and says something else: raise the version",
    ]);
  });

  test("a version below a frozen one is told", () => {
    expect(faultsAfter(LOG, () => undefined, "0.9.0")).toEqual([
      "schema.json /$id: 0.9.0 is lower than 1.0.0, which is frozen",
    ]);
  });

  test("a frozen copy that names another version is told", () => {
    writeFileSync(join(root, "schemas", LOG, "versions/1.2.0.json"), "{");
    expect(faultsAfter(LOG, () => undefined)).toEqual([
      "versions/1.2.0.json /$id: has to be urn:junoplus:contract:bronze:medications:1.2.0",
    ]);
  });
});

describe("examples", () => {
  const PROFILES = "bronze/user_health";
  const VALID = "complete.valid.json";
  const folder = (): string => join(root, "schemas", PROFILES, "examples");

  test("a valid one with a fault is told, with the pointer in the example", () => {
    writeFileSync(join(folder(), VALID), JSON.stringify({ isOnboarded: "yes" }));
    expect(told(PROFILES)).toEqual([
      `examples/${VALID} /isOnboarded: must be boolean: mend the example, or rename it to .invalid.json`,
    ]);
  });

  test("an invalid one without a fault is told", () => {
    writeFileSync(join(folder(), "is-onboarded-text.invalid.json"), "{}");
    expect(told(PROFILES)[0]).toContain("keeps the contract");
  });

  test("an invalid one with two faults is told", () => {
    const faults = faultsOfExample("bronze/therapy_sessions", "heat-level-fraction.invalid.json", (example) => {
      example["status"] = 1;
    });
    expect(faults[0]).toContain("has 2 faults, but an example shows one");
  });

  test.each([
    ["is-onboarded-above-ten", "the name says something else"],
    ["uid-text", "the name says something else"],
    ["is-onboarded-broken", "end the name with its fault, one of -missing"],
  ])("%s: a name that says another fault is told", (name, words) => {
    writeFileSync(join(folder(), `${name}.invalid.json`), JSON.stringify({ isOnboarded: "yes" }));
    expect(told(PROFILES).join("\n")).toContain(words);
  });

  test("a bound may be any number", () => {
    writeFileSync(
      join(folder(), "cycle-length-above-60.invalid.json"),
      JSON.stringify({ healthData: { cycleLength: 61 } }),
    );
    expect(told(PROFILES)).toEqual([]);
  });

  test("too few, another name and no JSON are told", () => {
    rmSync(folder(), { recursive: true });
    mkdirSync(folder());
    writeFileSync(join(folder(), "notes.txt"), "");
    writeFileSync(join(folder(), "empty.valid.json"), "");
    expect(told(PROFILES).map((fault) => fault.slice(0, 60))).toEqual([
      "examples : has fewer than 3 of <case>.invalid.json: add what",
      "examples/empty.valid.json : cannot be read: Unexpected end o",
      "examples/notes.txt : is no example: name it <case>.valid.jso",
    ]);
  });
});

test("a schema that cannot be read, and a folder without one, are told beside the faults of others", () => {
  writeFileSync(join(root, "schemas", LOG, "schema.json"), "{");
  mkdirSync(join(root, "schemas/silver/nothing"));
  const faults = lintContracts(root);
  expect(faults.map(({ file }) => file)).toEqual([
    "schemas/bronze/medications/schema.json",
    "schemas/silver/nothing/schema.json",
  ]);
});
