import "./sdk";
import { spawnSync } from "node:child_process";
import { type Coder, Context } from "apache-beam/coders/coders";
import { Pipeline } from "apache-beam/internal/pipeline";
import { Root } from "apache-beam/pvalue";
import { groupByKey } from "apache-beam/transforms/internal";
import fc, { type Arbitrary } from "fast-check";
import { Reader, Writer } from "protobufjs";
import { expect, test } from "vitest";
import { createFrom } from "./create";
import { DirectRunner } from "./direct-runner";
import { canonicalJson } from "./json-coder";
import { keyBy } from "./keyed";
import { PrismRunner } from "./prism-runner";
import { ROW_CODER_URN, RowCoder, withKeyedRows, withRows } from "./row-coder";
import { RowCodingError, type RowColumn, type RowColumnType } from "./row-values";
import { iterableSideInput, type PCollection, type Runner, withName } from "./sdk";
import { anyText, jsonLike } from "./testing/json-like";
import { collect } from "./testing/run-and-collect";
import {
  canonicalSide,
  canonicalValues,
  lastDigit,
  NUMBERED_COLUMNS,
  numberedRow,
  numbersBelow,
} from "./testing/sample-steps";

const beyondDoubles = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => {
  const isSafe = value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);
  return isSafe ? Number(value) : value;
});

const values: Readonly<Record<RowColumnType, Arbitrary<unknown>>> = {
  STRING: anyText,
  DATE: fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
  TIMESTAMP: fc.date({ noInvalidDate: true }).map((date) => date.toISOString().replace("Z", "000Z")),
  INT64: fc.oneof(fc.integer(), fc.maxSafeInteger(), beyondDoubles),
  FLOAT64: fc.double(),
  BOOL: fc.boolean(),
  BYTES: fc.uint8Array(),
  JSON: jsonLike,
};

const column: Arbitrary<RowColumn> = fc.record({
  name: fc.oneof(fc.string({ minLength: 1, maxLength: 3 }), fc.constantFrom("toString", "a", "b")),
  type: fc.constantFrom(...(Object.keys(values) as RowColumnType[])),
  mode: fc.constantFrom("REQUIRED", "NULLABLE", "REPEATED"),
});
const columns = fc
  .uniqueArray(column, { selector: ({ name }) => name, maxLength: 20 })
  .filter((all) => all.every(({ name }) => name !== "__proto__"));

function valueFor({ type, mode }: RowColumn): Arbitrary<unknown> {
  const value = values[type];
  if (mode === "REPEATED") return fc.array(value, { maxLength: 3 });
  return mode === "NULLABLE" ? fc.option(value, { freq: 2 }) : value;
}

function rowsOf(all: readonly RowColumn[]): Arbitrary<Record<string, unknown>> {
  return fc
    .tuple(...all.map(valueFor))
    .map((row) => Object.fromEntries(all.map(({ name }, index) => [name, row[index]] as const)));
}

const columnsAndRow = columns.chain((all) => fc.tuple(fc.constant(all), rowsOf(all)));

function bytesOf(all: readonly RowColumn[], rows: readonly unknown[], context = Context.needsDelimiters): Uint8Array {
  const coder = new RowCoder(all);
  const writer = new Writer();
  for (const row of rows) coder.encode(row, writer, context);
  return writer.finish();
}

function rowFrom(all: readonly RowColumn[], bytes: Uint8Array, context = Context.needsDelimiters): unknown {
  return new RowCoder(all).decode(new Reader(bytes), context);
}

/** A row as it comes out: an INT64 has no -0. */
function normal(all: readonly RowColumn[], row: Record<string, unknown>): Record<string, unknown> {
  const zero = (value: unknown): unknown => (Object.is(value, -0) ? 0 : value);
  const entries = all.map(({ name, type }) => {
    const value = row[name];
    if (type !== "INT64") return [name, value] as const;
    return [name, Array.isArray(value) ? value.map(zero) : zero(value)] as const;
  });
  return Object.fromEntries(entries);
}

test("every row comes out as it went in, whole or one after the other", () => {
  fc.assert(
    fc.property(columnsAndRow, ([all, row]) => {
      const expected = normal(all, row);
      expect(rowFrom(all, bytesOf(all, [row], Context.wholeStream), Context.wholeStream)).toStrictEqual(expected);
      const reader = new Reader(bytesOf(all, [row, row]));
      const coder = new RowCoder(all);
      expect(coder.decode(reader, Context.needsDelimiters)).toStrictEqual(expected);
      expect(coder.decode(reader, Context.needsDelimiters)).toStrictEqual(expected);
      expect(reader.pos).toBe(reader.len);
    }),
  );
});

