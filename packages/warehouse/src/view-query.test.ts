import { expect, test } from "vitest";
import { column, contractOf } from "./testing/contracts";
import { inReadingOrder, viewQuery } from "./view-query";

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
