import { type TableContract, tableContracts } from "@junoplus/contracts";
import { expect, test } from "vitest";
import { column, contractOf, things } from "./testing/contracts";
import { inContractTypes, inReadingOrder, sourcesOf, viewQuery } from "./view-query";

const named = (table: string): string => `d.${table}`;
const quoted = (name: string): string => `"${name}"`;
const view = (table: string, from: string, query?: string) =>
  contractOf({
    table,
    kind: "view",
    columns: [{ ...column("id", "STRING"), sql: "upper(id)" }, column("date", "DATE")],
    view: query === undefined ? { from } : { from, query },
  });

test("a view by column is its expressions over the table that it reads", () => {
  expect(viewQuery(view("v", "t"), named, quoted)).toBe('SELECT upper(id) AS "id", "date" AS "date" FROM d.t');
});

test("a view by query names its tables in braces; {{table}} is the one that it reads", () => {
  const query = "SELECT * FROM {{table}} JOIN {{other}} USING (id) WHERE x = '{}'";
  expect(viewQuery(view("v", "t", query), named, quoted)).toBe(
    "SELECT * FROM d.t JOIN d.other USING (id) WHERE x = '{}'",
  );
});

test("a view comes after the views that it reads", () => {
  const [a, b, c] = [view("a", "b"), view("b", "t", "SELECT * FROM {{c}}"), view("c", "t")];
  expect(inReadingOrder([a, b, c])).toEqual([c, b, a]);
  expect(() => inReadingOrder([view("x", "y"), view("y", "x")])).toThrow(/reads itself/);
});

test("a view reads tables that have a contract: those that are given, and those known here", () => {
  const [known, other] = tableContracts as [TableContract, TableContract];
  const changed = { ...known, description: "Told otherwise." };
  const source = sourcesOf(view("v", "silver_things"), [things, changed]);
  expect(source("silver_things")).toBe(things);
  expect(source(other.table)).toBe(other);
  expect(source(known.table)).toBe(changed);
  expect(() => source("silver_nothing")).toThrow("v reads silver_nothing, which has no contract");
});

test("a query is cast where types, order or columns are not the contract's", () => {
  const id = { name: "id", type: "STRING" };
  const date = { name: "date", type: "DATE" };
  const typed = (given: Parameters<typeof inContractTypes>[2]): string =>
    inContractTypes(view("v", "t"), "SELECT 1", given, ({ type }) => type, quoted);
  const cast = 'SELECT CAST("id" AS STRING) AS "id", CAST("date" AS DATE) AS "date" FROM (SELECT 1) AS given';
  expect(typed([id, date])).toBe("SELECT 1");
  expect(typed([date, id])).toBe(cast);
  expect(typed([id, { name: "date", type: "TIMESTAMP" }])).toBe(cast);
  expect(typed([id, date, date])).toBe(cast);
});