test("equal rows have equal bytes, in whatever order their fields were set", () => {
  fc.assert(
    fc.property(columnsAndRow, ([all, row]) => {
      const reversed = Object.fromEntries(Object.entries(structuredClone(row)).reverse());
      expect(bytesOf(all, [reversed])).toEqual(bytesOf(all, [row]));
    }),
  );
});

test("two whole numbers have equal bytes only if they are equal", () => {
  const all: RowColumn[] = [{ name: "n", type: "INT64", mode: "REQUIRED" }];
  const near = (power: number): Arbitrary<number | bigint> =>
    fc
      .bigInt({ min: 2n ** BigInt(power) - 2n, max: 2n ** BigInt(power) + 2n })
      .chain((value) =>
        fc
          .constantFrom(value, -value)
          .map((signed) => (BigInt(Number(signed)) === signed && power < 53 ? Number(signed) : signed)),
      );
  const edges = fc.oneof(fc.integer({ min: -2, max: 2 }), ...[7, 14, 31, 32, 50, 51, 52].map(near));
  fc.assert(
    fc.property(edges, edges, (a, b) => {
      const equal = Buffer.from(bytesOf(all, [{ n: a }])).equals(bytesOf(all, [{ n: b }]));
      expect(equal).toBe(a === b);
    }),
    { numRuns: 1_000 },
  );
});

test("rows written before NULLABLE columns came are read with null in them", () => {
  const added = fc.uniqueArray(
    fc.record({
      name: fc.string({ minLength: 4, maxLength: 6 }),
      type: fc.constantFrom<RowColumnType>("STRING", "INT64"),
    }),
    {
      selector: ({ name }) => name,
      minLength: 1,
      maxLength: 10,
    },
  );
  fc.assert(
    fc.property(columnsAndRow, added, ([old, row], more) => {
      const now = [...old, ...more.map((each) => ({ ...each, mode: "NULLABLE" as const }))];
      fc.pre(old.length > 0);
      const nulls = Object.fromEntries(more.map(({ name }) => [name, null]));
      expect(rowFrom(now, bytesOf(old, [row]))).toStrictEqual({ ...normal(old, row), ...nulls });
    }),
  );
});

const two: readonly RowColumn[] = [
  { name: "id", type: "STRING", mode: "REQUIRED" },
  { name: "age", type: "INT64", mode: "NULLABLE" },
];
const withPlace = (mode: RowColumn["mode"]): readonly RowColumn[] => [...two, { name: "place", type: "STRING", mode }];
const changes: Readonly<Record<string, readonly [written: readonly RowColumn[], read: readonly RowColumn[]]>> = {
  "a REQUIRED column that came later": [two, withPlace("REQUIRED")],
  "a REPEATED column that came later": [two, withPlace("REPEATED")],
  "a column that went": [withPlace("NULLABLE"), two],
  "columns that changed places": [two, [...two].reverse()],
  "a type that changed": [two, [two[0] as RowColumn, { name: "age", type: "FLOAT64", mode: "NULLABLE" }]],
  "a mode that changed": [two, [two[0] as RowColumn, { name: "age", type: "INT64", mode: "REQUIRED" }]],
  "a name that changed": [two, [two[0] as RowColumn, { name: "years", type: "INT64", mode: "NULLABLE" }]],
};

test.each(Object.entries(changes))("%s is an error that names both", (_, [written, read]) => {
  const row = Object.fromEntries(written.map(({ name }) => [name, name === "age" ? 8 : "x"]));
  const message =
    /^a row is written with columns [0-9a-f]{8}, and read with columns [0-9a-f]{8} \((id|age), .*\): only NULLABLE/;
  expect(() => rowFrom(read, bytesOf(written, [row]))).toThrow(message);
});

test("another format, a cut row and bytes too many are errors", () => {
  const bytes = bytesOf(two, [{ id: "x", age: 8 }], Context.wholeStream);
  const decoded = (changed: Uint8Array) => () => rowFrom(two, changed, Context.wholeStream);
  expect(decoded(Uint8Array.from([9, ...bytes.subarray(1)]))).toThrow("written in format 9, and read in format 1");
  for (let length = 0; length < bytes.length; length++)
    expect(decoded(bytes.slice(0, length))).toThrow("cut on its way");
  expect(decoded(Uint8Array.from([...bytes, 0]))).toThrow("more bytes than its columns");
});

