import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VERSIONED_CONTRACT } from "@junoplus/contracts/testing/built-contracts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ContractFiles, workingContracts } from "./contract-files";
import { type ContractReplay, replayContracts } from "./contracts-replay";
import { runProgram } from "./program";
import { SAMPLE_DIRECTORY } from "./sample-directory";

const ROOT = join(__dirname, "../../..");
const before = workingContracts(ROOT);
const SESSIONS = "bronze/therapy_sessions/schema.json";
const MEDICATIONS = "bronze/medications/schema.json";

/** A schema as these tests edit it. */
interface Editable {
  maximum: number;
  minimum?: number;
  changelog: { path: string };
  properties: Record<string, Editable>;
  items: Editable;
  type: string;
}

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "replay-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function edited(path: string, change: (schema: Editable) => void): ContractFiles {
  const schema = JSON.parse(before.get(path) ?? "") as Editable;
  change(schema);
  return new Map([...before, [path, JSON.stringify(schema)]]);
}

function at(schema: Editable, ...names: readonly string[]): Editable {
  return names.reduce((node, name) => node.properties[name] as Editable, schema);
}

interface Row {
  readonly timestamp: string;
  readonly event_id: string;
  readonly document_name: string;
  readonly operation: string;
  readonly data: string | null;
}

function session(id: string, second: number, document: object | null): Row {
  return {
    timestamp: `2024-08-26T15:33:${String(second).padStart(2, "0")}Z`,
    event_id: `e${second}`,
    document_name: `users/u1/therapy_sessions/${id}`,
    operation: document === null ? "DELETE" : "UPDATE",
    data: document === null ? null : JSON.stringify(document),
  };
}

function write(prefix: string, lines: readonly string[]): void {
  writeFileSync(join(directory, `${prefix}_raw_changelog.ndjson`), lines.map((line) => `${line}\n`).join(""));
}

async function replaySessions(after: ContractFiles, rows: readonly Row[]): Promise<ContractReplay> {
  write(
    "therapy_sessions_data",
    rows.map((row) => JSON.stringify(row)),
  );
  const options = { before, after, source: directory, contract: "bronze_therapy_sessions" };
  const [replay] = await replayContracts(options);
  if (replay === undefined) throw new Error("the contract was not replayed");
  return replay;
}

const tens = (level: unknown): object => ({ initialSettings: { tensLevel: level } });
const tightened = edited(SESSIONS, (schema) => {
  at(schema, "initialSettings", "tensLevel").maximum = 8;
});
const relaxed = edited(SESSIONS, (schema) => {
  at(schema, "initialSettings", "tensLevel").maximum = 12;
});

