import { rejectedChangePayloads } from "@junoplus/contracts";
import { expect, test } from "vitest";
import { checkedLine, RowBreaksContractError } from "./table-writer";

const ROW = {
  run_id: "r1",
  checked_at: "2025-01-01T00:00:00.000000Z",
  table_name: "medications_data",
  change_hash: "h",
  change: "{}",
};

test("a row that keeps its contract is one line of JSON", () => {
  expect(checkedLine(ROW, { contract: rejectedChangePayloads })).toBe(JSON.stringify(ROW));
});

test("a row that breaks its contract ends the run: table, pointers and rules are named, no value", () => {
  const row = { ...ROW, change: 12345, mood: "low" };
  const write = (): string => checkedLine(row, { contract: rejectedChangePayloads });
  expect(write).toThrow(RowBreaksContractError);
  expect(write).toThrow(/rejected_change_payloads .*\/mood is not in the contract; \/change must be string/);
  expect(write).not.toThrow(/12345|low/);
});
