import fc from "fast-check";
import { expect, test } from "vitest";
import { type PagePart, pageWithin } from "./page-size";

const INSTEAD = "See it by the command.";
const part = (text: string, dispensable: PagePart["dispensable"], what: string): PagePart => ({
  lines: [text],
  dispensable,
  what,
});

test("a page that fits is whole", () => {
  expect(pageWithin([part("head", 0, "heads"), part("detail", 3, "details")], 100, INSTEAD)).toBe("head\n\ndetail\n");
});

test("the most dispensable go first, from the end, and the page says so", () => {
  const parts = [
    part("head", 0, "heads"),
    part("a".repeat(100), 2, "tables"),
    part("b".repeat(100), 3, "statements"),
    part("c".repeat(100), 2, "tables"),
  ];
  const page = pageWithin(parts, 230, INSTEAD);
  expect(page).toContain("a".repeat(100));
  expect(page).not.toContain("bbb");
  expect(page).not.toContain("ccc");
  expect(page).toContain(
    "> Left out, because the page would be too long: 1 × statements, 1 × tables. See it by the command.",
  );
});

test("any parts make a page within the limit that begins with the first", () => {
  const parts = fc.array(
    fc.record({
      lines: fc.array(fc.string({ maxLength: 200 }), { minLength: 1, maxLength: 20 }),
      dispensable: fc.constantFrom(0, 1, 2, 3),
      what: fc.constantFrom("tables", "statements"),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(parts, fc.integer({ min: 300, max: 5_000 }), (some, limit) => {
      const all = [part("The verdict.", 0, "verdicts"), ...(some as readonly PagePart[])];
      const page = pageWithin(all, limit, INSTEAD);
      expect(page.length).toBeLessThanOrEqual(limit);
      expect(page.startsWith("The verdict.")).toBe(true);
      const whole = `${all.map(({ lines }) => lines.join("\n")).join("\n\n")}\n`;
      expect(page === whole || page.includes(INSTEAD)).toBe(true);
    }),
  );
});
