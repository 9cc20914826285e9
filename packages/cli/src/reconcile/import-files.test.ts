import { compareChanges, type Operation } from "@junoplus/bronze-ingest";
import { plusMicros } from "@junoplus/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { importInstant } from "./import-files";

const START = "2024-01-01T00:00:00.000000Z";
const instant = fc.integer({ min: 0, max: 50 }).map((micros) => plusMicros(START, micros));
const imported = (timestamp: string) => ({ timestamp, operation: "IMPORT" as Operation, eventId: "", data: "{}" });

test("an import has the commit time of the document's last write", () => {
  const document = { updatedAt: plusMicros(START, 5), readAt: plusMicros(START, 9) };
  expect(importInstant(document, null)).toEqual({ timestamp: document.updatedAt, supersedes: true });
  expect(importInstant(document, START)).toEqual({ timestamp: document.updatedAt, supersedes: true });
});

test("where silver holds something later that was never so, it is the next microsecond", () => {
  const document = { updatedAt: START, readAt: plusMicros(START, 9) };
  const { timestamp } = importInstant(document, plusMicros(START, 7));
  expect(timestamp).toBe(plusMicros(START, 8));
});

test("what is stamped later than the document was read cannot be superseded, and that is said", () => {
  const document = { updatedAt: START, readAt: plusMicros(START, 9) };
  expect(importInstant(document, plusMicros(START, 9))).toEqual({ timestamp: START, supersedes: false });
});

test("an import loses to whatever is committed after the document was read, and beats what silver holds if it says so", () => {
  fc.assert(
    fc.property(
      instant,
      fc.nat(20),
      fc.option(instant),
      fc.integer({ min: 1, max: 50 }),
      (updatedAt, age, held, delay) => {
        const readAt = plusMicros(updatedAt, age);
        const { timestamp, supersedes } = importInstant({ updatedAt, readAt }, held);
        const later = plusMicros(readAt, delay);
        for (const operation of ["DELETE", "UPDATE"] as const) {
          const next = { timestamp: later, operation, eventId: "e", data: null };
          expect(compareChanges(imported(timestamp), next)).toBeLessThan(0);
        }
        if (!supersedes || held === null) return;
        const before = { timestamp: held, operation: "UPDATE" as const, eventId: "e", data: "{}" };
        expect(compareChanges(imported(timestamp), before)).toBeGreaterThan(0);
      },
    ),
  );
});

test("a deletion at the very instant of the last write beats the import", () => {
  const { timestamp } = importInstant({ updatedAt: START, readAt: START }, null);
  const deletion = { timestamp: START, operation: "DELETE" as const, eventId: "e", data: null };
  expect(compareChanges(imported(timestamp), deletion)).toBeLessThan(0);
});
