import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseCommand } from "./changelog-command";
import { type ChangelogOptions, type GeneratedChange, generateChanges, writeChangelog } from "./changelog-generator";
import { ChangelogOptionsError, checkedOptions } from "./changelog-options";
import type { ChangelogRow } from "./changelog-row";
import { MESS_KINDS, type MessKind } from "./mess";
import { PREFIXES } from "./planned-change";

const COLUMNS = [
  "timestamp",
  "event_id",
  "document_name",
  "operation",
  "data",
  "old_data",
  "document_id",
  "path_params",
];

interface ReadChange extends GeneratedChange {
  readonly row: ChangelogRow;
  readonly path: string;
}

function generate(options: ChangelogOptions): ReadChange[] {
  return Array.from(generateChanges(options), (change) => {
    const row = JSON.parse(change.line) as ChangelogRow;
    return { ...change, row, path: row.document_name.replace(/^.*\/documents\//, "") };
  });
}

function lines(options: ChangelogOptions): readonly string[] {
  return Array.from(generateChanges(options), ({ prefix, line }) => `${prefix} ${line}`);
}

function faultsOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ChangelogOptionsError) return error.faults;
    throw error;
  }
  return [];
}

describe("determinism", () => {
  test("the same options give the same lines", () => {
    expect(lines({ changes: 3000, seed: 7 })).toEqual(lines({ changes: 3000, seed: 7 }));
  });

  test("another seed gives other lines", () => {
    const first = new Set(lines({ changes: 3000, seed: 7 }));
    expect(lines({ changes: 3000, seed: 8 }).filter((line) => first.has(line))).toEqual([]);
  });

  test("a seed beyond 32 bits is not the seed of its lower half", () => {
    expect(lines({ changes: 20, seed: 2 ** 40 + 1 })).not.toEqual(lines({ changes: 20, seed: 1 }));
  });

  test("the log of a seed stays what it is, on any machine", () => {
    const digest = createHash("sha256")
      .update(lines({ changes: 2000, seed: 1 }).join("\n"))
      .digest("hex");
    expect(digest).toMatchInlineSnapshot(`"413e0980de42e85260723b0ab532785e86f169a91ef370250bf545a816586958"`);
  });
});

test.each([1, 2, 10, 129, 7752])("%i changes are exactly as many", (changes) => {
  expect(lines({ changes, seed: 3 })).toHaveLength(changes);
});

test("a log of one collection never runs out of users who write there", () => {
  for (let seed = 0; seed < 60; seed++) {
    for (const prefix of PREFIXES) expect(lines({ changes: 5, seed, collections: [prefix] })).toHaveLength(5);
  }
});

