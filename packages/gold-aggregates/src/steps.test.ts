import { expect, test } from "vitest";
import { type Steps, wordOf } from "./steps";

const SIZES: Steps<string> = {
  below: [
    [0, "negative"],
    [1.5, "small"],
  ],
  otherwise: "big",
};

test.each([
  [-0.1, "negative"],
  [0, "small"],
  [1.4, "small"],
  [1.5, "big"],
  [1e9, "big"],
])("a bound belongs to the step above it: %d is %s", (value, word) => {
  expect(wordOf(SIZES, value)).toBe(word);
});
