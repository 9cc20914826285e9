import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { rejectedChangePayloads, rejectedChanges } from "@junoplus/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { publishedRun } from "./testing/published-run";
import { derivedTables, rejectedText } from "./testing/published-tables";
import { SAMPLE_PREFIXES, sampleLines } from "./testing/sample";
import { tempDirectory } from "./testing/temp-directory";

const temp = tempDirectory();
const AS_OF = "2025-01-01T00:00:00.000000Z";
/** Users of the sample whose changes are many and messy, so that a log of theirs is small and has everything. */
const USERS = 6;

interface Line {
  readonly prefix: string;
  readonly line: string;
}

/** The changes of some users, and every line that names nobody. */
function changesOfFewUsers(): readonly Line[] {
  const all = SAMPLE_PREFIXES.flatMap((prefix) => sampleLines(prefix).map((line) => ({ prefix, line })));
  const users = new Set<string>();
  for (const { line } of all) {
    const user = userOf(line);
    if (user !== undefined && users.size < USERS) users.add(user);
  }
  return all.filter(({ line }) => {
    const user = userOf(line);
    return user === undefined || users.has(user);
  });
}

function userOf(line: string): string | undefined {
  return /(?:users|user_profiles|medications)\/([A-Za-z0-9]+)/.exec(line)?.[1];
}

/** Writes lines to files, the log of each prefix split over `files` of them, every other one compressed. */
function writeLog(directory: string, lines: readonly Line[], fileOf: (index: number) => number): void {
  const texts = new Map<string, string>();
  for (const prefix of SAMPLE_PREFIXES) texts.set(`${prefix}_raw_changelog.ndjson`, "");
  lines.forEach(({ prefix, line }, index) => {
    const part = fileOf(index);
    const name = `${prefix}_raw_changelog-${part}.ndjson${part % 2 === 1 ? ".gz" : ""}`;
    texts.set(name, `${texts.get(name) ?? ""}${line}\n`);
  });
  for (const [name, text] of texts) appendFileSync(join(directory, name), name.endsWith(".gz") ? gzipSync(text) : text);
}

/** Everything that a run publishes from a log, as text. */
async function published(
  lines: readonly Line[],
  fileOf: (index: number) => number,
  warehouse?: string,
): Promise<string> {
  const directory = mkdtempSync(join(temp, "log-"));
  const url = warehouse ?? `duckdb:${join(directory, "m.duckdb")}`;
  const log = join(directory, "log");
  mkdirSync(log);
  writeLog(log, lines, fileOf);
  await publishedRun(AS_OF, { source: log, warehouse: url });
  const tables = JSON.stringify(await derivedTables(url));
  const rejected = warehouse === undefined ? await rejectedText(url, [rejectedChanges, rejectedChangePayloads]) : [];
  rmSync(directory, { recursive: true });
  return JSON.stringify([tables, rejected]);
}

const LINES = changesOfFewUsers();
const inOneFile = (): number => 0;

test("any permutation, any duplication and any split into files gives byte-identical tables", {
  timeout: 300_000,
}, async () => {
  const expected = await published(LINES, inOneFile);
  expect(expected.length).toBeGreaterThan(50_000);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([...LINES], { minLength: LINES.length }),
      fc.array(fc.nat(LINES.length - 1), { maxLength: 200 }),
      fc.integer({ min: 1, max: 5 }),
      async (shuffled, again, files) => {
        const lines = [...shuffled, ...again.map((index) => LINES[index] as Line)];
        expect(await published(lines, (index) => (index * 7919) % files)).toBe(expected);
      },
    ),
    { numRuns: 12 },
  );
});

test("applying a prefix of the log and then the whole equals the whole", { timeout: 300_000 }, async () => {
  const fresh = `duckdb:${join(temp, "whole.duckdb")}`;
  const expected = await published(LINES, inOneFile, fresh);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: Math.floor(LINES.length / 4), max: LINES.length }), async (length) => {
      const warehouse = `duckdb:${join(mkdtempSync(join(temp, "prefix-")), "m.duckdb")}`;
      await published(LINES.slice(0, length), inOneFile, warehouse);
      expect(await published(LINES, inOneFile, warehouse)).toBe(expected);
    }),
    { numRuns: 4 },
  );
});