describe("a clean log", () => {
  const changes = generate({ changes: 20_000, seed: 5, messRate: 0 });

  test("has the columns of the sample in its order, all text or null", () => {
    expect(new Set(changes.map(({ row }) => Object.keys(row).join()))).toEqual(new Set([COLUMNS.join()]));
    const values = changes.flatMap(({ row }) => Object.values(row));
    expect(values.filter((value) => value !== null && typeof value !== "string")).toEqual([]);
  });

  test("holds nothing that is messy", () => {
    expect(changes.filter(({ mess }) => mess.length > 0)).toEqual([]);
    const messy = changes.filter(
      ({ row }) =>
        !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(row.timestamp) ||
        !/^projects\/juno-demo\/databases\/\(default\)\/documents\/\w+\/\w+/.test(row.document_name) ||
        !["CREATE", "UPDATE", "DELETE", "IMPORT"].includes(row.operation) ||
        !/^\{("userId":"\w{28}")?\}$/.test(row.path_params ?? "") ||
        (row.operation === "DELETE") !== (row.data === null) ||
        (row.data !== null && typeof JSON.parse(row.data) !== "object"),
    );
    expect(messy).toEqual([]);
  });

  test("names each change by an event of its own, and imports by none", () => {
    const events = changes.filter(({ row }) => row.operation !== "IMPORT").map(({ row }) => row.event_id);
    expect(new Set(events).size).toBe(events.length);
    for (const id of events)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(-0)?$/);
    const imports = changes.filter(({ row }) => row.operation === "IMPORT");
    expect(new Set(imports.map(({ row }) => row.event_id))).toEqual(new Set([""]));
  });

  test("arrives in order of time", () => {
    const times = changes.filter(({ row }) => row.operation !== "IMPORT").map(({ row }) => row.timestamp);
    expect(times).toEqual([...times].sort());
  });

  test("tells each document's life: created or imported first, old_data after the cut-over the data before", () => {
    const data = new Map<string, string | null>();
    const wrong: ChangelogRow[] = [];
    for (const { row, path } of changes) {
      const before = data.get(path) ?? null;
      const isFirst = row.operation === "CREATE" || row.operation === "IMPORT";
      if (isFirst !== (before === null) || (row.old_data !== null && row.old_data !== before)) wrong.push(row);
      data.set(path, row.data);
    }
    expect(wrong).toEqual([]);
    const updates = changes.filter(({ row }) => row.operation === "UPDATE");
    for (const prefix of PREFIXES) {
      const ofPrefix = updates.filter((change) => change.prefix === prefix);
      const cutOver = ofPrefix.find(({ row }) => row.old_data !== null)?.row.timestamp ?? "";
      expect(cutOver).not.toBe("");
      expect(ofPrefix.every(({ row }) => (row.old_data !== null) === row.timestamp >= cutOver)).toBe(true);
    }
  });

  test("holds what happens in life: imports, deletion, recreation, deleted users, both shapes, other scripts", () => {
    const imports = changes.filter(({ row }) => row.operation === "IMPORT");
    const epochs = imports.filter(({ row }) => row.timestamp === "1970-01-01T00:00:00.000000Z");
    expect(epochs.length).toBeGreaterThan(imports.length / 4);
    expect(epochs.length).toBeLessThan(imports.length / 1.5);

    const deleted = new Set<string>();
    const recreated = changes.filter(({ row, path }) => {
      if (row.operation === "DELETE") deleted.add(path);
      return row.operation === "CREATE" && deleted.has(path);
    });
    expect(recreated.length).toBeGreaterThan(0);
    expect([...deleted].filter((path) => path.startsWith("user_profiles/")).length).toBeGreaterThan(0);

    const tracking = changes.filter(({ prefix, row }) => prefix === "period_tracking_data" && row.data !== null);
    const cycles = tracking.filter(({ row }) => row.data?.startsWith('{"status":'));
    expect(cycles.length).toBeGreaterThan(tracking.length / 6);
    expect(cycles.length).toBeLessThan(tracking.length / 2);
    expect(changes.some(({ row }) => /\p{Extended_Pictographic}/u.test(row.data ?? ""))).toBe(true);
    expect(changes.some(({ row }) => row.data?.includes('"painLevelAfter"'))).toBe(true);
  });

  test("has a tenth of profiles under an id that is not the user's", () => {
    const profiles = new Map(
      changes
        .filter(({ prefix, row }) => prefix === "user_health_data" && row.data !== null)
        .map(({ path, row }) => [path, JSON.parse(row.data ?? "") as { uid?: string; userId?: string }]),
    );
    const other = [...profiles].filter(([path, { uid, userId }]) => path !== `user_profiles/${uid ?? userId}`);
    expect(other.length / profiles.size).toBeGreaterThan(0.04);
    expect(other.length / profiles.size).toBeLessThan(0.18);
  });

  test("has as many users for its size as the sample", () => {
    const users = new Set(changes.map(({ path }) => path.split("/")[1]));
    expect(users.size / changes.length).toBeGreaterThan(0.8 * (60 / 7752));
    expect(users.size / changes.length).toBeLessThan(1.3 * (60 / 7752));
  });
});

