import { describe, expect, test } from "vitest";
import { type Ink, PALETTE } from "./palette";

/** Contrast of two colours as WCAG 2 defines it. */
function contrast(a: string, b: string): number {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const TEXTS: readonly (readonly [Ink, Ink])[] = [
  ["text", "surface"],
  ["text", "sunken"],
  ["text", "good-back"],
  ["text", "bad-back"],
  ["muted", "surface"],
  ["good", "good-back"],
  ["warn", "warn-back"],
  ["bad", "bad-back"],
  ["bad", "surface"],
  ["on-live", "live"],
  ["on-superseded", "superseded"],
  ["on-deleted", "deleted"],
  ["on-duplicates", "duplicates"],
  ["on-rejected", "rejected"],
];
const SHAPES: readonly Ink[] = ["strong", "quiet", "live", "superseded", "deleted", "duplicates", "rejected"];

describe.each(["light", "dark"] as const)("on %s screens", (screen) => {
  const colours = PALETTE[screen];
  test.each(TEXTS)("%s can be read on %s (AA, 4.5)", (text, back) => {
    expect(contrast(colours[text], colours[back])).toBeGreaterThanOrEqual(4.5);
  });
  test.each(SHAPES)("%s can be seen (AA, 3)", (shape) => {
    expect(contrast(colours[shape], colours.surface)).toBeGreaterThanOrEqual(3);
  });
});
