import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { createFrom } from "./create";
import { type FileRange, fileRanges, type LinesFile, linesOf, linesOfRanges, spreadRanges } from "./file-ranges";
import { collect } from "./testing/run-and-collect";

const CHUNK = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), "file-ranges-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array): LinesFile {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return { path, bytes: bytes.length };
}

function linesOfAll(ranges: readonly FileRange[]): string[] {
  return ranges.flatMap((range) => [...linesOf(range)]);
}

/** What lines are: text between line feeds, less one carriage return at the end; nothing after the last line feed is no line. */
function split(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}

const line = fc.oneof(
  fc.constant(""),
  fc.string({ unit: "binary", maxLength: 12 }).map((text) => text.replaceAll("\n", "")),
  fc.string({ unit: fc.constantFrom("é", "😀", "\r", "a", "\u2028"), maxLength: 30 }),
);
const contents = fc
  .tuple(fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n"))), fc.constantFrom("", "last", "é", "\r"))
  .map(([lines, last]) => lines.map(([text, end]) => text + end).join("") + last);

/** Contents, and a range size from one byte to the whole file. */
const cut = contents
  .map((text) => Buffer.from(text, "utf8"))
  .chain((bytes) =>
    fc.record({ bytes: fc.constant(bytes), rangeBytes: fc.integer({ min: 1, max: bytes.length || 1 }) }),
  );

describe("the lines of the ranges of a file", () => {
  test("are the lines of the file, in order, whatever the contents and the size of a range", () => {
    fc.assert(
      fc.property(cut, ({ bytes, rangeBytes }) => {
        const ranges = fileRanges([file("any.ndjson", bytes)], rangeBytes);
        expect(linesOfAll(ranges)).toEqual(split(bytes.toString("utf8")));
      }),
      { numRuns: 300 },
    );
  });

  test("are those behind the begin that is given, when it lies at the end of a line", () => {
    const begun = contents
      .filter((text) => text.includes("\n"))
      .chain((text) => {
        const bytes = Buffer.from(text, "utf8");
        const ends = [...bytes.keys()].filter((at) => bytes[at] === 10);
        return fc.tuple(fc.constant(bytes), fc.constantFrom(...ends), fc.boolean(), fc.integer({ min: 1, max: 50 }));
      });
    fc.assert(
      fc.property(begun, ([bytes, end, isBefore, rangeBytes]) => {
        // A line that has been read without its break is behind it as well; an empty one has not been read without it.
        const start = isBefore && end > 0 && bytes[end - 1] !== 10 ? end : end + 1;
        const ranges = fileRanges([{ ...file("begun.ndjson", bytes), start }], rangeBytes);
        expect(linesOfAll(ranges)).toEqual(split(bytes.subarray(end + 1).toString("utf8")));
      }),
      { numRuns: 300 },
    );
  });

  test("are the file's for every size of a range", () => {
    const text = "ab\r\n\n\r\ncd é\n😀😀\nlast";
    const any = file("every.ndjson", Buffer.from(text));
    for (let rangeBytes = 1; rangeBytes <= any.bytes + 1; rangeBytes++) {
      expect(linesOfAll(fileRanges([any], rangeBytes)), `ranges of ${rangeBytes}`).toEqual(split(text));
    }
  });

  test("are the file's when lines are as long as what is read at once, or longer", () => {
    const length = fc.constantFrom(0, 1, CHUNK - 2, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 3);
    const shape = fc.record({
      lengths: fc.array(length, { minLength: 1, maxLength: 5 }),
      letter: fc.constantFrom("a", "é", "😀"),
      end: fc.constantFrom("\n", "\r\n"),
      ended: fc.boolean(),
      rangeBytes: fc.integer({ min: CHUNK / 4, max: 3 * CHUNK }),
    });
    fc.assert(
      fc.property(shape, ({ lengths, letter, end, ended, rangeBytes }) => {
        // One byte too many now and then, so that characters lie across the edges of what is read.
        const lines = lengths.map((bytes, i) => "a".repeat(i % 2) + letter.repeat(bytes / Buffer.byteLength(letter)));
        const bytes = Buffer.from(lines.join(end) + (ended ? end : ""));
        const read = linesOfAll(fileRanges([file("long.ndjson", bytes)], rangeBytes));
        expect(read.map(digest)).toEqual(split(bytes.toString("utf8")).map(digest));
      }),
      { numRuns: 20 },
    );
  });

  test("are the file's when one line has 20 MB and lies over many ranges", () => {
    const long = "é".repeat(10_000_000);
    const bytes = Buffer.from(`first\n${long}\nlast\n`);
    const ranges = fileRanges([file("20mb.ndjson", bytes)], CHUNK);
    const read = ranges.map((range) => [...linesOf(range)]);
    expect(ranges.length).toBe(20);
    expect(read.flat().map(digest)).toEqual(["first", long, "last"].map(digest));
    expect(read.filter((lines) => lines.length > 0).length).toBe(2);
  });

  test("are found behind the rest of a line that began before the range, however long it is", () => {
    const { path, bytes } = file("behind.ndjson", Buffer.from(`${"a".repeat(3 * CHUNK)}\nb\nc\n`));
    expect([...linesOf({ path, start: 10, end: bytes })]).toEqual(["b", "c"]);
    expect([...linesOf({ path, start: 10, end: 3 * CHUNK })]).toEqual([]);
  });

  test("are none when the range is empty", () => {
    const { path } = file("some.ndjson", Buffer.from("a\nb\n"));
    for (const at of [0, 1, 2, 4, 9]) expect([...linesOf({ path, start: at, end: at })]).toEqual([]);
  });
});

/** Long lines make failures unreadable. */
function digest(text: string): string {
  return `${text.length}:${text.slice(0, 3)}…${text.slice(-3)}`;
}

describe("compressed files", () => {
  test("give the lines of what they hold", () => {
    fc.assert(
      fc.property(contents, (text) => {
        const ranges = fileRanges([file("any.ndjson.gz", gzipSync(text))], 3);
        expect(linesOfAll(ranges)).toEqual(split(text));
      }),
    );
  });

  test("are one range, whatever their size", () => {
    const zipped = file("one.gz", gzipSync("a\nb\n"));
    expect(fileRanges([zipped], 1)).toMatchObject([{ path: zipped.path, start: 0 }]);
  });

  test("of several members are read to the last", () => {
    const bytes = Buffer.concat([gzipSync("a\nb"), gzipSync("c\nd\n")]);
    expect(linesOfAll(fileRanges([file("members.gz", bytes)]))).toEqual(["a", "bc", "d"]);
  });

  test("that were cut off are a fault, and not a shorter file", () => {
    const whole = gzipSync("a\n".repeat(1000));
    const cutOff = fileRanges([file("cut.gz", whole.subarray(0, whole.length - 9))]);
    expect(() => linesOfAll(cutOff)).toThrow("unexpected end of file");
  });
});

test("an empty file has no range, and no line", () => {
  const empty = file("empty.ndjson", Buffer.alloc(0));
  expect(fileRanges([empty])).toEqual([]);
  expect([...linesOf({ path: empty.path, start: 0, end: 1 })]).toEqual([]);
});

test("the ranges of a file lie side by side from its first byte to its last", () => {
  const sizes = fc.record({ bytes: fc.nat(2000), rangeBytes: fc.integer({ min: 1, max: 2500 }) });
  fc.assert(
    fc.property(sizes, ({ bytes, rangeBytes }) => {
      const ranges = fileRanges([{ path: "p", bytes }], rangeBytes);
      expect(ranges.map(({ start }) => start)).toEqual([0, ...ranges.map(({ end }) => end)].slice(0, ranges.length));
      expect(ranges.at(-1)?.end ?? 0).toBe(bytes);
      expect(ranges.every(({ start, end }) => start < end && end - start <= rangeBytes)).toBe(true);
      expect(ranges.every(({ path }) => path === "p")).toBe(true);
    }),
  );
});

test("a missing file is a fault", () => {
  expect(() => [...linesOf({ path: join(folder, "missing"), start: 0, end: 1 })]).toThrow("ENOENT");
});

test("a pipeline reads every line of all files once", async () => {
  const files = [
    file("one.ndjson", Buffer.from("same\nonly one\r\nsame\n")),
    file("two.ndjson", Buffer.from("same\nlast")),
    file("three.ndjson.gz", gzipSync("é\n")),
    file("none.ndjson", Buffer.alloc(0)),
  ];
  const { outputs } = await collect((root) => ({
    lines: root
      .apply(createFrom(fileRanges(files, 4)))
      .apply(spreadRanges())
      .flatMap(linesOfRanges),
  }));
  expect(outputs["lines"]?.toSorted()).toEqual(["last", "only one", "same", "same", "same", "é"]);
});
