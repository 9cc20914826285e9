import { expect, test } from "vitest";
import { effectivenessByRate, effectivenessByRelief } from "./effectiveness";

/** A double or two below: no value that a bound rounds away lies between. */
function below(value: number): number {
  return value - 2 ** -53;
}

test.each([
  [1, "Highly Effective"],
  [0.7, "Highly Effective"],
  [below(0.7), "Effective"],
  [0.5, "Effective"],
  [below(0.5), "Moderately Effective"],
  [0.3, "Moderately Effective"],
  [below(0.3), "Low Effectiveness"],
  [0, "Low Effectiveness"],
  [-9, "Low Effectiveness"],
  [null, null],
])("an average relief of %s is %s", (relief, category) => {
  expect(effectivenessByRelief(relief)).toBe(category);
});

test.each([
  [1, "Highly Effective"],
  [0.8, "Highly Effective"],
  [below(0.8), "Effective"],
  [0.6, "Effective"],
  [below(0.6), "Moderately Effective"],
  [0.4, "Moderately Effective"],
  [below(0.4), "Low Effectiveness"],
  [0, "Low Effectiveness"],
  [null, null],
])("an effectiveness rate of %s is %s", (rate, category) => {
  expect(effectivenessByRate(rate)).toBe(category);
});
