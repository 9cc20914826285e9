import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { TableContract } from "@junoplus/contracts";
import { warehouseDiff } from "@junoplus/contracts/compatibility/warehouse-diff";
import { columnsOf } from "@junoplus/contracts/generate/columns";
import type { ContractFolder, PropertySchema } from "@junoplus/contracts/generate/schema-file";
import { afterAll, expect, test } from "vitest";
import { openDuckDb } from "./duckdb-warehouse";
import { contractOf } from "./testing/contracts";
import { shard, temporaryFolder } from "./testing/shards";
import type { Row } from "./warehouse";

const temp = temporaryFolder();
afterAll(temp.remove);

const ID: PropertySchema = { type: "string", description: "Id.", classification: "internal" };
const LEVEL: PropertySchema = { type: "integer", description: "Level.", classification: "internal" };
const nullable = (schema: PropertySchema): PropertySchema => ({ ...schema, type: [String(schema.type), "null"] });

function version(number: string, columns: Readonly<Record<string, PropertySchema>>): ContractFolder {
  return {
    layer: "silver",
    name: "things",
    path: "schemas/silver/things",
    version: number,
    schema: {
      $id: `urn:junoplus:contract:silver:things:${number}`,
      title: "silver_things",
      description: "Things.",
      properties: { id: ID, ...columns },
      warehouse: { dataset: "silver", kind: "table", write: "replace", key: ["id"] },
    },
  };
}

function contract(folder: ContractFolder): TableContract {
  return contractOf({ version: folder.version, description: "Things.", columns: columnsOf(folder) });
}

/** A column as DuckDB's own catalog has it. */
async function storedColumns(file: string): Promise<readonly unknown[]> {
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(
      "SELECT column_name, data_type, is_nullable, column_default, comment FROM duckdb_columns() WHERE table_name = 'silver_things' ORDER BY column_name",
    );
    return reader.getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function run(file: string, statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    for (const statement of statements) await connection.run(statement);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const ROWS: readonly Row[] = [
  { id: "a", level: 1 },
  { id: "b", level: 2 },
];

test.each<[string, Readonly<Record<string, PropertySchema>>, readonly Row[]]>([
  ["no change", { level: LEVEL }, ROWS],
  [
    "a nullable column",
    { level: LEVEL, note: nullable({ ...ID, description: "Someone's \"note\"; it's NULL." }) },
    ROWS.map((row) => ({ ...row, note: null })),
  ],
  [
    "columns of every type",
    {
      level: LEVEL,
      whole: nullable(LEVEL),
      number: nullable({ ...LEVEL, type: "number" }),
      flag: nullable({ ...LEVEL, type: "boolean" }),
      day: nullable({ ...ID, format: "date" }),
      instant: nullable({ ...ID, format: "date-time" }),
    },
    ROWS.map((row) => ({ ...row, whole: null, number: null, flag: null, day: null, instant: null })),
  ],
  [
    "array columns",
    {
      level: LEVEL,
      tags: { ...ID, type: "array", items: { type: "string" } },
      days: { ...ID, type: "array", items: { type: "string", format: "date" } },
    },
    ROWS.map((row) => ({ ...row, tags: [], days: [] })),
  ],
  ["REQUIRED to NULLABLE", { level: nullable(LEVEL) }, ROWS],
  ["an integer to a number", { level: { ...LEVEL, type: "number" } }, ROWS],
  ["both, and other words", { level: nullable({ ...LEVEL, type: "number", description: "It's a level." }) }, ROWS],
])(
  "%s: the statements give the old table the new contract's columns, and keep its rows",
  async (_case, columns, rows) => {
    const [before, after] = [version("1.0.0", { level: LEVEL }), version("1.1.0", columns)];
    const name = _case.replace(/\W+/g, "-");
    const [changed, fresh] = [join(temp.path, `${name}.duckdb`), join(temp.path, `${name}-fresh.duckdb`)];
    const old = await openDuckDb(`duckdb:${changed}`, { prefix: "p" });
    await old.ensure([contract(before)]);
    await old.stage("r1", contract(before), [shard(temp.path, [...ROWS])]);
    await old.publish("r1", [contract(before)]);
    await old.close();

    const { duckDb, notInPlace } = warehouseDiff(before, after, "p");
    expect(notInPlace).toEqual([]);
    await run(changed, duckDb);

    const made = await openDuckDb(`duckdb:${fresh}`, { prefix: "p" });
    await made.ensure([contract(after)]);
    await made.close();
    expect(await storedColumns(changed)).toEqual(await storedColumns(fresh));

    const now = await openDuckDb(`duckdb:${changed}`, { prefix: "p" });
    await now.ensure([contract(after)]);
    const read: Row[] = [];
    for await (const row of now.read(contract(after))) read.push(row);
    await now.close();
    expect(read).toEqual(rows);
  },
);
