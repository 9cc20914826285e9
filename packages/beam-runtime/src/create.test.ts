// First: no other module of the SDK can be loaded before it.
import "./sdk";
import { Pipeline } from "apache-beam/internal/pipeline";
import { Root } from "apache-beam/pvalue";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createFrom } from "./create";
import { collect } from "./testing/run-and-collect";

test("20,000 rows are a collection of 20,000 rows, each once", async () => {
  const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, name: `row ${id}`, tags: [id % 7, null] }));
  const { outputs } = await collect((root) => ({ rows: root.apply(createFrom(rows)) }));
  expect(outputs["rows"]).toEqual(rows);
});

test("rows are carried as their JSON, so twice as many make a pipeline twice as large and no larger", () => {
  const sizeOf = (count: number): number => {
    const pipeline = new Pipeline();
    new Root(pipeline).apply(createFrom(Array<string>(count).fill("12345678")));
    const payloads = Object.values(pipeline.getProto().components?.transforms ?? {}).map(({ spec }) => spec?.payload);
    return payloads.reduce((sum, payload) => sum + (payload?.length ?? 0), 0);
  };
  // Each value is 11 bytes of JSON, and its two quotes are escaped, since the JSON travels within JSON.
  expect(sizeOf(2000) - sizeOf(1000)).toBeCloseTo(13_000, -1);
  expect(sizeOf(20_000) - sizeOf(10_000)).toBeCloseTo(130_000, -1);
});

test("what JSON can say comes out as it went in", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue({ maxDepth: 2 })), async (values) => {
      const { outputs } = await collect((root) => ({ values: root.apply(createFrom(values)) }));
      expect(outputs["values"]).toEqual(JSON.parse(JSON.stringify(values)));
    }),
    { numRuns: 30 },
  );
});

test("text is data, even when it looks like what the SDK writes for a BigInt", async () => {
  const values = [":bigint:1", "builtin", "__proto__", "\ud800", "\u2028", ""];
  const { outputs } = await collect((root) => ({ values: root.apply(createFrom(values)) }));
  expect(outputs["values"]).toEqual(values);
});

test("no values are an empty collection", async () => {
  const { outputs } = await collect((root) => ({ none: root.apply(createFrom([])) }));
  expect(outputs["none"]).toEqual([]);
});

test("values are taken as they are when createFrom is called", async () => {
  const row = { id: 1 };
  const rows = createFrom([row]);
  row.id = 2;
  const { outputs } = await collect((root) => ({ rows: root.apply(rows) }));
  expect(outputs["rows"]).toEqual([{ id: 1 }]);
});
