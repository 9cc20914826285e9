import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createFrom, type FileRange, fileRanges } from "@junoplus/beam-runtime";
import { collect } from "@junoplus/beam-runtime/testing/run-and-collect";
import {
  type BronzeTherapySessions,
  bronzeMedications,
  bronzeTherapySessions,
  type ChangelogContract,
} from "@junoplus/contracts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CurrentDocument, DocumentHistory, RejectedChange } from "./change";
import { CHANGE_COUNTERS, changeCounter, changes, documentHistories, latestDocuments, type RowKeysOf } from "./changes";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "changes-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** Writes a file of the change log; `.gz` is compressed. */
function write(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, name.endsWith(".gz") ? gzipSync(text) : text);
  return path;
}

function ranges(paths: readonly string[], rangeBytes?: number): readonly FileRange[] {
  return fileRanges(
    paths.map((path) => ({ path, bytes: statSync(path).size })),
    rangeBytes,
  );
}

/** A line of the change log of therapy sessions, at a second of one day. */
function line(second: number, session: string, status: string | null, more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    timestamp: `2024-08-26T10:00:${String(second).padStart(2, "0")}.000001Z`,
    event_id: `e${second}`,
    document_name: `users/u1/therapy_sessions/${session}`,
    operation: status === null ? "DELETE" : "UPDATE",
    data: status === null ? null : JSON.stringify({ status }),
    ...more,
  });
}

interface Latest {
  readonly documents: Readonly<Record<string, string>>;
  readonly rejected: readonly RejectedChange[];
  readonly counts: Readonly<Record<string, number>>;
}

/** The live documents of a log, by session and status, what was rejected, and the counters that are not zero. */
async function latest(input: readonly FileRange[]): Promise<Latest> {
  const { outputs, counters } = await collect((root) =>
    root.apply(createFrom(input)).apply(changes(bronzeTherapySessions)).apply(latestDocuments(bronzeTherapySessions)),
  );
  const documents = (outputs["documents"] as readonly CurrentDocument[])
    .map(({ path, data }) => [path.split("/")[3] ?? "", (JSON.parse(data) as { status: string }).status] as const)
    .sort();
  return {
    documents: Object.fromEntries(documents),
    rejected: outputs["rejected"] as readonly RejectedChange[],
    counts: countsOf(bronzeTherapySessions, counters),
  };
}

function countsOf({ prefix }: ChangelogContract, counters: Readonly<Record<string, number>>): Record<string, number> {
  const counts = CHANGE_COUNTERS.map((what) => [what, counters[changeCounter(prefix, what)]] as const);
  return Object.fromEntries(counts.filter((entry): entry is [(typeof entry)[0], number] => entry[1] !== undefined));
}

describe("what documents leave to the next run", () => {
  const lines = [line(1, "s1", "a"), line(2, "s1", "b c"), line(1, "s2", "d"), line(2, "s2", null), "{"];
  const rowKeysOf: RowKeysOf<BronzeTherapySessions> = (document) => (document().status ?? "").split(" ");
  const left = async (leavesStates: boolean) => {
    const input = ranges([write("left.ndjson", lines.join("\n"))]);
    const { outputs } = await collect((root) =>
      root
        .apply(createFrom(input))
        .apply(changes(bronzeTherapySessions))
        .apply(latestDocuments(bronzeTherapySessions, { rowKeysOf, leavesStates })),
    );
    return outputs as Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  };

  test("is what tells the rows apart that a live document shares, of none that is deleted or never was", async () => {
    const { states = [] } = await left(true);
    const keys = states.map(({ document_key, row_keys }) => [String(document_key).split("/")[3] ?? "", row_keys]);
    expect(keys.sort()).toEqual([
      ["", []],
      ["s1", ["b", "c"]],
      ["s2", []],
    ]);
  });

  test("is nothing where no run is to go on from this one, and all else is the same", async () => {
    const { states, ...others } = await left(false);
    const { states: _states, ...same } = await left(true);
    expect(states).toEqual([]);
    expect(others).toEqual(same);
    expect(others["documents"]).toHaveLength(1);
  });
});

