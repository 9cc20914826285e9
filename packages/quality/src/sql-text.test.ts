import { expect, test } from "vitest";
import { sqlText } from "./sql-text";

test("words stand between quotes", () => {
  expect(sqlText("run-2024 55+")).toBe("'run-2024 55+'");
});

test.each(["it's", "back\\slash", "two\nlines"])("%j is refused", (word) => {
  expect(() => sqlText(word)).toThrow(/cannot stand in SQL/);
});
