import { expect, test } from "vitest";
import { MedicationsInUse } from "./medications-in-use";
import { at, medication } from "./testing/silver-rows";

const MORNING = at("2024-03-10 08:00");

test.each([
  ["from the change that brought it", {}, "2024-03-10T08:00:00.000000Z", true],
  ["not before that change", {}, "2024-03-10T07:59:59.999999Z", false],
  ["from the start of an earlier start_date", { start_date: "2024-03-01" }, "2024-03-01T00:00:00.000000Z", true],
  ["not before the start_date", { start_date: "2024-03-01" }, "2024-02-29T23:59:59.999999Z", false],
  ["from a start_date on the session's day", { start_date: "2024-03-10" }, "2024-03-10T00:00:00.000000Z", true],
  ["not before a start_date to come", { start_date: "2024-03-12" }, "2024-03-11T23:59:59.999999Z", false],
  ["from a start_date to come", { start_date: "2024-03-12" }, "2024-03-12T00:00:00.000000Z", true],
  ["until just before its end", { valid_to: at("2024-03-20 08:00") }, "2024-03-20T07:59:59.999999Z", true],
  ["not at its end", { valid_to: at("2024-03-20 08:00") }, "2024-03-20T08:00:00.000000Z", false],
  [
    "never when it ended before it was to start",
    { start_date: "2024-03-25", valid_to: at("2024-03-20 08:00") },
    "2024-03-26T08:00:00.000000Z",
    false,
  ],
  [
    "never when it ended as it was to start",
    { start_date: "2024-03-25", valid_to: at("2024-03-25 00:00") },
    "2024-03-25T00:00:00.000000Z",
    false,
  ],
])("a medication counts %s", (_rule, known, instant, inUse) => {
  expect(new MedicationsInUse([medication("ibuprofen", MORNING, known)]).at(instant)).toEqual(
    inUse ? ["ibuprofen"] : [],
  );
});

test("a key with several periods counts once, and as long as one of them", () => {
  const medications = new MedicationsInUse([
    medication("ibuprofen", at("2024-03-01 08:00"), { valid_to: at("2024-03-10 08:00") }),
    medication("ibuprofen", at("2024-03-10 08:00"), { start_date: "2024-03-05", valid_to: at("2024-03-20 08:00") }),
  ]);
  const days = ["2024-02-01 08:00", "2024-03-06 08:00", "2024-03-10 08:00", "2024-03-15 08:00", "2024-03-20 08:00"];
  expect(days.map((day) => medications.at(at(day)))).toEqual([[], ["ibuprofen"], ["ibuprofen"], ["ibuprofen"], []]);
});

test("a key may come back", () => {
  const medications = new MedicationsInUse([
    medication("ibuprofen", at("2024-03-20 08:00")),
    medication("ibuprofen", at("2024-03-01 08:00"), { valid_to: at("2024-03-10 08:00") }),
  ]);
  const days = ["2024-03-06 08:00", "2024-03-15 08:00", "2024-03-25 08:00"];
  expect(days.map((day) => medications.at(at(day)))).toEqual([["ibuprofen"], [], ["ibuprofen"]]);
});

test("keys are in UTF-8 byte order, whatever the order of the rows", () => {
  const keys = ["\u{1F600}", "b", "\uFFFD", "a", "c"];
  const medications = new MedicationsInUse(keys.map((key) => medication(key, MORNING)));
  expect(medications.at(MORNING)).toEqual(["a", "b", "c", "\uFFFD", "\u{1F600}"]);
});

test("an answer stays as it was given", () => {
  const medications = new MedicationsInUse([medication("a", MORNING), medication("b", at("2024-03-11 08:00"))]);
  const first = medications.at(MORNING);
  expect(medications.at(at("2024-03-10 09:00"))).toBe(first);
  expect(medications.at(at("2024-03-11 08:00"))).toEqual(["a", "b"]);
  expect(first).toEqual(["a"]);
});