describe("the lines of a change log", () => {
  test("are those of all its files, plain and compressed, in any order of changes", async () => {
    const plain = write("a.ndjson", `${line(3, "s1", "third")}\n${line(1, "s2", "first")}\n`);
    const packed = write(
      "b.ndjson.gz",
      `${line(1, "s1", "first")}\n${line(2, "s2", "second")}\n${line(9, "s3", "only")}`,
    );
    expect(await latest(ranges([plain, packed]))).toEqual({
      documents: { s1: "third", s2: "second", s3: "only" },
      rejected: [],
      counts: { read: 5, superseded: 2, live: 3 },
    });
  });

  test("may end in CR LF, and blank ones are no changes", async () => {
    const text = ["", line(1, "s1", "a"), "", "  \t", line(2, "s2", "b"), "", ""].join("\r\n");
    const expected = { documents: { s1: "a", s2: "b" }, rejected: [], counts: { read: 2, live: 2 } };
    expect(await latest(ranges([write("a.ndjson", text)]))).toEqual(expected);
    expect(await latest(ranges([write("a.ndjson.gz", text)]))).toEqual(expected);
  });

  test("need no break after the last one", async () => {
    const { documents } = await latest(ranges([write("a.ndjson", `${line(1, "s1", "a")}\n${line(2, "s1", "b")}`)]));
    expect(documents).toEqual({ s1: "b" });
  });

  test("that were cut off in the middle are rejected, without old_data", async () => {
    const whole = line(2, "s1", "b", { old_data: '{"status":"erased"}' });
    const path = write("a.ndjson", `${line(1, "s1", "a")}\n${whole.slice(0, -8)}`);
    const { documents, rejected, counts } = await latest(ranges([path]));
    expect(documents).toEqual({ s1: "a" });
    expect(rejected).toMatchObject([{ path: null, rejections: [{ reason: "invalid_json" }] }]);
    expect(JSON.stringify(rejected)).not.toContain("erased");
    expect(counts).toEqual({ read: 2, rejected: 1, live: 1 });
  });

  test("are none in an empty file", async () => {
    const empty = [write("a.ndjson", ""), write("b.ndjson.gz", "")];
    expect(await latest(ranges(empty))).toEqual({ documents: {}, rejected: [], counts: {} });
  });

  test("are counted beyond a hundred, too", async () => {
    const lines = Array.from({ length: 251 }, (_, i) => line(i % 60, `s${i}`, "a"));
    const { counts } = await latest(ranges([write("a.ndjson", lines.join("\n"))]));
    expect(counts).toEqual({ read: 251, live: 251 });
  });
});

describe("ranges", () => {
  const LINES = [
    line(1, "s1", "é😀"),
    line(3, "s1", "b"),
    line(2, "s1", "a"),
    line(1, "s2", "a"),
    line(2, "s2", null),
    "{",
    line(1, "s3", "c"),
  ];
  const TEXTS = [LINES.join("\n"), `${LINES.join("\r\n")}\r\n`, `\n${LINES.join("\n\n")}\n`];
  const EXPECTED = {
    documents: { s1: "b", s3: "c" },
    counts: { read: 7, rejected: 1, superseded: 3, deleted: 1, live: 2 },
  };

  test.each([0, 1, 2])("cut after any bytes of a file give the same result (file %d)", async (which) => {
    const path = write("a.ndjson", TEXTS[which] ?? "");
    const { size } = statSync(path);
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: size - 1 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        const edges = [0, ...at.sort((a, b) => a - b), size];
        const input = edges.slice(1).map((end, i) => ({ path, start: edges[i] ?? 0, end }));
        expect(await latest(input)).toMatchObject(EXPECTED);
      }),
      { numRuns: 40 },
    );
  });

  test("of one byte each give the same result", async () => {
    const path = write("a.ndjson", TEXTS[1] ?? "");
    expect(await latest(ranges([path], 1))).toMatchObject(EXPECTED);
  });

  test("cut in two at each byte give the same result", async () => {
    const short = (day: string, session: string): string =>
      `{"timestamp":"${day}","event_id":"","document_name":"users/u/therapy_sessions/${session}","operation":"DELETE"}`;
    const text = `${short("2024-08-26", "é")}\r\n\n${short("2024-08-27", "é")}`;
    const path = write("a.ndjson", text);
    const { size } = statSync(path);
    for (let cut = 1; cut < size; cut++) {
      const input = [
        { path, start: 0, end: cut },
        { path, start: cut, end: size },
      ];
      const { counts } = await latest(input);
      expect(counts, `cut at byte ${cut}`).toEqual({ read: 2, superseded: 1, deleted: 1 });
    }
  });
});

