import { expect, test } from "vitest";
import { decimal, fixed, hours, minute, percent, signedPercent, span } from "./wording";

/** Blanks that keep number and unit together, made visible. */
const plain = (text: string) => text.replace(/\u00a0/g, " ");

test.each([
  [0, "0.0 %"],
  [0.125, "12.5 %"],
  [1, "100.0 %"],
  [0.0001, "< 0.1 %"],
])("%f as a share is %s", (fraction, text) => {
  expect(plain(percent(fraction))).toBe(text);
});

test.each([
  [0.034, "+3.4 %"],
  [-0.25, "−25.0 %"],
  [0, "±0.0 %"],
  [12.5, "+1,250.0 %"],
])("%f as a change is %s", (fraction, text) => {
  expect(plain(signedPercent(fraction))).toBe(text);
});

test.each([
  ["2024-06-01T00:00:00.800000Z", "0.8 s"],
  ["2024-06-01T00:00:42.000000Z", "42 s"],
  ["2024-06-01T00:01:12.400000Z", "1 min 12 s"],
  ["2024-06-01T00:59:59.900000Z", "1 h 0 min"],
  ["2024-06-01T02:05:00.000000Z", "2 h 5 min"],
])("until %s it takes %s", (end, text) => {
  expect(plain(span("2024-06-01T00:00:00.000000Z", end))).toBe(text);
});

test.each([
  [5.25, "5.3 h"],
  [100, "4 days"],
  [-0.5, "0.5 h ahead of the clock"],
])("%f hours read %s", (count, text) => {
  expect(plain(hours(count))).toBe(text);
});

test("numbers have separators, instants their zone", () => {
  expect(decimal(-1234.5678, 2)).toBe("−1,234.57");
  expect(fixed(3, 1)).toBe("3.0");
  expect(plain(minute("2024-06-01T07:08:09.123456Z"))).toBe("2024-06-01 07:08 UTC");
});
