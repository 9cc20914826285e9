import { expect, test } from "vitest";
import { describedTable, describedTableText, tableFacts } from "./table-facts";
import { everyType } from "./testing/contracts";

test("description and facts come back from one text, whatever the description holds", () => {
  for (const description of ["", "One row per thing.", "Two.\n\nParagraphs.\n\n", '{"kind":"table"}']) {
    const described = { description, facts: tableFacts(everyType) };
    expect(describedTable(describedTableText(described))).toEqual(described);
  }
});

test("options of partitions come back from the text where a contract has them, and change no other table's text", () => {
  const facts = tableFacts({ ...everyType, requirePartitionFilter: true, partitionExpirationDays: 30 });
  expect(describedTable(describedTableText({ description: "", facts }))?.facts).toMatchObject({
    requirePartitionFilter: true,
    partitionExpirationDays: 30,
  });
  expect(Object.keys(tableFacts(everyType))).toEqual(["kind", "version", "key", "partition", "cluster"]);
});

test("a text of another hand has no facts", () => {
  for (const text of [null, "", "A table.", "A table.\n\nWith more.", 'A table.\n\n{"kind":1}', "A table.\n\n[]"]) {
    expect(describedTable(text)).toBeNull();
  }
});

test("a view's facts tell one query from another", () => {
  expect(tableFacts(everyType, "SELECT 1").query).not.toBe(tableFacts(everyType, "SELECT 2").query);
  expect(tableFacts(everyType)).not.toHaveProperty("query");
});