describe("the counts", () => {
  test("of a tightened range over the sample are those of the values in its rows, by pointer", async () => {
    const after = edited(SESSIONS, (schema) => {
      for (const settings of ["initialSettings", "finalSettings"]) at(schema, settings, "tensLevel").maximum = 8;
    });
    const [replay, ...others] = await replayContracts({ before, after, source: SAMPLE_DIRECTORY });
    const rows = new Map(
      readFileSync(join(SAMPLE_DIRECTORY, "therapy_sessions_data_raw_changelog.ndjson"), "utf8")
        .split("\n")
        .filter((line) => line.startsWith('{"'))
        .map((line) => JSON.parse(line) as Row)
        .map(({ timestamp, event_id, document_name, operation, data }) => [
          [timestamp, event_id, document_name.split("/documents/").at(-1), operation, data].join("\n"),
          operation === "DELETE" ? null : data,
        ]),
    );
    const levels = (settings: string): readonly unknown[] =>
      [...rows.values()].map((data) => {
        try {
          return (JSON.parse(data ?? "{}") as Record<string, { tensLevel?: unknown }>)[settings]?.tensLevel;
        } catch {
          return undefined;
        }
      });
    const between = (settings: string): number =>
      levels(settings).filter((level) => typeof level === "number" && level > 8 && level <= 10).length;
    expect(others).toEqual([]);
    expect(between("initialSettings")).toBeGreaterThan(100);
    expect(replay?.byPointer.map(({ keys: _keys, ...counts }) => counts)).toEqual([
      {
        pointer: "/finalSettings/tensLevel",
        rule: "maximum",
        newlyFailing: between("finalSettings"),
        newlyPassing: 0,
      },
      {
        pointer: "/initialSettings/tensLevel",
        rule: "maximum",
        newlyFailing: between("initialSettings"),
        newlyPassing: 0,
      },
    ]);
  });

  test("of any documents are those of a plain count", async () => {
    const level = fc.integer({ min: 6, max: 14 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(level, fc.boolean()), { minLength: 1, maxLength: 30 }), async (drawn) => {
        const rows = drawn.map(([value, isText], i) =>
          session(`s${i}`, i, { ...tens(value), status: isText ? "done" : 5 }),
        );
        const { documents, newlyFailing, newlyPassing, failingBoth } = await replaySessions(tightened, rows);
        const fails = (maximum: number) => drawn.map(([value, isText]) => value > maximum || !isText);
        const [old, now] = [fails(10), fails(8)];
        expect({ documents, newlyFailing, newlyPassing, failingBoth }).toEqual({
          documents: drawn.length,
          newlyFailing: now.filter((failing, i) => failing && !old[i]).length,
          newlyPassing: 0,
          failingBoth: now.filter((failing, i) => failing && old[i]).length,
        });
      }),
      { numRuns: 30 },
    );
  });

  test("of a relaxed range are newly passing", async () => {
    const rows = [session("s1", 1, tens(11)), session("s2", 2, tens(13)), session("s3", 3, tens(10))];
    expect(await replaySessions(relaxed, rows)).toMatchObject({
      documents: 3,
      newlyFailing: 0,
      newlyPassing: 1,
      failingBoth: 1,
      byPointer: [
        {
          pointer: "/initialSettings/tensLevel",
          rule: "maximum",
          newlyPassing: 1,
          keys: ["users/u1/therapy_sessions/s1"],
        },
      ],
    });
  });

  test("by pointer tell of a document that fails both, where another rule is broken now", async () => {
    const rows = [session("s1", 1, { ...tens(9), status: 5 })];
    expect(await replaySessions(tightened, rows)).toMatchObject({
      failingBoth: 1,
      newlyFailing: 0,
      byPointer: [{ pointer: "/initialSettings/tensLevel", newlyFailing: 1 }],
    });
  });

  test("do not depend on order, duplication and the cut into files", async () => {
    const lines = readFileSync(join(SAMPLE_DIRECTORY, "therapy_sessions_data_raw_changelog.ndjson"), "utf8")
      .split("\n")
      .slice(0, 300);
    const counted = async (first: readonly string[], second: readonly string[]): Promise<object> => {
      write("therapy_sessions_data", first);
      writeFileSync(join(directory, "therapy_sessions_data_raw_changelog_2.ndjson"), second.join("\n"));
      const [replay] = await replayContracts({ before, after: tightened, source: directory });
      const { changes: _changes, ...rest } = replay as ContractReplay;
      return rest;
    };
    const expected = await counted(lines, []);
    expect(expected).not.toMatchObject({ newlyFailing: 0 });
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(lines, { minLength: lines.length }),
        fc.subarray(lines),
        fc.nat({ max: lines.length }),
        async (shuffled, again, cut) => {
          const all = [...shuffled, ...again];
          expect(await counted(all.slice(0, cut), all.slice(cut))).toEqual(expected);
        },
      ),
      { numRuns: 20 },
    );
  });

  test("are of all distinct versions, and of live ones apart", async () => {
    const rows = [
      session("superseded", 1, tens(9)),
      session("superseded", 2, tens(5)),
      session("deleted", 1, tens(9)),
      session("deleted", 2, null),
      session("live", 1, tens(5)),
      session("live", 2, tens(9)),
      session("live", 2, tens(9)),
    ];
    expect(await replaySessions(tightened, rows)).toMatchObject({
      changes: 7,
      documents: 5,
      newlyFailing: 3,
      live: { documents: 2, newlyFailing: 1, newlyPassing: 0, failingBoth: 0 },
    });
  });

  test("leave out what no contract judges: rows and documents that cannot be read", async () => {
    const rows = [
      { ...session("s1", 1, {}), data: "{" },
      { ...session("s2", 2, {}), operation: "UPSERT" },
    ];
    expect(await replaySessions(tightened, rows)).toMatchObject({ changes: 2, documents: 0, live: { documents: 0 } });
  });

  test("name an entry of an array by its place in the contract", async () => {
    const after = edited(MEDICATIONS, (schema) => {
      const { items } = at(schema, "medications");
      items.properties["dosage"] = { ...(items.properties["dosage"] as Editable), minimum: 10 };
    });
    const medications = [{ name: "a", dosage: 1 }, { name: "b", dosage: 20 }, { name: "c", dosage: 2 }, { dosage: 9 }];
    write("medications_data", [
      JSON.stringify({ ...session("x", 1, { medications }), document_name: "medications/u1" }),
    ]);
    const [replay] = await replayContracts({ before, after, source: directory });
    expect(replay).toMatchObject({
      failingBoth: 1,
      byPointer: [{ pointer: "/medications/*/dosage", rule: "minimum", newlyFailing: 1, keys: ["medications/u1"] }],
    });
  });

  test("name the ten least keys, and count all", async () => {
    const rows = Array.from({ length: 30 }, (_, i) => session(`s${String(29 - i).padStart(2, "0")}`, i, tens(9)));
    const [pointer] = (await replaySessions(tightened, rows)).byPointer;
    expect(pointer?.newlyFailing).toBe(30);
    expect(pointer?.keys).toEqual(
      Array.from({ length: 10 }, (_, i) => `users/u1/therapy_sessions/s${String(i).padStart(2, "0")}`),
    );
  });

  test("tell of documents that pass both and are read otherwise: a field that was there unnamed", async () => {
    const after = edited(SESSIONS, (schema) => {
      schema.properties["mood"] = { ...at(schema, "status") };
    });
    const rows = [session("s1", 1, { mood: "good" }), session("s2", 2, { status: "done" })];
    expect(await replaySessions(after, rows)).toMatchObject({ newlyFailing: 0, readOtherwise: 1, byPointer: [] });
  });

  test("of another path are failures of the path", async () => {
    const after = edited(SESSIONS, (schema) => {
      schema.changelog.path = "sessions/{sessionId}";
    });
    expect(await replaySessions(after, [session("s1", 1, {})])).toMatchObject({
      newlyFailing: 1,
      byPointer: [{ pointer: "/document_name", rule: "path" }],
    });
  });
});