describe("mess", () => {
  const changes = generate({ changes: 20_000, seed: 1 });

  test("of every kind occurs", () => {
    const kinds = new Set(changes.flatMap(({ mess }) => mess));
    expect(MESS_KINDS.filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  test.each([0.02, 0.05, 0.12, 0.3, 0.5])("strikes about the asked share of rows, %d", (messRate) => {
    const all = Array.from(generateChanges({ changes: 20_000, seed: 2, messRate }));
    const share = all.filter(({ mess }) => mess.length > 0).length / all.length;
    expect(share).toBeGreaterThan(messRate * 0.85);
    expect(share).toBeLessThan(messRate * 1.15);
  });

  const shows: readonly (readonly [MessKind, (change: ReadChange) => boolean])[] = [
    ["short_document_name", ({ row }) => /^(users|user_profiles|medications)\//.test(row.document_name)],
    [
      "unusable_document_name",
      ({ path }) => !/^(users\/\w+\/(therapy_sessions|period_tracking)|user_profiles|medications)\/[\w-]+$/.test(path),
    ],
    [
      "timestamps_as_iso_strings",
      ({ row }) => /"\d{4}-\d\d-\d\dT[\d:.]+Z"/.test(row.data ?? "") && !row.data?.includes("_seconds"),
    ],
    ["missing_path_params", ({ row }) => row.path_params === null],
    ["literal_null_delete", ({ row }) => row.operation === "DELETE" && row.data === "null"],
    ["literal_null_write", ({ row }) => row.operation !== "DELETE" && row.data === "null"],
    ["malformed_json", ({ row }) => !isJson(row.data ?? "")],
    ["unknown_operation", ({ row }) => !["CREATE", "UPDATE", "DELETE", "IMPORT"].includes(row.operation)],
    ["reimport_epoch_of_existing", ({ row }) => row.operation === "IMPORT" && row.timestamp.startsWith("1970")],
    ["reimport_wall_clock_of_existing", ({ row }) => row.operation === "IMPORT" && row.timestamp.endsWith("000Z")],
    ["out_of_range", ({ row }) => /:(99|-1|4|14|400|9|-400|1000)[,}]/.test(row.data ?? "")],
    ["nameless_medication", ({ row }) => /\{"(name":(null|" ?")|dosage")/.test(row.data ?? "")],
    ["no_date", ({ row }) => /^\{("date":null|"cycle_day")/.test(row.data ?? "")],
    ["negative_duration", ({ row }) => /"therapyDuration":-/.test(row.data ?? "")],
    ["duration_over_24h", ({ row }) => Number(/"therapyDuration":(\d+)/.exec(row.data ?? "")?.[1]) > 1440],
    ["nanoseconds", ({ row }) => /"_nanoseconds":\d*(?!000)\d{3}\}/.test(row.data ?? "")],
    [
      "unknown_extra_field",
      ({ row }) => /"(firmware|location|meta|deviceRef|referrer|basalTemp|prescriber)"/.test(row.data ?? ""),
    ],
  ];

  test.each(shows)("%s shows in the row", (kind, isShown) => {
    const struck = changes.filter(({ mess }) => mess.includes(kind));
    expect(struck.length).toBeGreaterThan(0);
    // A later strike can hide an earlier one: what is cut off holds no value, and ISO text no nanoseconds.
    const hiding: readonly MessKind[] = ["malformed_json", "timestamps_as_iso_strings"];
    const seen = struck.filter(({ mess }) => !mess.some((other) => other !== kind && hiding.includes(other)));
    expect(seen.filter((change) => !isShown(change)).map(({ line }) => line)).toEqual([]);
  });

  test("delivery: duplicates repeat a line, ties share document and time, late changes come after later ones", () => {
    const seen = new Set<string>();
    const times = new Map<string, number>();
    for (const { row, path } of changes)
      times.set(`${path} ${row.timestamp}`, (times.get(`${path} ${row.timestamp}`) ?? 0) + 1);
    const newest = new Map<string, string>();
    const deletedAt = new Map<string, string>();
    const wrong: string[] = [];
    for (const { prefix, line, row, path, mess } of changes) {
      const isDuplicate = seen.has(line);
      if (mess.includes("exact_duplicate") !== isDuplicate) wrong.push(line);
      if (isDuplicate) continue;
      seen.add(line);
      const isLate = row.operation !== "IMPORT" && row.timestamp < (newest.get(prefix) ?? "");
      if (mess.includes("out_of_order") !== isLate) wrong.push(line);
      if (mess.includes("tie_with_delete") && row.operation !== "DELETE") wrong.push(line);
      const isNamed = !mess.includes("unusable_document_name");
      if (isNamed && mess.includes("update_after_delete_in_file") && !(row.timestamp < (deletedAt.get(path) ?? ""))) {
        wrong.push(line);
      }
      if (row.operation !== "IMPORT" && !isLate) newest.set(prefix, row.timestamp);
      if (row.operation === "DELETE") deletedAt.set(path, row.timestamp);
    }
    expect(wrong).toEqual([]);
    const ties = changes.filter(({ mess }) => mess.includes("tie") || mess.includes("tie_with_delete"));
    const shared = ties.filter(({ row, path }) => (times.get(`${path} ${row.timestamp}`) ?? 0) > 1);
    // The other one of a tie can be missing: its name was made unusable, or the log ends before it.
    expect(shared.length).toBeGreaterThanOrEqual(ties.length - 2);
  });

  test("one session id is used by two users", () => {
    const shared = changes.filter(({ mess }) => mess.includes("same_session_id_two_users"));
    for (const { row } of shared.filter(({ mess }) => !mess.includes("unusable_document_name"))) {
      const users = changes.filter((change) => change.row.document_id === row.document_id).map(({ path }) => path);
      expect(new Set(users).size).toBeGreaterThan(1);
    }
  });
});

describe("size and share", () => {
  test.each([1.5, 2.5, 4, 8])("a document has about %d changes", (changesPerDocument) => {
    const changes = generate({ changes: 20_000, seed: 4, messRate: 0, changesPerDocument });
    const mean = changes.length / new Set(changes.map(({ path }) => path)).size;
    expect(mean).toBeGreaterThan(changesPerDocument * 0.9);
    expect(mean).toBeLessThan(changesPerDocument * 1.1);
  });

  test("the collections share the rows as in the sample", () => {
    const changes = Array.from(generateChanges({ changes: 20_000, seed: 6 }));
    const share = (prefix: string) => changes.filter((change) => change.prefix === prefix).length / changes.length;
    expect(share("therapy_sessions_data")).toBeCloseTo(0.58, 1);
    expect(share("period_tracking_data")).toBeCloseTo(0.335, 1);
    expect(share("medications_data")).toBeCloseTo(0.051, 1);
    expect(share("user_health_data")).toBeCloseTo(0.033, 1);
  });

  test("only the named collections are made", () => {
    const collections = ["medications_data", "user_health_data"];
    const changes = Array.from(generateChanges({ changes: 2000, seed: 1, collections }));
    expect(new Set(changes.map(({ prefix }) => prefix))).toEqual(new Set(collections));
  });
});

describe("files", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "changelog-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const options = { changes: 3000, seed: 9 };

  test("one file a collection holds its lines in order of arrival", async () => {
    const { files, rows } = await writeChangelog(directory, options);
    expect(rows).toBe(3000);
    expect(readdirSync(directory).sort()).toEqual(PREFIXES.map((prefix) => `${prefix}_raw_changelog.ndjson`).sort());
    for (const { prefix, path, bytes } of files) {
      const text = readFileSync(path);
      const expected = Array.from(generateChanges(options)).filter((change) => change.prefix === prefix);
      expect(text.toString()).toBe(expected.map(({ line }) => `${line}\n`).join(""));
      expect(text.length).toBe(bytes);
    }
  });

  test("several compressed files a collection hold together the same lines", async () => {
    const { files, bytes, messyRows, mess } = await writeChangelog(directory, {
      ...options,
      filesPerCollection: 3,
      gzip: true,
    });
    expect(files).toHaveLength(12);
    expect(files[0]?.path).toMatch(/_raw_changelog-00001-of-00003\.ndjson\.gz$/);
    const written = files.flatMap(({ path, rows }) => {
      const found = gunzipSync(readFileSync(path)).toString().split("\n").slice(0, -1);
      expect(found).toHaveLength(rows);
      return found;
    });
    const expected = Array.from(generateChanges(options));
    expect(written.sort()).toEqual(expected.map(({ line }) => line).sort());
    expect(bytes).toBe(files.reduce((sum, file) => sum + file.bytes, 0));
    expect(messyRows).toBe(expected.filter((change) => change.mess.length > 0).length);
    expect(mess.malformed_json).toBe(expected.filter((change) => change.mess.includes("malformed_json")).length);
  });

  test("a directory with the files of another run is refused, the same files are written again", async () => {
    await writeChangelog(directory, { ...options, changes: 10, filesPerCollection: 2 });
    await expect(writeChangelog(directory, options)).rejects.toThrow("choose an empty directory");
    await expect(writeChangelog(directory, { ...options, filesPerCollection: 2 })).resolves.toMatchObject({
      rows: 3000,
    });
  });

  test("a directory that cannot be written fails the run", async () => {
    await expect(writeChangelog("/dev/null/log", options)).rejects.toThrow("ENOTDIR");
  });
});

describe("options", () => {
  test("every fault is named", () => {
    const options = { changes: 0, seed: -1, messRate: 0.9, collections: ["users"], changesPerDocument: 100 };
    expect(faultsOf(() => checkedOptions(options))).toEqual([
      "changes must be a whole number from 1",
      "seed must be a whole number from 0",
      "mess rate must be a number from 0 to 0.5",
      "changes per document must be a number from 1.1 to 20",
      `collection "users" is none of ${PREFIXES.join(", ")}`,
    ]);
  });

  test("a command line becomes options", () => {
    const args = "--changes 500 --out d --mess 0 --collections medications_data,user_health_data --gzip".split(" ");
    expect(parseCommand([...args, "--changes-per-document=2.5", "--files-per-collection", "3"])).toEqual({
      directory: "d",
      options: {
        changes: 500,
        seed: 1,
        messRate: 0,
        collections: ["medications_data", "user_health_data"],
        changesPerDocument: 2.5,
        filesPerCollection: 3,
        gzip: true,
      },
    });
    expect(parseCommand(["--help"])).toBeNull();
  });

  test("every fault of a command line is named", () => {
    const args = "--change 5 --seed x --mess 2 --gzip=yes extra --files-per-collection 0 --out".split(" ");
    expect(faultsOf(() => parseCommand(args))).toMatchInlineSnapshot(`
      [
        "--change is not known; see --help",
        ""5" is no option",
        "--gzip takes no value",
        ""extra" is no option",
        "--out needs a value",
        "--changes is missing",
        "--out is missing",
        "--seed must be a number, not "x"",
        "mess rate must be a number from 0 to 0.5",
        "files per collection must be a whole number from 1 to 1000",
      ]
    `);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
