import { silverTherapySessions, tableContracts } from "@junoplus/contracts";
import { QueryError, type Warehouse } from "@junoplus/warehouse";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import { type Aggregates, aggregateRows } from "./aggregate-rows";
import { consistencyChecks } from "./consistency-checks";
import { contractChecks } from "./contract-checks";
import { measuredChecks } from "./measurement";
import { emptyWarehouse } from "./testing/rows";

let warehouse: Warehouse;
let asked: MockInstance<Warehouse["query"]>;
beforeAll(async () => {
  warehouse = await emptyWarehouse();
  asked = vi.spyOn(warehouse, "query");
});
beforeEach(() => void asked.mockClear());
afterAll(() => warehouse.close());

/** So many rows of 1, 2, 3 …, and aggregates over them. */
const over = (rows: number, ...columns: readonly string[]): Aggregates => ({
  columns: Object.fromEntries(columns.map((aggregate, index) => [`figure_${index}`, aggregate])),
  from: rows === 0 ? "(SELECT 1 AS n LIMIT 0) AS numbers" : `(SELECT UNNEST(RANGE(1, ${rows + 1})) AS n) AS numbers`,
});

test("all checks of all contracts are one query", async () => {
  const tables = tableContracts.filter(({ kind }) => kind === "table");
  const ofContracts = tables.flatMap((contract) => contractChecks(contract, warehouse.tableName(contract)));
  const ofTables = consistencyChecks((contract) => warehouse.tableName(contract));
  const results = await measuredChecks(warehouse, [ofContracts, ofTables]);
  expect(results.map(({ length }) => length > 30)).toEqual([true, true]);
  expect(asked).toHaveBeenCalledTimes(1);
});

test("nothing is asked for nothing", async () => {
  expect(await aggregateRows(warehouse, [])).toEqual([]);
  expect(asked).not.toHaveBeenCalled();
});

test("each is answered as when it is asked alone, in order, by its own names", async () => {
  const aggregate = fc.constantFrom("COUNT(*)", "SUM(n)", "MIN(n)", "MAX(n) / 2", "MAX(NULLIF(n, n))");
  const one = fc.tuple(fc.nat(5), fc.array(aggregate, { minLength: 1, maxLength: 4 }));
  await fc.assert(
    fc.asyncProperty(fc.array(one, { maxLength: 6 }), async (given) => {
      const questions = given.map(([rows, aggregates]) => over(rows, ...aggregates));
      const alone = await Promise.all(questions.map((question) => aggregateRows(warehouse, [question])));
      expect(await aggregateRows(warehouse, questions)).toEqual(alone.flat());
    }),
    { numRuns: 50 },
  );
});

test("the one that fails is told in its own words, with its table", async () => {
  const table = warehouse.tableName(silverTherapySessions);
  const broken = { columns: { total: "COUNT(no_such_column)" }, from: table };
  const failed = aggregateRows(warehouse, [over(1, "COUNT(*)"), broken, over(2, "COUNT(*)")]);
  await expect(failed).rejects.toThrow(QueryError);
  await expect(failed).rejects.toHaveProperty("sql", `SELECT COUNT(no_such_column) AS total FROM ${table}`);
});

test("what is too much for the store together is answered alone", async () => {
  const all = [over(1, "COUNT(*)"), over(2, "COUNT(*)")];
  asked.mockRejectedValueOnce(new QueryError("SELECT …", "the query is too complex"));
  expect(await aggregateRows(warehouse, all)).toEqual([{ figure_0: 1 }, { figure_0: 2 }]);
  expect(asked).toHaveBeenCalledTimes(3);
});

test("any other fault ends it: where the store cannot be reached, nothing is asked again", async () => {
  asked.mockRejectedValueOnce(new Error("the line is down"));
  await expect(aggregateRows(warehouse, [over(1, "COUNT(*)"), over(2, "COUNT(*)")])).rejects.toThrow(/line is down/);
  expect(asked).toHaveBeenCalledTimes(1);
});

test("no query is longer than BigQuery takes", async () => {
  const long = (n: number): Aggregates => over(n, `COUNT(*) + 0 * LENGTH('${"-".repeat(40_000)}')`);
  const rows = await aggregateRows(
    warehouse,
    Array.from({ length: 30 }, (_, n) => long(n)),
  );
  expect(rows).toEqual(Array.from({ length: 30 }, (_, n) => ({ figure_0: n })));
  const lengths = asked.mock.calls.map(([sql]) => Buffer.byteLength(sql));
  expect(lengths.length).toBeGreaterThan(1);
  expect(Math.max(...lengths)).toBeLessThan(2 ** 20);
});