describe("where documents claim their version", () => {
  const claiming = edited(SESSIONS, (schema) => {
    schema.properties["schemaVersion"] = { type: "string" } as Editable;
    Object.assign(schema.changelog, { versionField: "schemaVersion" });
  });

  test("a claim that names none is a failure of the field that was there unnamed", async () => {
    const rows = [session("s1", 1, { schemaVersion: "1.0.0" }), session("s2", 2, { schemaVersion: "beta" })];
    expect(await replaySessions(claiming, rows)).toMatchObject({
      newlyFailing: 1,
      byPointer: [{ pointer: "/schemaVersion", rule: "version", keys: ["users/u1/therapy_sessions/s2"] }],
    });
  });

  test("an upcaster that is not built is named: without it nothing can be read", async () => {
    const folder = join(VERSIONED_CONTRACT, "schemas");
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".json"));
    const after = new Map(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
    await expect(replayContracts({ before: new Map(), after, source: directory })).rejects.toThrow(
      "bronze_check_ins 3.1.0 has no upcaster from major 1, 2: add it to packages/contracts/src/upcasters.ts",
    );
  });
});

describe("which contracts are replayed", () => {
  test("those that differ", async () => {
    expect(await replayContracts({ before, after: before, source: SAMPLE_DIRECTORY })).toEqual([]);
  });

  test("one that is new is held against nothing: what it refuses fails newly", async () => {
    const older = new Map([...before].filter(([path]) => !path.startsWith("bronze/therapy_sessions/")));
    write(
      "therapy_sessions_data",
      [session("s1", 1, tens(11)), session("s2", 2, {})].map((row) => JSON.stringify(row)),
    );
    expect(await replayContracts({ before: older, after: before, source: directory })).toMatchObject([
      { contract: "bronze_therapy_sessions", before: null, documents: 2, newlyFailing: 1, failingBoth: 0 },
    ]);
  });

  test("one that is gone is not", async () => {
    const after = new Map([...before].filter(([path]) => !path.startsWith("bronze/therapy_sessions/")));
    expect(await replayContracts({ before, after, source: SAMPLE_DIRECTORY })).toEqual([]);
  });
});

