import { expect, test } from "vitest";
import { lineOf } from "./annotations";

const TEXT = `{
  "$id": "urn",
  "properties": {
    "a/b": {
      "enum": [
        "x",
        "y"
      ]
    }
  }
}
`;

test.each([
  ["/$id", 2],
  ["/properties/a~1b", 4],
  ["/properties/a~1b/enum", 5],
  ["/properties/a~1b/enum/1", 5],
  ["/properties/a~1b/maximum", 4],
  ["/properties/gone", 3],
  ["/nothing", 1],
  ["", 1],
])("%s stands in line %d; what is not there, where it would be", (pointer, line) => {
  expect(lineOf(TEXT, pointer)).toBe(line);
});