describe("the latest document", () => {
  test("is that of the newest change, by the microsecond", async () => {
    const text = [
      line(0, "s1", "older", { timestamp: "2024-08-26T10:00:00.000001Z" }),
      line(0, "s1", "newer", { timestamp: "2024-08-26T10:00:00.000002Z" }),
    ];
    expect((await latest(ranges([write("a.ndjson", text.reverse().join("\n"))]))).documents).toEqual({ s1: "newer" });
  });

  test("is none after a DELETE, and is there again when written anew", async () => {
    const text = [
      line(2, "s1", null),
      line(1, "s1", "a"),
      line(1, "s2", "a"),
      line(3, "s2", "back"),
      line(2, "s2", null),
    ];
    const { documents, counts } = await latest(ranges([write("a.ndjson", text.join("\n"))]));
    expect(documents).toEqual({ s2: "back" });
    expect(counts).toEqual({ read: 5, superseded: 3, deleted: 1, live: 1 });
  });

  test("is the newest valid one, and what is rejected is kept whole with its contract's version", async () => {
    const broken = line(2, "s1", "b", { data: '{"status":5}', old_data: '{"status":"a"}', more: true });
    const { documents, rejected } = await latest(ranges([write("a.ndjson", `${line(1, "s1", "a")}\n${broken}`)]));
    expect(documents).toEqual({ s1: "a" });
    expect(rejected).toEqual([
      {
        changelog: "therapy_sessions_data",
        contractVersion: bronzeTherapySessions.version,
        id: expect.stringMatching(/^[\w-]{22}$/),
        path: "users/u1/therapy_sessions/s1",
        timestamp: "2024-08-26T10:00:02.000001Z",
        eventId: "e2",
        operation: "UPDATE",
        rejections: [
          { reason: "breaks_contract", detail: "/status: must be string", pointers: ["/status"], isEntry: false },
        ],
        payload: JSON.stringify({ ...(JSON.parse(broken) as object), old_data: null }),
      },
    ]);
  });

  test("duplicates are counted, under either document name", async () => {
    const full = { document_name: "projects/p/databases/(default)/documents/users/u1/therapy_sessions/s1" };
    const text = [line(1, "s1", "a"), line(1, "s1", "a", full), line(1, "s1", "a", { old_data: "{}" })];
    const { documents, counts } = await latest(ranges([write("a.ndjson", text.join("\n"))]));
    expect(documents).toEqual({ s1: "a" });
    expect(counts).toEqual({ read: 3, duplicates: 2, live: 1 });
  });

  test("of one id under two users is two documents", async () => {
    const other = { document_name: "users/u2/therapy_sessions/s1" };
    const text = [line(1, "s1", "a"), line(2, "s1", "b", other)];
    expect((await latest(ranges([write("a.ndjson", text.join("\n"))]))).counts).toEqual({ read: 2, live: 2 });
  });
});

describe("the history of a document", () => {
  const med = (second: number, name: string | null, more: Record<string, unknown> = {}): string =>
    line(second, "", "", {
      document_name: "medications/u1",
      operation: name === null ? "DELETE" : "UPDATE",
      data: name === null ? "null" : JSON.stringify({ medications: [{ name }] }),
      ...more,
    });

  async function histories(lines: readonly string[]): Promise<{ states: unknown; rejected: number; counts: unknown }> {
    const path = write("m.ndjson", lines.join("\n"));
    const { outputs, counters } = await collect((root) =>
      root
        .apply(createFrom(ranges([path], 50)))
        .apply(changes(bronzeMedications))
        .apply(documentHistories(bronzeMedications)),
    );
    const found = outputs["histories"] as readonly DocumentHistory[];
    const states = found.map(({ path: document, states: all }) => [
      document,
      ...all.map(
        ({ changedAt, data }) =>
          `${changedAt.slice(17, 19)} ${data === null ? "deleted" : /"name":"(\w+)"/.exec(data)?.[1]}`,
      ),
    ]);
    return { states, rejected: outputs["rejected"]?.length ?? 0, counts: countsOf(bronzeMedications, counters) };
  }

  test("is all its valid states in order, deletions too, whatever order they came in", async () => {
    const lines = [med(3, null), med(1, "a"), med(4, "c"), med(2, "b")];
    const expected = {
      states: [["medications/u1", "01 a", "02 b", "03 deleted", "04 c"]],
      rejected: 0,
      counts: { read: 4, superseded: 3, live: 1 },
    };
    expect(await histories(lines)).toEqual(expected);
    expect(await histories(lines.toReversed())).toEqual(expected);
  });

  test("has one state an instant: the last one in order", async () => {
    const lines = [
      med(1, "a"),
      med(1, "b", { event_id: "f" }),
      med(2, "c"),
      med(2, null),
      med(2, "d", { event_id: "z" }),
    ];
    expect((await histories(lines)).states).toEqual([["medications/u1", "01 b", "02 deleted"]]);
  });

  test("has duplicates once, and no rejected change", async () => {
    const lines = [med(1, "a"), med(1, "a"), med(2, "b", { data: "{}x" }), med(3, "c", { data: "null" }), med(4, "d")];
    expect(await histories(lines)).toEqual({
      states: [["medications/u1", "01 a", "04 d"]],
      rejected: 2,
      counts: { read: 5, duplicates: 1, rejected: 2, superseded: 1, live: 1 },
    });
  });

  test("is none, when no change is valid", async () => {
    expect((await histories([med(1, "a", { data: "null" })])).states).toEqual([]);
  });

  test("rejected entries are counted apart", async () => {
    const data = JSON.stringify({ medications: [{ name: "a" }, {}, { name: 5 }] });
    const { states, rejected, counts } = await histories([med(1, "", { data }), med(2, "b")]);
    expect(states).toEqual([["medications/u1", "01 a", "02 b"]]);
    expect(rejected).toBe(1);
    expect(counts).toEqual({ read: 2, superseded: 1, live: 1, rejected_entries: 2 });
  });
});
