import {
  type Data,
  Field,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Table,
  TimestampMicrosecond,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import fc from "fast-check";
import { expect, test } from "vitest";
import { changelogLines } from "./changelog-lines";

const micros = (text: string): bigint => BigInt(Date.parse(text)) * 1000n;

const TIMESTAMP = new TimestampMicrosecond("UTC");

/** An Arrow stream of a table with a timestamp and a data column. */
function message(rows: readonly { readonly micros: bigint; readonly data: string | null }[]): Uint8Array {
  const micros = BigInt64Array.from(rows, (row) => row.micros);
  return messageOf(
    makeData({ type: TIMESTAMP, data: micros, length: rows.length }),
    rows.map((row) => row.data),
  );
}

function messageOf(timestamp: Data<TimestampMicrosecond> | undefined, texts: readonly (string | null)[]): Uint8Array {
  const schema = new Schema([new Field("timestamp", TIMESTAMP, true), new Field("data", new Utf8(), true)]);
  const children = [timestamp, vectorFromArray(texts, new Utf8()).data[0]] as Data[];
  const struct = makeData({ type: new Struct(schema.fields), length: texts.length, children });
  return RecordBatchStreamWriter.writeAll(new Table(schema, [new RecordBatch(schema, struct)])).toUint8Array(true);
}

const lines = (...rows: Parameters<typeof message>[0]): readonly unknown[] => linesOf(message(rows));

const linesOf = (stream: Uint8Array): readonly unknown[] =>
  [...changelogLines(["timestamp", "data"], new Uint8Array(), stream)]
    .map(({ lines }) => lines)
    .join("")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));

test("a microsecond is kept, before 1970 and at both ends of the calendar too", () => {
  const instants = [
    [micros("2024-08-26T15:33:27.642Z") + 846n, "2024-08-26T15:33:27.642846Z"],
    [-1n, "1969-12-31T23:59:59.999999Z"],
    [micros("0001-01-01T00:00:00Z"), "0001-01-01T00:00:00.000000Z"],
    [micros("9999-12-31T23:59:59.999Z") + 999n, "9999-12-31T23:59:59.999999Z"],
  ] as const;
  expect(lines(...instants.map(([at]) => ({ micros: at, data: "{}" })))).toEqual(
    instants.map(([, timestamp]) => ({ timestamp, data: "{}", old_data: null })),
  );
});

test("no timestamp is null, and no instant of 1970", () => {
  const timestamp = vectorFromArray([null, Date.parse("2024-08-26T15:33:27.642Z"), null], TIMESTAMP).data[0];
  expect(linesOf(messageOf(timestamp, ["{}", "{}", null]))).toEqual([
    { timestamp: null, data: "{}", old_data: null },
    { timestamp: "2024-08-26T15:33:27.642000Z", data: "{}", old_data: null },
    { timestamp: null, data: null, old_data: null },
  ]);
});

test("any text comes back as it was, NULL as null, in the rows' order", () => {
  const text = fc.option(fc.string({ unit: "binary" }), { nil: null });
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 30 }), (texts) => {
      const found = lines(...texts.map((data, at) => ({ micros: BigInt(at), data }))) as { data: string | null }[];
      expect(found.map(({ data }) => data)).toEqual(texts);
    }),
  );
});

test("a message of many rows comes in parts that together hold each row once", () => {
  const rows = Array.from({ length: 2500 }, (_, at) => ({ micros: 0n, data: String(at) }));
  expect([...changelogLines(["timestamp", "data"], new Uint8Array(), message(rows))]).toHaveLength(3);
  expect((lines(...rows) as { data: string }[]).map(({ data }) => Number(data))).toEqual(rows.map((_, at) => at));
});

test("rows that are not taken are left out, and the others counted", () => {
  const rows = Array.from({ length: 2500 }, (_, at) => ({ micros: BigInt(at), data: String(at) }));
  const isTaken = (line: string, timestamp: string | null): boolean =>
    (JSON.parse(line) as { data: string }).data.endsWith("7") && timestamp !== "1970-01-01T00:00:00.000007Z";
  const parts = [...changelogLines(["timestamp", "data"], new Uint8Array(), message(rows), isTaken)];
  expect(parts.reduce((sum, { count }) => sum + count, 0)).toBe(249);
  expect(
    parts
      .map(({ lines }) => lines)
      .join("")
      .match(/\n/g),
  ).toHaveLength(249);
});