// What stands in a row is never in the message.
test.each([
  [{ id: "x" }, "column age: undefined (absent is null) is no INT64"],
  [{ id: null, age: 1 }, "column id: null is no STRING"],
  [{ id: 77, age: 1 }, "column id: a whole number is no STRING"],
  [{ id: "x", age: 0.77 }, "column age: a fraction, NaN or infinity is no INT64"],
  [{ id: "x", age: 2 ** 53 }, "column age: a number beyond 2^53 (give a bigint) is no INT64"],
  [{ id: "x", age: 77n }, "column age: a bigint below 2^53 (give a number) is no INT64"],
  [{ id: "x", age: 2n ** 63n }, "column age: a bigint beyond 64 bits is no INT64"],
  [{ id: "x", age: 1, name: "y" }, "a row has fields that no column names: name"],
  [{ id: "x", age: 1, name: undefined }, "a row has fields that no column names: name"],
  ["x", "an element is no row: it has no columns"],
])("%o is refused", (row, message) => {
  expect(() => bytesOf(two, [row])).toThrow(new RowCodingError(message));
});

test("two columns of one name are refused", () => {
  expect(() => new RowCoder([...two, ...two])).toThrow("id cannot name a column, or names two");
});

test("bytes of the first version are read, and written again", () => {
  const all: readonly RowColumn[] = [
    { name: "text", type: "STRING", mode: "REQUIRED" },
    { name: "whole", type: "INT64", mode: "NULLABLE" },
    { name: "none", type: "INT64", mode: "NULLABLE" },
    { name: "real", type: "FLOAT64", mode: "REQUIRED" },
    { name: "yes", type: "BOOL", mode: "REQUIRED" },
    { name: "days", type: "DATE", mode: "REPEATED" },
    { name: "any", type: "JSON", mode: "REQUIRED" },
  ];
  const row = { text: "é\ud800", whole: -300, none: null, real: -0, yes: true, days: ["2025-01-31"], any: { a: [1n] } };
  const first =
    "3f01d2b667ef0209e90000d8d8040000000000000080010114323032352d30312d3331387b2261223a5b7b2224223a5b22626967696e74222c2231225d7d5d7d";
  expect(Buffer.from(bytesOf(all, [row])).toString("hex")).toBe(first);
  expect(rowFrom(all, Buffer.from(first, "hex"))).toStrictEqual(row);
});

/** Rows that cross a stage alone, by a side input and in groups. */
function rowsThrough(root: Root): Record<string, PCollection<unknown>> {
  const numbers = root.apply(createFrom([1_000])).flatMap(numbersBelow) as PCollection<string>;
  const rows = numbers.map(numberedRow).apply(withRows<Readonly<Record<string, unknown>>>(NUMBERED_COLUMNS));
  const keyed = (rows as PCollection<{ id: string }>).apply(keyBy(lastDigit)).apply(withKeyedRows(NUMBERED_COLUMNS));
  return {
    groups: keyed.apply(groupByKey()).map(canonicalValues),
    side: root.apply(withName("one", createFrom([1]))).map(canonicalSide, { side: iterableSideInput(rows) }),
  };
}

const ofRows = Array.from({ length: 1_000 }, (_, number) => numberedRow(String(number)));
const expectedGroups = Array.from({ length: 10 }, (_, digit) =>
  ofRows
    .filter(({ id }) => String(id).endsWith(String(digit)))
    .map(canonicalJson)
    .sort()
    .join(),
);
const expectedSide = [ofRows.map(canonicalJson).sort().join()];

async function expectRowsThrough(runner: Runner): Promise<void> {
  const { outputs } = await collect(rowsThrough, runner);
  expect([...(outputs["groups"] ?? [])].sort()).toEqual(expectedGroups.toSorted());
  expect(outputs["side"]).toEqual(expectedSide);
}

test("rows go through a pipeline unchanged", () => expectRowsThrough(new DirectRunner()));

test.skipIf(spawnSync("go", ["version"]).error !== undefined)(
  "on Prism too, where they cross stages as bytes (needs Go to build it)",
  () => expectRowsThrough(new PrismRunner()),
  900_000,
);

test("the columns are in the pipeline's description, and a worker builds the coder from it", () => {
  const pipeline = new Pipeline();
  rowsThrough(new Root(pipeline));
  const coders = Object.entries(pipeline.getProto().components?.coders ?? {});
  const ids = coders.filter(([, { spec }]) => spec?.urn === ROW_CODER_URN).map(([id]) => id);
  expect(ids).toHaveLength(1);
  const coder = pipeline.getCoder(ids[0] ?? "") as Coder<unknown>;
  const writer = new Writer();
  coder.encode(ofRows[7], writer, Context.needsDelimiters);
  expect(rowFrom(NUMBERED_COLUMNS, writer.finish())).toStrictEqual(ofRows[7]);
});
