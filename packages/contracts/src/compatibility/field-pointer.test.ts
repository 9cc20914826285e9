import { expect, test } from "vitest";
import { differences } from "./differences";
import { fieldPointer } from "./field-pointer";

test.each([
  ["/properties/feedback/properties/mood/maximum", "/feedback/mood"],
  ["/properties/days/items/properties/date/format", "/days/*/date"],
  ["/properties/tags/items/type", "/tags/*"],
  ["/properties/a~1b~0c/type", "/a~1b~0c"],
  ["/properties/properties/properties/items/type", "/properties/items"],
  ["/warehouse/key", ""],
  ["/title", ""],
  ["", ""],
])("%s is about the field %j", (pointer, field) => {
  expect(fieldPointer(pointer, {})).toBe(field);
});

test("the element of required that names a field is about that field", () => {
  const before = { properties: { map: { properties: { a: {}, b: {} }, required: ["a"] } } };
  const after = { properties: { map: { properties: { a: {}, b: {} }, required: ["a", "b"] } } };
  const [added] = differences(before, after);
  expect(fieldPointer(added?.pointer ?? "", after)).toBe("/map/b");
  const [removed] = differences(after, before);
  expect(fieldPointer(removed?.pointer ?? "", after)).toBe("/map/b");
});
