import { expect, test } from "vitest";
import { wilson } from "./wilson";

// Newcombe (1998), table I, method 3; and the two ends.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
  [5, 5, 0.5655, 1],
])("%i of %i lies between %f and %f", (successes, trials, low, high) => {
  expect(wilson(successes, trials).low).toBeCloseTo(low, 4);
  expect(wilson(successes, trials).high).toBeCloseTo(high, 4);
});
