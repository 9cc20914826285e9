import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { documentOf, pathParams } from "@junoplus/bronze-ingest";
import { type TableContract, tableContracts } from "@junoplus/contracts";
import { anyDocument } from "@junoplus/contracts/testing/any-document";
import { getRegisteredModules, registeredObjects } from "apache-beam/serialization";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as layer from "./index";
import { type AnySilverTable, type CurrentTable, hasNamedRows, keysOfDocument, type SilverTable } from "./silver-table";
import { AS_OF, second } from "./testing/run-silver";

const packageRoot = join(__dirname, "..");
const contracts = tableContracts.filter((contract) => contract.layer === "silver");
const tables = Object.entries(layer).filter(
  (entry): entry is [string, Extract<(typeof entry)[1], { to: unknown }>] =>
    typeof entry[1] === "object" && "to" in entry[1],
);

function fileName(contract: TableContract): string {
  return contract.table.replace(/^silver_/, "").replaceAll("_", "-");
}

describe("contracts and tables", () => {
  test("each silver contract has the module of its name, with its test, and each table of the layer a contract", () => {
    const files = readdirSync(__dirname);
    for (const contract of contracts) {
      expect(files).toContain(`${fileName(contract)}.ts`);
      expect(files).toContain(`${fileName(contract)}.test.ts`);
    }
    expect(tables.map(([, { to }]) => to.table).sort()).toEqual(contracts.map(({ table }) => table).sort());
  });

  test.each(tables)("%s is named and filed as its contract, and is told to workers by that name", (name, { to }) => {
    const file = fileName(to as TableContract);
    expect(name).toBe(file.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase()));
    const names = registeredObjects.map((registered) => registered.name);
    expect(names).toContain(`beam:@junoplus/silver-transforms/${file}.${name}.self`);
  });

  test.each(tables)("%s can give a key twice exactly where it says how to choose", (_name, table) => {
    // A session is its document, a history is told apart by time; profiles and days come from several documents.
    const isChosen = table.kind === "current" && table.keyOf !== undefined;
    expect(isChosen).toBe(["silver_user_profiles", "silver_period_tracking"].includes(table.to.table));
  });
});

describe("any valid document", () => {
  const named = tables.filter(([, table]) => hasNamedRows(table as unknown as AnySilverTable));

  test("names its rows where it is a session or has days, and not where a user alone tells a row or it gives a history", () => {
    const names = named.map(([name]) => name);
    for (const each of ["therapySessions", "periodTracking"]) expect(names).toContain(each);
    for (const other of ["userProfiles", "medications"]) expect(names).not.toContain(other);
  });

  test.each(named)("%s: gives rows of the keys that it names, each of them, and no other", (_name, each) => {
    const table = each as unknown as CurrentTable<unknown, Readonly<Record<string, unknown>>>;
    const { from, to } = table;
    const keyOf = (row: Readonly<Record<string, unknown>>): string =>
      JSON.stringify(to.key.map((column) => row[column]));
    fc.assert(
      fc.property(anyDocument(from.table), (raw) => {
        const row_keys = [...(table.rowKeysOf?.(() => documentOf(from, JSON.stringify(raw))) ?? [])];
        const keys = keysOfDocument(each as unknown as AnySilverTable, { document_key: anyPath(from.path), row_keys });
        for (const key of keys) expect(Object.keys(key).sort()).toEqual([...to.key].sort());
        const rows = rowsOf(table as SilverTable<unknown, unknown>, [raw]) as Readonly<Record<string, unknown>>[];
        expect(keys.map(keyOf).sort()).toEqual([...new Set(rows.map(keyOf))].sort());
      }),
      { numRuns: 100 },
    );
  });

  test.each(named)("%s: what is no path of its log names no row", (_name, table) => {
    const nothing = { document_key: "\nAbCdEf", row_keys: ["2024-03-01"] };
    expect(keysOfDocument(table as unknown as AnySilverTable, nothing)).toEqual([]);
  });

  test.each(tables)(
    "%s: gives rows that keep the table's contract and that every warehouse can load",
    (_name, table) => {
      const { from, to } = table as unknown as SilverTable<unknown, unknown>;
      const documents = fc.array(anyDocument(from.table), { minLength: 1, maxLength: 3 });
      fc.assert(
        fc.property(documents, (raw) => {
          const rows = rowsOf(table as unknown as SilverTable<unknown, unknown>, raw);
          for (const row of rows) {
            expect(to.faults(row)).toEqual([]);
            // Half a surrogate pair is what JSON spells as \ud83d; DuckDB and BigQuery refuse it.
            expect(JSON.stringify(row)).not.toMatch(/(^|[^\\])(\\\\)*\\ud[89a-f]/);
            expect(JSON.parse(JSON.stringify(row))).toEqual(row);
          }
        }),
        { numRuns: 500 },
      );
    },
  );
});

function anyPath(template: string): string {
  return template.replace(/\{(\w+)\}/g, "any $1");
}

function rowsOf(table: SilverTable<unknown, unknown>, raw: readonly unknown[]): readonly unknown[] {
  const path = anyPath(table.from.path);
  const params = pathParams(table.from.path, path);
  const documents = raw.map((document) => documentOf(table.from, JSON.stringify(document)));
  if (table.kind === "history") {
    const states = documents.map((document, i) => ({ changedAt: second(i), document }));
    return table.toRows(states, params, { asOf: AS_OF });
  }
  return documents.flatMap((document) =>
    table.toRows(document, { path, params, changedAt: second(1) }, { asOf: AS_OF }),
  );
}

describe("what pipelines name to their workers", () => {
  const modules = getRegisteredModules().filter((name) => name.startsWith("@junoplus/"));

  test("is of the layer and of what it stands on", () => {
    expect(modules).toContain("@junoplus/silver-transforms/silver-table");
    expect(modules).toContain("@junoplus/bronze-ingest/changes");
    expect(modules).toContain("@junoplus/contracts");
  });

  test.each(modules)("%s is a file of a package's dist", (name) => {
    expect(require.resolve(name, { paths: [packageRoot] }).split(sep)).toContain("dist");
  });

  test("is known to a worker that loads those modules, and nothing else", () => {
    // As a worker does it: plain Node, the modules by name, and then every function by the name that stands in the pipeline.
    const script = `for (const name of JSON.parse(process.argv[1])) require(name);
      const { registeredObjects } = require("apache-beam/serialization");
      console.log(JSON.stringify(registeredObjects.map(({ name }) => name)));`;
    const output = execFileSync(process.execPath, ["-e", script, JSON.stringify(modules)], { cwd: packageRoot });
    const known = new Set(JSON.parse(output.toString()) as readonly string[]);
    const named = registeredObjects.map(({ name }) => name).filter((name) => name.includes("@junoplus/"));
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});
