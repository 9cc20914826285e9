import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rejectedChanges, silverTherapySessions, silverUserProfiles } from "@junoplus/contracts";
import { describe, expect, test } from "vitest";
import { medallion } from "./testing/cli";
import { rowsOf } from "./testing/published-tables";
import { SAMPLE, SAMPLE_PREFIXES } from "./testing/sample";
import { tempDirectory } from "./testing/temp-directory";

const temp = tempDirectory();
let made = 0;

/** A directory of its own, filled with change logs by file name. */
function source(files: Readonly<Record<string, string>>): string {
  const directory = join(temp, `source-${made++}`);
  mkdirSync(directory);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

function sampleCopy(): string {
  const directory = source({});
  for (const prefix of SAMPLE_PREFIXES) {
    copyFileSync(join(SAMPLE, `${prefix}_raw_changelog.ndjson`), join(directory, `${prefix}_raw_changelog.ndjson`));
  }
  return directory;
}

const newWarehouse = (): string => `duckdb:${join(temp, `w-${made++}.duckdb`)}`;
const lastLine = (text: string): string => text.trimEnd().split("\n").at(-1) ?? "";
const run = (directory: string, warehouse: string, ...more: string[]) =>
  medallion(["run", "--source", directory, "--warehouse", warehouse, "--as-of", "2025-01-01", ...more]);

describe("a run with bad input has a clear outcome", () => {
  test("a directory that is not there is a bad argument, named", async () => {
    const missing = join(temp, "nowhere");
    const { code, stderr, stdout } = await run(missing, newWarehouse());
    expect(code).toBe(2);
    expect(stderr).toContain(`${missing} is not there`);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe("");
  });

  test("a directory without change logs is a bad argument, with the names that were expected", async () => {
    const { code, stderr } = await run(source({ "readme.txt": "" }), newWarehouse());
    expect(code).toBe(2);
    expect(stderr).toContain("medications_data_raw_changelog.ndjson");
  });

  test("every bad argument is listed at once", async () => {
    const { code, stderr } = await medallion([
      "run",
      "--warehouse",
      "mysql:x",
      "--as-of",
      "yesterday",
      "--tables",
      "silver_moods",
      "--log",
      "xml",
    ]);
    expect(code).toBe(2);
    for (const option of [
      "--source",
      "--warehouse mysql:x",
      "--as-of yesterday",
      "--tables silver_moods",
      "--log xml",
    ]) {
      expect(stderr).toContain(option);
    }
  });

  test("an unknown option is refused with the one that was meant", async () => {
    const { code, stderr } = await medallion(["run", "--sorce", "x"]);
    expect(code).toBe(2);
    expect(stderr).toContain("Did you mean --source?");
  });

  test("an unwritable warehouse fails before anything is read", async () => {
    const { code, stderr } = await run(SAMPLE, `duckdb:${join(temp, "no-such-folder", "m.duckdb")}`);
    expect(code).toBe(1);
    expect(stderr).toContain("no-such-folder");
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test("a warehouse that is no database is named and left as it is", async () => {
    const path = join(temp, "text.duckdb");
    writeFileSync(path, "not a database, but somebody's notes\n".repeat(500));
    const { code, stderr } = await run(SAMPLE, `duckdb:${path}`);
    expect(code).toBe(1);
    expect(stderr).toContain("text.duckdb");
    expect(readFileSync(path, "utf8")).toContain("somebody's notes");
  });

  test("a read-only directory is named", async () => {
    // Root may write anywhere, so for root it is a file system that nobody can write.
    const directory = process.getuid?.() === 0 ? "/proc" : join(temp, "read-only");
    if (directory !== "/proc") mkdirSync(directory, { mode: 0o500 });
    const { code, stderr } = await run(SAMPLE, `duckdb:${join(directory, "m.duckdb")}`);
    expect(code).toBe(1);
    expect(stderr).toContain(directory);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test("a change log that cannot be read is named", async () => {
    const directory = source({});
    mkdirSync(join(directory, "therapy_sessions_data_raw_changelog.ndjson"));
    const { code, stderr } = await run(directory, newWarehouse());
    expect(code).toBe(2);
    expect(stderr).toContain("holds no change log");
  });
});

describe("a run with messy input publishes what is good and counts what is not", () => {
  test("5 % malformed lines are rejected as invalid_json, each kept and counted", async () => {
    const directory = sampleCopy();
    const path = join(directory, "therapy_sessions_data_raw_changelog.ndjson");
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    const cut = lines.filter((_line, i) => i % 20 === 0).map((line, i) => line.slice(0, 40 + i));
    writeFileSync(path, `${[...lines, ...cut].join("\n")}\n`);
    const [clean, messy] = [newWarehouse(), newWarehouse()];
    expect((await run(SAMPLE, clean)).code).toBe(0);
    const { code, stdout } = await run(directory, messy);
    expect(code).toBe(0);
    const before = await rowsOf(clean, [rejectedChanges, silverTherapySessions]);
    const after = await rowsOf(messy, [rejectedChanges, silverTherapySessions]);
    expect(after["silver_therapy_sessions"]).toEqual(before["silver_therapy_sessions"]);
    const unreadable = (rows: typeof before) =>
      (rows["rejected_changes"] ?? []).filter(
        (row) => row["reason"] === "invalid_json" && row["document_path"] === null,
      );
    expect(unreadable(after).length - unreadable(before).length).toBe(cut.length);
    expect(lastLine(stdout)).toMatch(/invalid_json \d+/);
  });

  test("a truncated last line is one rejected change", async () => {
    const directory = sampleCopy();
    const path = join(directory, "user_health_data_raw_changelog.ndjson");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.slice(0, text.length - 60));
    const warehouse = newWarehouse();
    expect((await run(directory, warehouse)).code).toBe(0);
    const { rejected_changes: rows = [] } = await rowsOf(warehouse, [rejectedChanges]);
    const lost = rows.filter((row) => row["table_name"] === "user_health_data" && row["document_path"] === null);
    expect(lost.map((row) => row["reason"])).toEqual(["invalid_json"]);
  });

  test("an empty file and a file of blank lines hold no changes", async () => {
    const directory = sampleCopy();
    writeFileSync(join(directory, "user_health_data_raw_changelog.ndjson"), "");
    writeFileSync(join(directory, "medications_data_raw_changelog.ndjson"), "\n  \n\n");
    const warehouse = newWarehouse();
    const { code, stdout } = await run(directory, warehouse);
    expect(code).toBe(0);
    expect(stdout).toMatch(/silver_user_profiles +0 +0/);
    expect(stdout).toMatch(/silver_medications +0 +0/);
    expect((await rowsOf(warehouse, [silverUserProfiles]))["silver_user_profiles"]).toEqual([]);
  });

  test("a missing collection is warned about; its table is empty and the others are there", async () => {
    const directory = source({});
    for (const prefix of SAMPLE_PREFIXES.filter((name) => name !== "medications_data")) {
      copyFileSync(join(SAMPLE, `${prefix}_raw_changelog.ndjson`), join(directory, `${prefix}_raw_changelog.ndjson`));
    }
    const warehouse = newWarehouse();
    const { code, stderr, stdout } = await run(directory, warehouse);
    expect(code).toBe(0);
    expect(stderr).toContain("medications_data_raw_changelog");
    expect(stdout).toMatch(/silver_medications +0 +0/);
    expect(stdout).toMatch(/silver_therapy_sessions +1,417/);
  });

  test("a table with rows does not become empty unless that is allowed", async () => {
    const directory = sampleCopy();
    const warehouse = newWarehouse();
    expect((await run(directory, warehouse)).code).toBe(0);
    const before = await rowsOf(warehouse, [silverUserProfiles]);
    writeFileSync(join(directory, "user_health_data_raw_changelog.ndjson"), "");
    const refused = await run(directory, warehouse);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain("silver_user_profiles.not_emptied");
    expect(lastLine(refused.stdout)).toContain("nothing was published");
    expect(await rowsOf(warehouse, [silverUserProfiles])).toEqual(before);
    expect((await run(directory, warehouse, "--allow-empty")).code).toBe(0);
    expect((await rowsOf(warehouse, [silverUserProfiles]))["silver_user_profiles"]).toEqual([]);
  });

  test("nothing is left of a run's staging", async () => {
    const warehouse = newWarehouse();
    expect((await run(SAMPLE, warehouse)).code).toBe(0);
    expect(existsSync(`${warehouse.replace("duckdb:", "")}.staging`)).toBe(false);
  });
});