describe("the command", () => {
  const SCHEMAS = "packages/contracts/schemas";

  beforeEach(() => {
    cpSync(join(ROOT, SCHEMAS), join(directory, SCHEMAS), { recursive: true });
    git("init", "--quiet", "--initial-branch=main");
    git("add", "--all");
    git("commit", "--quiet", "--message", "contracts");
  });

  function git(...args: readonly string[]): void {
    const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
    const { status, stderr } = spawnSync("git", [...identity, ...args], { cwd: directory, encoding: "utf8" });
    expect(status, stderr).toBe(0);
  }

  function propose(files: ContractFiles): void {
    for (const [path, text] of files) writeFileSync(join(directory, SCHEMAS, path), text);
  }

  async function replay(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    const text = { out: "", err: "" };
    const code = await runProgram({
      args: ["contracts", "replay", "--against", "main", ...args],
      directory,
      now: "2026-01-01T00:00:00.000000Z",
      output: { stdout: { write: (part) => (text.out += part) }, stderr: { write: (part) => (text.err += part) } },
    });
    return { code, ...text };
  }

  test("tells counts, pointers, rules and keys on stdout, progress on stderr", async () => {
    propose(tightened);
    mkdirSync(join(directory, "log"));
    const rows = [session("s1", 1, tens(9)), session("s2", 2, tens(11)), session("s3", 3, tens(1))];
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    writeFileSync(join(directory, "log/therapy_sessions_data_raw_changelog.ndjson"), lines);
    const { code, out, err } = await replay("--source", "log");
    expect(code).toBe(0);
    expect(err).toBe("replaying bronze_therapy_sessions\n");
    expect(out).toMatchInlineSnapshot(`
      "bronze_therapy_sessions 1.0.0: 3 changes
        all stored documents: 3; newly failing 1, newly passing 0, failing both 1
        live ones: 3; newly failing 1, newly passing 0, failing both 1
        /initialSettings/tensLevel maximum: newly failing 1, newly passing 0: users/u1/therapy_sessions/s1
      against main, over log: 1 replayed
      "
    `);
  });

  test("reads the shipped sample where no source is named", async () => {
    propose(tightened);
    const { code, out } = await replay("--format", "json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      against: "main",
      source: "the shipped sample",
      contracts: [{ contract: "bronze_therapy_sessions", changes: 4509 }],
    });
  });

  test("shows no value of a document, wherever it stands", async () => {
    const marker = "zq7marker";
    const anything = fc.oneof(
      fc.constant(marker),
      fc.constant([marker]),
      fc.constant({ [marker]: marker }),
      fc.constant({ _seconds: marker, tensLevel: marker, painLevelBefore: { [marker]: 1 } }),
    );
    const names = ["status", "initialSettings", "finalSettings", "feedback", "sessionInfo", marker];
    const document = fc.record(Object.fromEntries(names.map((name) => [name, anything])), { requiredKeys: [] });
    propose(
      edited(SESSIONS, (schema) => {
        schema.properties["status"] = { ...at(schema, "status"), type: "integer" };
        schema.properties["feedback"] = { type: "object", additionalProperties: { type: "integer" } } as never;
        for (const name of ["initialSettings", "finalSettings"]) at(schema, name).type = "array";
      }),
    );
    let told = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(document, { minLength: 10, maxLength: 40 }), async (documents) => {
        const rows = documents.map((drawn, i) => JSON.stringify(session(`s${i}`, i, drawn)));
        write("therapy_sessions_data", rows);
        for (const format of ["text", "json"]) {
          const { code, out, err } = await replay("--source", directory, "--format", format);
          expect(code).toBe(0);
          told += out.split("/feedback").length + out.split("/status").length - 2;
          expect(out + err).not.toContain(marker);
        }
      }),
      { numRuns: 6 },
    );
    expect(told).toBeGreaterThan(10);
  });

  test.each([
    ["a project without a dataset", ["--source", "bigquery:project"], "is no dataset; write bigquery:project.dataset"],
    ["a store", ["--source", "duckdb:log.duckdb"], "is neither a directory nor bigquery:project.dataset"],
    ["a directory that is not there", ["--source", "nowhere"], "is not there"],
    ["an unknown contract", ["--contract", "silver_medications"], "choose from bronze_medications, "],
    ["an unknown format", ["--format", "markdown"], "Allowed choices are text, json"],
  ])("refuses %s", async (_case, args, words) => {
    propose(tightened);
    const { code, out, err } = await replay(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(words);
  });

  test("names a schema that is none, without a stack", async () => {
    propose(
      edited(SESSIONS, (schema) => {
        at(schema, "status").type = "text";
      }),
    );
    const { code, err } = await replay();
    expect(code).toBe(1);
    expect(err).toMatch(/^error: schemas\/bronze\/therapy_sessions, version 1\.0\.0: /);
    expect(err).not.toMatch(/\n\s+at /);
  });
});
