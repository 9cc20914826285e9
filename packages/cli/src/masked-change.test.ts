import fc from "fast-check";
import { expect, test } from "vitest";
import { maskedChange } from "./masked-change";

test("a change shows its keys and the shape of its document, no value", () => {
  const change = {
    timestamp: "2024-01-01T00:00:00.000000Z",
    event_id: "e1",
    document_name: "users/u1/period_tracking/d1",
    operation: "UPDATE",
    data: JSON.stringify({
      mood: "low",
      pain_level: 11,
      days: [{ symptoms: ["cramps"], temp: 36.6 }],
      ok: true,
      none: null,
    }),
    old_data: null,
  };
  expect(maskedChange(JSON.stringify(change))).toEqual({
    ...change,
    data: {
      mood: "<string>",
      pain_level: "<integer>",
      days: [{ symptoms: ["<string>"], temp: "<number>" }],
      ok: "<boolean>",
      none: null,
    },
  });
});

test("data that is no JSON shows its length only", () => {
  expect(maskedChange(JSON.stringify({ data: '{"mood":"lo' }))).toEqual({ data: "<text of 11 characters, not JSON>" });
});

test("a line that is no JSON shows its length only", () => {
  expect(maskedChange('{"data":"{mood: lo')).toBe("<text of 18 characters, not a JSON object>");
});

test("no text, number or field of an unknown column is ever shown", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^secret[a-z]{4,20}$/), fc.integer({ min: 100_000 }), (text, number) => {
      const document = { a: text, b: [text, { c: number }], d: { e: { f: text } } };
      for (const payload of [
        { data: JSON.stringify(document) },
        { data: text },
        { data: JSON.stringify(text) },
        { extra: document, other: text },
      ]) {
        const shown = JSON.stringify(maskedChange(JSON.stringify(payload)));
        expect(shown).not.toContain(text);
        expect(shown).not.toContain(String(number));
      }
    }),
  );
});
