import { expect, test } from "vitest";
import { emptiedChecks } from "./emptied-checks";

const emptied = { table: "silver_medications", rows: 0, previous: 1200 };

test("a table that had rows and has none fails and blocks", () => {
  expect(emptiedChecks([emptied], false)).toEqual([
    {
      table: "silver_medications",
      metric: "not_emptied",
      category: "volume",
      value: 1,
      threshold: 0,
      status: "FAIL",
      description: "a table with rows does not become empty: 0 rows after 1,200 rows",
      blocking: true,
    },
  ]);
});

test("an operator who allows it is warned", () => {
  expect(emptiedChecks([emptied], true)).toMatchObject([{ status: "WARN", value: 1, blocking: false }]);
});

test.each([
  ["that keeps rows", 1, 1200],
  ["that was empty before", 0, 0],
  ["of the first run", 0, null],
])("a table %s passes", (_table, rows, previous) => {
  const checks = emptiedChecks([{ table: "silver_medications", rows, previous }], false);
  expect(checks).toMatchObject([{ status: "PASS", value: 0, blocking: false }]);
});
