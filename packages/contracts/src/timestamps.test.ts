import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  dayOf,
  epochDay,
  epochMicros,
  isTimestamp,
  plusMicros,
  timestampFromFirestore,
  timestampFromIso,
} from "./timestamps";

const MICROS_PER_MINUTE = 60_000_000n;
const FIRST = BigInt(Date.parse("0001-01-01T00:00:00Z")) * 1000n;
const LAST = BigInt(Date.parse("9999-12-31T23:59:59.999Z")) * 1000n + 999n;

/** Microseconds since 1970, of every instant that a contract can hold. */
const instants = fc.bigInt({ min: FIRST, max: LAST });

/** Canonical text by another way than the code under test: Date for milliseconds, BigInt for the rest. */
function reference(micros: bigint): string {
  const rest = ((micros % 1000n) + 1000n) % 1000n;
  const date = new Date(Number((micros - rest) / 1000n));
  return `${date.toISOString().slice(0, -1)}${String(rest).padStart(3, "0")}Z`;
}

function floorDiv(a: bigint, b: bigint): bigint {
  return (a - (((a % b) + b) % b)) / b;
}

describe("ISO 8601 text", () => {
  test.each([
    ["2024-08-26T15:33:27.642846Z", "2024-08-26T15:33:27.642846Z", "canonical text stays"],
    ["2024-08-26", "2024-08-26T00:00:00.000000Z", "a bare date is midnight UTC"],
    ["2024-08-26T15:33", "2024-08-26T15:33:00.000000Z", "seconds may be absent"],
    ["2024-08-26T15:33:27", "2024-08-26T15:33:27.000000Z", "no zone is UTC"],
    ["2024-08-26T15:33:27Z", "2024-08-26T15:33:27.000000Z", "no fraction"],
    ["2024-08-26T15:33:27.6Z", "2024-08-26T15:33:27.600000Z", "one decimal"],
    ["2024-08-26T15:33:27.642Z", "2024-08-26T15:33:27.642000Z", "milliseconds"],
    ["2024-08-26T15:33:27.642846", "2024-08-26T15:33:27.642846Z", "microseconds without zone"],
    ["2024-08-26T15:33:27.642846999Z", "2024-08-26T15:33:27.642846Z", "nanoseconds are floored"],
    ["1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999Z", "nanoseconds before 1970 are floored, too"],
    ["2024-08-26 15:33:27.642846 UTC", "2024-08-26T15:33:27.642846Z", "BigQuery's own text"],
    ["2024-08-26t15:33:27z", "2024-08-26T15:33:27.000000Z", "lower case"],
    ["2024-08-26T08:00:00+02:00", "2024-08-26T06:00:00.000000Z", "east of Greenwich"],
    ["2024-08-26T08:00:00-02:30", "2024-08-26T10:30:00.000000Z", "west of Greenwich"],
    ["2024-08-26T08:00:00+0200", "2024-08-26T06:00:00.000000Z", "zone without colon"],
    ["2024-08-26T08:00:00+02", "2024-08-26T06:00:00.000000Z", "zone without minutes"],
    ["2024-08-26T00:30:00+01:00", "2024-08-25T23:30:00.000000Z", "the zone moves the day"],
    ["2024-12-31T23:30:00-01:00", "2025-01-01T00:30:00.000000Z", "the zone moves the year"],
    ["2024-02-29", "2024-02-29T00:00:00.000000Z", "leap year"],
    ["2000-02-29", "2000-02-29T00:00:00.000000Z", "leap year of a fourth century"],
    ["2024-03-01T00:00:00+01:00", "2024-02-29T23:00:00.000000Z", "into a leap day"],
    ["1900-03-01T00:00:00+01:00", "1900-02-28T23:00:00.000000Z", "1900 had no leap day"],
    ["0001-01-01", "0001-01-01T00:00:00.000000Z", "the first day"],
    ["9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z", "the last microsecond"],
    ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z", "the epoch"],
  ])("%s is %s (%s)", (text, canonical) => {
    expect(timestampFromIso(text)).toBe(canonical);
  });

  test.each([
    ["", "nothing"],
    ["yesterday", "words"],
    ["2024", "a year"],
    ["2024-08", "a month"],
    ["2024-8-26", "one digit"],
    ["26.08.2024", "another notation"],
    ["20240826", "no dashes"],
    ["1724686407", "a number"],
    ["2023-02-29", "no leap year"],
    ["1900-02-29", "no leap year of a century"],
    ["2024-02-30", "no such day"],
    ["2024-04-31", "no such day"],
    ["2024-00-10", "no such month"],
    ["2024-13-10", "no such month"],
    ["2024-08-00", "no such day"],
    ["2024-08-26T24:00:00Z", "no such hour"],
    ["2024-08-26T23:60:00Z", "no such minute"],
    ["2024-08-26T23:59:60Z", "a leap second, which no warehouse holds"],
    ["2024-08-26T23:59:59.Z", "a point without decimals"],
    ["2024-08-26T23:59:59,5Z", "a comma"],
    ["2024-08-26T08:00:00+19:00", "no such zone"],
    ["2024-08-26T08:00:00+02:60", "no such zone"],
    ["2024-08-26T08:00:00+0299", "no such zone"],
    ["2024-08-26T08:00:00 CET", "a zone by name"],
    ["2024-08-26Z", "a day with a zone"],
    ["0000-01-01", "year 0"],
    ["0000-12-31T23:00:00Z", "year 0"],
    ["0001-01-01T00:30:00+01:00", "year 0 after the zone"],
    ["9999-12-31T23:30:00-01:00", "year 10000 after the zone"],
    ["-0001-01-01", "before year 1"],
    ["+12024-08-26", "beyond year 9999"],
    [" 2024-08-26", "a blank before"],
    ["2024-08-26\n", "a line break after"],
    ["２０２４-08-26", "digits that are not ASCII"],
    ["2024-08-26T15:33:27.642846Z2024", "more after it"],
  ])("%j is no instant (%s)", (text) => {
    expect(timestampFromIso(text)).toBeNull();
  });

  test("text with any offset is the instant that BigInt computes", () => {
    const offsets = fc.integer({ min: -18 * 60, max: 18 * 60 });
    fc.assert(
      fc.property(instants, offsets, (micros, offset) => {
        const local = micros + BigInt(offset) * MICROS_PER_MINUTE;
        fc.pre(local >= FIRST && local <= LAST);
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
        const zone = `${offset < 0 ? "-" : "+"}${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
        expect(timestampFromIso(reference(local).replace("Z", zone))).toBe(reference(micros));
      }),
    );
  });

  test("any text gives canonical text or nothing, and canonical text stays as it is", () => {
    const near = fc.stringMatching(
      /^\d{4}-[01]\d-[0-3]\d([Tt ][0-2]\d:[0-6]\d(:[0-6]\d(\.\d{1,9})?)?(Z|z| UTC|[+-][01]\d(:?[0-6]\d)?)?)?$/,
    );
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        const canonical = timestampFromIso(text);
        if (canonical === null) return;
        expect(canonical).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/);
        expect(isTimestamp(canonical)).toBe(true);
        expect(timestampFromIso(canonical)).toBe(canonical);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("Firestore Timestamps", () => {
  test.each([
    [0, 0, "1970-01-01T00:00:00.000000Z"],
    [0, 999, "1970-01-01T00:00:00.000000Z"],
    [0, 1000, "1970-01-01T00:00:00.000001Z"],
    [1_724_686_407, 642_846_999, "2024-08-26T15:33:27.642846Z"],
    // Firestore counts nanoseconds upwards, before 1970 as well.
    [-1, 999_999_999, "1969-12-31T23:59:59.999999Z"],
    [-1, 0, "1969-12-31T23:59:59.000000Z"],
    [951_782_400, 0, "2000-02-29T00:00:00.000000Z"],
    [-62_135_596_800, 0, "0001-01-01T00:00:00.000000Z"],
    [253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999999Z"],
  ])("%d s and %d ns are %s", (seconds, nanoseconds, canonical) => {
    expect(timestampFromFirestore(seconds, nanoseconds)).toBe(canonical);
  });

  test.each([-62_135_596_801, 253_402_300_800, 1e18, -1e18, Number.MAX_SAFE_INTEGER])(
    "%d s lie outside of years 1 to 9999",
    (seconds) => {
      expect(timestampFromFirestore(seconds, 0)).toBeNull();
    },
  );

  test("every instant is the one that BigInt computes, floored to microseconds", () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: 0, max: 999 }), (micros, nanos) => {
        const seconds = floorDiv(micros, 1_000_000n);
        const nanoseconds = Number(micros - seconds * 1_000_000n) * 1000 + nanos;
        expect(timestampFromFirestore(Number(seconds), nanoseconds)).toBe(reference(micros));
      }),
    );
  });

  test("days beyond the memo's size come out right as well", () => {
    for (let day = -60_000; day <= 60_000; day++) {
      const expected = `${new Date(day * 86_400_000).toISOString().slice(0, 10)}T00:00:00.000000Z`;
      if (timestampFromFirestore(day * 86_400, 0) !== expected) expect.fail(`day ${day} is not ${expected}`);
    }
  });
});

describe("canonical text", () => {
  test("byte order is time order", () => {
    fc.assert(
      fc.property(instants, instants, (a, b) => {
        const order = Buffer.compare(Buffer.from(reference(a)), Buffer.from(reference(b)));
        expect(order).toBe(a === b ? 0 : a < b ? -1 : 1);
        // What orders changes is JavaScript's own comparison.
        expect(reference(a) < reference(b)).toBe(a < b);
      }),
    );
  });

  test("it is recognised, and nothing else is", () => {
    const edits = fc.tuple(instants, fc.nat(26), fc.constantFrom(..."0123456789-:.TZz +"));
    fc.assert(
      fc.property(edits, ([micros, at, character]) => {
        const text = reference(micros);
        expect(isTimestamp(text)).toBe(true);
        const edited = text.slice(0, at) + character + text.slice(at + 1);
        const shape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/.test(edited);
        // Date rolls a day that the calendar lacks over to the next month, so the round trip tells.
        const milliseconds = Date.parse(`${edited.slice(0, 23)}Z`);
        const isReal =
          !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === `${edited.slice(0, 23)}Z`;
        expect(isTimestamp(edited)).toBe(shape && isReal && edited >= "0001");
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    "",
    "2024-08-26T15:33:27.642Z",
    "2024-08-26T15:33:27.642846",
    "2024-08-26T15:33:27.6428460Z",
    "0000-12-31T23:00:00.000000Z",
  ])("%j is not it", (text) => {
    expect(isTimestamp(text)).toBe(false);
  });

  test("its day is the UTC day, and days count from 1970", () => {
    fc.assert(
      fc.property(instants, (micros) => {
        const day = dayOf(reference(micros));
        expect(day).toBe(reference(micros).slice(0, 10));
        expect(BigInt(epochDay(day))).toBe(floorDiv(micros, 86_400_000_000n));
      }),
    );
  });

  test("its microseconds are exact from 1684 to 2255", () => {
    const exact = fc.bigInt({
      min: BigInt(Date.parse("1685-01-01T00:00:00Z")) * 1000n,
      max: BigInt(Date.parse("2255-01-01T00:00:00Z")) * 1000n,
    });
    fc.assert(
      fc.property(exact, (micros) => {
        expect(BigInt(epochMicros(reference(micros)))).toBe(micros);
      }),
    );
  });
});

test.each([
  ["2024-03-01T08:00:00.999999Z", 1, "2024-03-01T08:00:01.000000Z"],
  ["2024-03-01T00:00:00.000000Z", -1, "2024-02-29T23:59:59.999999Z"],
  ["1970-01-01T00:00:00.000000Z", -60_000_000, "1969-12-31T23:59:00.000000Z"],
  ["2024-12-31T23:59:59.000001Z", 0, "2024-12-31T23:59:59.000001Z"],
])("%s and %i microseconds is %s", (timestamp, micros, later) => {
  expect(plusMicros(timestamp, micros)).toBe(later);
});
